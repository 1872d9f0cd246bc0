using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>Products of matrices.</summary>
internal static class Products
{
    internal static string? Emit(Emitter e, Node node) => node.Operation switch
    {
        Linear linear => Of(e, linear, node),
        MatMul product => e.Add(
            "MatMul",
            [Turned(e, node.Inputs[0], product.TransX), Turned(e, node.Inputs[1], product.TransY)]),
        Transpose => Turned(e, node.Inputs[0], isTurned: true),
        _ => null,
    };

    private static string Of(Emitter e, Linear linear, Node node)
    {
        var (x, weight) = (e.Of(node.Inputs[0]), e.Of(node.Inputs[1]));
        var y = node.Inputs.Count < 3
            ? e.Add("MatMul", [x, weight])
            : node.Shape.Rank == 2
                ? e.Add("Gemm", [x, weight, e.Of(node.Inputs[2])])
                // Members' biases [E, O] to the rows of each member's result [E, B, O].
                : e.Add(
                    "Add", [e.Add("MatMul", [x, weight]), e.Add("Unsqueeze", [e.Of(node.Inputs[2]), e.List(1)])]);
        return linear.Activation switch
        {
            Activation.None => y,
            Activation.Relu => e.Add("Relu", [y]),
            _ => throw new ArgumentOutOfRangeException(nameof(linear), linear.Activation, "no such function"),
        };
    }

    private static string Turned(Emitter e, Node x, bool isTurned)
    {
        if (!isTurned) return e.Of(x);
        var rank = x.Shape.Rank;
        long[] order = [.. Enumerable.Range(0, rank - 2).Select(axis => (long)axis), rank - 1, rank - 2];
        return e.Add("Transpose", [e.Of(x)], new OnnxAttribute.Numbers("perm", order));
    }
}
