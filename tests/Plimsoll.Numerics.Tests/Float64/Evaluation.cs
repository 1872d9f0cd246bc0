using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Tests.Float64;

/// <summary>
/// One step of a graph in binary64: every node that an effect needs, in the order of creation, by the definitions of
/// <see cref="Definitions"/>, which share no code with the kernels.
/// </summary>
internal sealed class Evaluation
{
    // Long runs ask for the same one again and again.
    private static readonly ConditionalWeakTable<GraphBuilder, Schedule> Schedules = [];

    private readonly Dictionary<Node, double[]> values = [];
    private readonly IReadOnlyDictionary<Node, double[]>? frozen;

    /// <param name="frozen">Values that stand in for what these nodes would compute: detached nodes are constants to
    /// a gradient, so a difference that is to equal it must hold them.</param>
    private Evaluation(Float64State state, long step, IReadOnlyDictionary<Node, double[]>? frozen,
        InputValues inputs) =>
        (State, Step, this.frozen, Inputs) = (state, step, frozen, inputs);

    internal delegate double[] InputValues(string name);

    internal Float64State State { get; }

    internal long Step { get; }

    internal InputValues Inputs { get; }

    internal Dictionary<string, double> Metrics { get; } = [];

    internal Dictionary<string, double[]> Outputs { get; } = [];

    /// <summary>Hash of the sides on which comparisons, rectifiers and clamps came down. Where it differs between two
    /// points, a kink lies between them.</summary>
    internal long Decisions { get; private set; } = 17;

    internal double[] this[Node node] => values[node];

    /// <summary>Runs one step and moves the state on.</summary>
    internal static Evaluation Run(
        GraphBuilder graph, Float64State state, long step = 0, IReadOnlyDictionary<Node, double[]>? frozen = null,
        InputValues? inputs = null)
    {
        var evaluation = new Evaluation(
            state, step, frozen, inputs ?? (name => throw new ArgumentException($"no values for the input {name}")));
        foreach (var node in Live(graph)) evaluation.values[node] = evaluation.Compute(node);
        return evaluation;
    }

    /// <summary>What the effects of a graph need, in the order of creation.</summary>
    internal static IReadOnlyList<Node> Live(GraphBuilder graph)
    {
        if (Schedules.TryGetValue(graph, out var known) && known.Nodes == graph.Nodes.Count) return known.Live;
        var live = new HashSet<Node>();
        var pending = new Stack<Node>(graph.Nodes.Where(n => n.Operation.IsEffect));
        while (pending.TryPop(out var node))
        {
            if (!live.Add(node)) continue;
            foreach (var input in node.Inputs) pending.Push(input);
        }
        Node[] schedule = [.. graph.Nodes.Where(live.Contains)];
        Schedules.AddOrUpdate(graph, new Schedule(graph.Nodes.Count, schedule));
        return schedule;
    }

    internal void Decide(int side) => Decisions = unchecked(Decisions * 1000003 + side + 2);

    private double[] Compute(Node node)
    {
        if (frozen is not null && frozen.TryGetValue(node, out var held)) return held;
        var result = Definitions.Of(node.Operation)(node, [.. node.Inputs.Select(i => values[i])], this);
        if (node.Operation is not Act && result.Length != node.Shape.Count)
            throw new InvalidOperationException($"the binary64 definition of {node} gives {result.Length} numbers");
        return result;
    }

    private sealed record Schedule(int Nodes, IReadOnlyList<Node> Live);
}
