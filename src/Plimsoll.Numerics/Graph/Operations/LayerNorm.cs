using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// Layer normalisation over the last axis. The backward operations compute mean and deviation again: a
/// pass over data in cache costs less than keeping two more buffers alive through the network.
/// </summary>
internal sealed record LayerNorm : Operation
{
    internal const float Epsilon = 1e-5f;

    public override string Name => "layer norm";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var g = pass.Graph;
        var (x, gain, offset) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        if (pass.Needs(x)) pass.Accumulate(x, g.Make(new LayerNormInputGradient(), [upstream, x, gain], x.Shape));
        if (pass.Needs(gain)) pass.Accumulate(gain, g.Make(new LayerNormGainGradient(), [upstream, x], gain.Shape));
        if (pass.Needs(offset)) pass.Accumulate(offset, g.Make(new SumRows(false), [upstream], offset.Shape));
    }

    internal override long FloatingPointOperations(Node node) => 8L * node.Shape.Count;

    internal override long ScratchFloats(Node node) => 2L * node.Shape.Rows;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var gain = buffers.Of(node.Inputs[1]);
        var offset = buffers.Of(node.Inputs[2]);
        var scratch = buffers.Scratch;
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            var mean = scratch.Of(part);
            var shift = (nint)start * columns;
            Normalisation.LayerNorm(y + shift, mean, mean + rows, x + shift, gain, offset, end - start, columns, Epsilon);
        };
    }
}

internal sealed record LayerNormInputGradient : Operation
{
    public override string Name => "layer norm, input gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => 16L * node.Shape.Count;

    internal override long ScratchFloats(Node node) => 2L * node.Shape.Rows;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var dy = buffers.Of(node.Inputs[0]);
        var x = buffers.Of(node.Inputs[1]);
        var gain = buffers.Of(node.Inputs[2]);
        var scratch = buffers.Scratch;
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            var mean = scratch.Of(part);
            var shift = (nint)start * columns;
            // The output buffer holds the normalised values for a moment; only the statistics are kept.
            Normalisation.LayerNorm(d + shift, mean, mean + rows, x + shift, gain, gain, end - start, columns, LayerNorm.Epsilon);
            Normalisation.LayerNormGradient(d + shift, x + shift, gain, mean, mean + rows, dy + shift, end - start, columns);
        };
    }
}

internal sealed record LayerNormGainGradient : Operation
{
    public override string Name => "layer norm, gain gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => 8L * node.Inputs[0].Shape.Count;

    internal override long ScratchFloats(Node node)
    {
        var x = node.Inputs[0].Shape;
        return 2L * x.Rows + x.Count + x.Columns;
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var dy = buffers.Of(node.Inputs[0]);
        var x = buffers.Of(node.Inputs[1]);
        var scratch = buffers.Scratch;
        var (rows, columns) = (node.Inputs[0].Shape.Rows, node.Inputs[0].Shape.Columns);
        return (part, _) =>
        {
            if (part != 0) return;
            var mean = scratch.Of(part);
            var deviation = mean + rows;
            var normalised = deviation + rows;
            var offset = normalised + (nint)rows * columns;
            Normalisation.LayerNorm(normalised, mean, deviation, x, d, d, rows, columns, LayerNorm.Epsilon);
            Normalisation.LayerNormParameterGradient(d, offset, x, mean, deviation, dy, rows, columns, false);
        };
    }
}
