using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx;

/// <summary>The size of an axis: a number, or so many times the batch.</summary>
internal readonly record struct Extent(int Number, bool IsPerBatch);

/// <summary>
/// The part of a graph that its result needs, in the order of computation, with the sizes of its axes as functions of
/// the batch size B. They are found by building it twice, for two batches: the graphs must be the same operations on
/// the same inputs, and a size must be equal in both or in proportion to the batch.
/// </summary>
internal sealed class BatchGraph
{
    private const int Few = 2, More = 3;

    private readonly IReadOnlyList<Node>? others;
    private readonly Dictionary<Node, int> places;

    private BatchGraph(GraphBuilder graph, IReadOnlyList<Node> nodes, IReadOnlyList<Node>? others, int? fixedBatch)
    {
        (Graph, Nodes, this.others, FixedBatch) = (graph, nodes, others, fixedBatch);
        places = nodes.Select((node, place) => (node, place)).ToDictionary(pair => pair.node, pair => pair.place);
    }

    internal GraphBuilder Graph { get; }

    /// <summary>The last one is the result.</summary>
    internal IReadOnlyList<Node> Nodes { get; }

    /// <summary>The only B that the graph is right for; null: any.</summary>
    internal int? FixedBatch { get; }

    /// <param name="build">Builds the graph for a batch and gives its result.</param>
    internal static BatchGraph Of(Func<GraphBuilder, Axis, Node> build)
    {
        var (graph, few) = Built(build, Few);
        var (_, more) = Built(build, More);
        if (AreOne(few, more)) return new BatchGraph(graph, few, more, null);
        var (single, one) = Built(build, 1);
        return new BatchGraph(single, one, null, 1);
    }

    internal Extent[] Extents(Node node)
    {
        var sizes = node.Shape.Axes;
        if (others is null) return [.. sizes.Select(axis => new Extent(axis.Size, false))];
        var otherSizes = others[places[node]].Shape.Axes;
        return [.. sizes.Zip(otherSizes, (a, b) => Of(a.Size, b.Size)!.Value)];
    }

    private static (GraphBuilder, IReadOnlyList<Node>) Built(Func<GraphBuilder, Axis, Node> build, int batch)
    {
        var graph = new GraphBuilder();
        var result = build(graph, new Axis("B", batch));
        var needed = new HashSet<Node> { result };
        // Inputs come before what takes them.
        for (var id = result.Id; id >= 0; id--)
        {
            if (needed.Contains(graph.Nodes[id])) needed.UnionWith(graph.Nodes[id].Inputs);
        }
        return (graph, [.. needed.OrderBy(node => node.Id)]);
    }

    private static bool AreOne(IReadOnlyList<Node> few, IReadOnlyList<Node> more)
    {
        if (few.Count != more.Count) return false;
        var partners = new Dictionary<Node, Node>();
        foreach (var (a, b) in few.Zip(more))
        {
            if (!IsOne(a.Operation, b.Operation) || a.Inputs.Count != b.Inputs.Count || a.Shape.Rank != b.Shape.Rank
                || a.Inputs.Where((input, i) => partners[input] != b.Inputs[i]).Any()
                || a.Shape.Axes.Where((axis, i) => Of(axis.Size, b.Shape[i].Size) is null).Any())
                return false;
            partners[a] = b;
        }
        return true;
    }

    /// <summary>Whether two operations do the same to batches of two sizes. What shape they make is compared apart.
    /// </summary>
    private static bool IsOne(Operation a, Operation b) => (a, b) switch
    {
        (Columns x, Columns y) => x.Start == y.Start,
        (SliceLeading x, SliceLeading y) => x.Start == y.Start,
        (Reshape, Reshape) or (BroadcastScalar, BroadcastScalar) or (BroadcastColumn, BroadcastColumn)
            or (BroadcastLeading, BroadcastLeading) => true,
        _ => a.Equals(b),
    };

    private static Extent? Of(int few, int more)
    {
        if (few == more) return new Extent(few, false);
        return few % Few == 0 && few / Few * More == more ? new Extent(few / Few, true) : null;
    }
}
