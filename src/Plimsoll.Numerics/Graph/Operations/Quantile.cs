using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>A quantile of all elements, selected in a copy. Has no gradient.</summary>
internal sealed record Quantile(double Q) : Operation
{
    public override string Name => $"quantile {Q}";

    internal override long FloatingPointOperations(Node node) => 4L * node.Inputs[0].Shape.Count;

    internal override long ScratchFloats(Node node) => node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var scratch = buffers.Scratch;
        var count = node.Inputs[0].Shape.Count;
        return (part, _) =>
        {
            if (part != 0) return;
            Elementwise.Copy(scratch.Of(part), x, count);
            *y = Quantiles.Take(scratch.Of(part), count, Q);
        };
    }
}
