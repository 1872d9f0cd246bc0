using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>Sums, extremes, softmax and normalisation over an axis or over all.</summary>
internal static class OverAxes
{
    internal static string? Emit(Emitter e, Node node) => node.Operation switch
    {
        SumAll => All(e, e.Of(node.Inputs[0])),
        Dot => All(e, e.Add("Mul", [e.Of(node.Inputs[0]), e.Of(node.Inputs[1])])),
        SumLast => Sum(e, node, -1),
        SumLeading => Sum(e, node, 0),
        // Of these the axes are an attribute until operator set 18.
        ExtremeLast extreme => e.Add(
            extreme.IsLargest ? "ReduceMax" : "ReduceMin", [e.Of(node.Inputs[0])],
            new OnnxAttribute.Numbers("axes", -1), Dropped),
        LogSumExpLast => e.Add(
            "ReduceLogSumExp", [e.Of(node.Inputs[0])], new OnnxAttribute.Numbers("axes", -1), Dropped),
        Softmax => e.Add("Softmax", [e.Of(node.Inputs[0])], Last),
        LogSoftmax => e.Add("LogSoftmax", [e.Of(node.Inputs[0])], Last),
        LayerNorm => e.Add(
            "LayerNormalization", [.. node.Inputs.Select(e.Of)], Last,
            new OnnxAttribute.Single("epsilon", LayerNorm.Epsilon)),
        _ => null,
    };

    /// <summary>The axis that is summed over goes away.</summary>
    private static OnnxAttribute Dropped => new OnnxAttribute.Number("keepdims", 0);

    private static OnnxAttribute Last => new OnnxAttribute.Number("axis", -1);

    private static string All(Emitter e, string x) => e.Add("ReduceSum", [x], Dropped);

    private static string Sum(Emitter e, Node node, int axis) =>
        e.Add("ReduceSum", [e.Of(node.Inputs[0]), e.List(axis)], Dropped);
}
