namespace Plimsoll.Numerics.Graph;

/// <summary>
/// Reverse-mode differentiation at graph-build time. Only nodes on a path from a requested variable to
/// the loss get a gradient: nothing is computed towards data or frozen networks.
/// </summary>
internal sealed class Backpropagation
{
    private readonly Dictionary<Node, Node> gradients = [];
    private readonly HashSet<Node> onPath = [];

    internal GraphBuilder Graph { get; }

    private Backpropagation(GraphBuilder graph) => Graph = graph;

    /// <summary>True when a gradient with respect to this node is asked for, directly or on the way.</summary>
    internal bool Needs(Node node) => onPath.Contains(node);

    /// <summary>Adds a contribution to the gradient of a node; ignored where none is needed.</summary>
    internal void Accumulate(Node node, Node contribution)
    {
        if (!Needs(node)) return;
        if (!contribution.Shape.Equals(node.Shape))
            throw new ShapeException($"gradient {contribution.Shape} does not fit {node}");
        gradients[node] = gradients.TryGetValue(node, out var sum) ? Graph.Add(sum, contribution) : contribution;
    }

    /// <summary>For gradients that have none of their own: no method uses second-order graphs through them, and
    /// nothing added would be a silent zero.</summary>
    /// <exception cref="NotSupportedException">A gradient with respect to one of the inputs is asked for.</exception>
    internal void RefuseSecondOrder(Node node)
    {
        if (node.Inputs.Any(Needs))
            throw new NotSupportedException($"second-order gradients through '{node.Operation.Name}' are not part of the core");
    }

    internal static Node[] Run(GraphBuilder graph, Node loss, Node? seed, IReadOnlyList<Node> targets)
    {
        if (seed is null && loss.Shape.Rank != 0)
            throw new ShapeException($"a loss is a scalar; {loss} is not");
        if (seed is not null && !seed.Shape.Equals(loss.Shape))
            throw new ShapeException($"the upstream gradient {seed.Shape} does not fit {loss}");
        if (targets.FirstOrDefault(t => t.Operation is Operations.Constant) is { } fixedTarget)
            throw new ArgumentException($"{fixedTarget} has no gradient: operations on constants are folded; make it an input");
        var pass = new Backpropagation(graph);
        var order = pass.Mark(loss, targets);
        pass.gradients[loss] = seed ?? graph.Constant(1f, Shape.Scalar);
        for (var i = order.Count - 1; i >= 0; i--)
        {
            var node = order[i];
            if (pass.gradients.TryGetValue(node, out var upstream)) node.Operation.Backward(pass, node, upstream);
        }
        return [.. targets.Select(t => pass.gradients.TryGetValue(t, out var g) ? g : graph.Constant(0f, t.Shape))];
    }

    /// <summary>Ancestors of the loss in creation order, and which of them lead to a target.</summary>
    private List<Node> Mark(Node loss, IReadOnlyList<Node> targets)
    {
        var ancestors = new SortedDictionary<int, Node>();
        var pending = new Stack<Node>();
        pending.Push(loss);
        while (pending.TryPop(out var node))
        {
            if (!ancestors.TryAdd(node.Id, node)) continue;
            if (node.Operation is Operations.Detach) continue;
            foreach (var input in node.Inputs) pending.Push(input);
        }
        var wanted = targets.ToHashSet();
        foreach (var node in ancestors.Values)
        {
            var differentiable = node.Operation is not Operations.Detach;
            if (wanted.Contains(node) || (differentiable && node.Inputs.Any(onPath.Contains))) onPath.Add(node);
        }
        return [.. ancestors.Values];
    }
}
