using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;
using Attention = Plimsoll.Numerics.Graph.Operations.Attention;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>Attention and tables of embeddings.</summary>
internal static class Sequences
{
    internal static string? Emit(Emitter e, Node node) => node.Operation switch
    {
        ToRows rows => e.Add(
            "Cast", [e.Add("Clip", [e.Of(node.Inputs[0]), e.Number(0f), e.Number(rows.Bound - 1)])],
            new OnnxAttribute.Number("to", (long)ElementType.Int64)),
        Lookup => e.Add(
            "Gather", [e.Of(node.Inputs[0]), e.Of(node.Inputs[1])], new OnnxAttribute.Number("axis", 0)),
        Attention { Layout.Dropout: null } attention => Attended(e, node, attention.Layout),
        _ => null,
    };

    /// <summary>softmax(q kᵀ / √width) v, head by head, over what each query sees.</summary>
    private static string Attended(Emitter e, Node node, AttentionLayout layout)
    {
        // [B, T, D] to [B, heads, T, width]; the keys to [B, heads, width, T].
        string Heads(Node x, params long[] order) => e.Add(
            "Transpose", [e.Add("Reshape", [e.Of(x), e.List(0, 0, layout.Heads, layout.Width)])],
            new OnnxAttribute.Numbers("perm", order));

        var (q, k) = (Heads(node.Inputs[0], 0, 2, 1, 3), Heads(node.Inputs[1], 0, 2, 3, 1));
        var weights = e.Add("Mul", [e.Add("MatMul", [q, k]), e.Number(layout.Scale)]);
        var visible = Visible(e, node, layout);
        if (visible is not null) weights = e.Add("Where", [visible, weights, e.Number(float.NegativeInfinity)]);
        weights = e.Add("Softmax", [weights], new OnnxAttribute.Number("axis", -1));
        // A query that sees no key has weights that are no numbers; its result is 0.
        if (visible is not null) weights = e.Add("Where", [visible, weights, e.Number(0f)]);
        var sums = e.Add("MatMul", [weights, Heads(node.Inputs[2], 0, 2, 1, 3)]);
        return e.Add(
            "Reshape",
            [e.Add("Transpose", [sums], new OnnxAttribute.Numbers("perm", 0, 2, 1, 3)), e.List(0, 0, layout.Pitch)]);
    }

    /// <summary>[T, T] or [B, 1, T or 1, T], to be repeated; null: every query sees every key.</summary>
    private static string? Visible(Emitter e, Node node, AttentionLayout layout)
    {
        var causal = layout.IsCausal ? e.Causal(layout.Tokens) : null;
        if (node.Inputs.Count < 4) return causal;
        var keys = e.Add("Unsqueeze", [Pointwise.Truth(e, e.Of(node.Inputs[3])), e.List(1, 2)]);
        return causal is null ? keys : e.Add("And", [keys, causal]);
    }
}
