using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>Operations that look at the same numbers in another shape, or at some of them, or repeat them.</summary>
internal static class Views
{
    internal static string? Emit(Emitter e, Node node) => node.Operation switch
    {
        Detach => e.Of(node.Inputs[0]),
        Reshape => Reshaped(e, node),
        Member member => e.Add(
            "Gather", [e.Of(node.Inputs[0]), e.Index(member.Index)], new OnnxAttribute.Number("axis", 0)),
        SliceLeading slice => Sliced(e, node, slice.Start, axis: 0),
        Columns columns => Sliced(e, node, columns.Start, node.Shape.Rank - 1),
        Concat => e.Add("Concat", [.. node.Inputs.Select(e.Of)], Axis(node.Shape.Rank - 1)),
        ConcatLeading => e.Add("Concat", [.. node.Inputs.Select(e.Of)], Axis(0)),
        BroadcastScalar or BroadcastLeading => e.Add("Expand", [e.Of(node.Inputs[0]), e.Sizes(node)]),
        BroadcastColumn => e.Add(
            "Expand", [e.Add("Unsqueeze", [e.Of(node.Inputs[0]), e.List(-1)]), e.Sizes(node)]),
        _ => null,
    };

    private static string Reshaped(Emitter e, Node node)
    {
        var (from, to) = (e.Extents(node.Inputs[0]), e.Extents(node));
        // Another name for an axis is no operation.
        if (from.SequenceEqual(to)) return e.Of(node.Inputs[0]);
        var sizes = to.Count(extent => extent.IsPerBatch) > 1
            ? e.Sizes(node)
            : e.List([.. to.Select(extent => extent.IsPerBatch ? -1L : extent.Number)]);
        return e.Add("Reshape", [e.Of(node.Inputs[0]), sizes]);
    }

    /// <summary>Null where the end depends on the batch.</summary>
    private static string? Sliced(Emitter e, Node node, int start, int axis)
    {
        var (from, to) = (e.Extents(node.Inputs[0])[axis], e.Extents(node)[axis]);
        if (from == to) return e.Of(node.Inputs[0]);
        return to.IsPerBatch
            ? null
            : e.Add(
                "Slice", [e.Of(node.Inputs[0]), e.List(start), e.List((long)start + to.Number), e.List(axis)]);
    }

    private static OnnxAttribute Axis(int axis) => new OnnxAttribute.Number("axis", axis);
}
