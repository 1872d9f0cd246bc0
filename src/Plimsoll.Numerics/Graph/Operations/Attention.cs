using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// Attention from (q, k, v) or (q, k, v, key mask). Threads split the heads of all sequences. The gradient computes
/// the weights again: two of its seven products, while saved weights of B 2048, T 40 and 8 heads would take 105 MB a
/// layer, more to write and read than to compute.
/// </summary>
internal sealed record Attention(AttentionLayout Layout) : Operation
{
    public override string Name => Layout.IsCausal ? "causal attention" : "attention";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        if (!node.Inputs.Take(3).Any(pass.Needs)) return;
        var g = pass.Graph;
        var shape = node.Shape.Prepend(new Axis("of q, k, v", 3));
        var gradients = g.Make(new AttentionGradient(Layout), [upstream, .. node.Inputs], shape);
        for (var i = 0; i < 3; i++)
        {
            if (pass.Needs(node.Inputs[i])) pass.Accumulate(node.Inputs[i], g.Member(gradients, i));
        }
    }

    internal override long FloatingPointOperations(Node node) => Work(node, Layout, 2, 16);

    internal override long ScratchFloats(Node node) => Layout.ScratchFloats;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var o = buffers.Of(node);
        var q = buffers.Of(node.Inputs[0]);
        var k = buffers.Of(node.Inputs[1]);
        var v = buffers.Of(node.Inputs[2]);
        var mask = node.Inputs.Count > 3 ? buffers.Of(node.Inputs[3]) : null;
        var (scratch, clock) = (buffers.Scratch, buffers.Clock);
        var (items, work) = Items(node.Shape[0].Size, Layout);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(items, work, part, parts);
            if (start < end)
                Kernels.Attention.Forward(o, q, k, v, mask, Layout, start, end, (ulong)clock.Step, scratch.Of(part));
        };
    }

    /// <summary>Operations of so many products [T, T, width] a head and so many operations a weight.</summary>
    internal static long Work(Node node, AttentionLayout layout, int products, int weightCost)
    {
        long tokens = layout.Tokens;
        var weights = layout.IsCausal ? tokens * (tokens + 1) / 2 : tokens * tokens;
        var heads = node.Shape.Count / (tokens * layout.Width);
        return heads * weights * (2L * products * layout.Width + weightCost);
    }

    internal static (int Items, int Work) Items(int sequences, AttentionLayout layout) =>
        (checked(sequences * layout.Heads), layout.Tokens * layout.Width);
}

/// <summary>[3, B, T, D]: the gradients of q, k and v from (upstream, q, k, v) and the key mask.</summary>
internal sealed record AttentionGradient(AttentionLayout Layout) : Operation
{
    public override string Name => "attention gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => Attention.Work(node, Layout, 5, 24) / 3;

    internal override long ScratchFloats(Node node) => Layout.ScratchFloats;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var upstream = buffers.Of(node.Inputs[0]);
        var q = buffers.Of(node.Inputs[1]);
        var k = buffers.Of(node.Inputs[2]);
        var v = buffers.Of(node.Inputs[3]);
        var mask = node.Inputs.Count > 4 ? buffers.Of(node.Inputs[4]) : null;
        var (scratch, clock) = (buffers.Scratch, buffers.Clock);
        var count = (nint)node.Shape.Count / 3;
        var (items, work) = Attention.Items(node.Shape[1].Size, Layout);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(items, work, part, parts);
            if (start == end) return;
            Kernels.Attention.Gradient(
                d, d + count, d + 2 * count, upstream, q, k, v, mask, Layout, start, end, (ulong)clock.Step,
                scratch.Of(part));
        };
    }
}
