using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// Layer normalisation over the last axis. The backward operations share mean and deviation, which are computed again:
/// a pass over the data costs less than keeping two more buffers alive through the network.
/// </summary>
internal sealed record LayerNorm : Operation
{
    internal const float Epsilon = 1e-5f;

    public override string Name => "layer norm";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var g = pass.Graph;
        var (x, gain, offset) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        if (!node.Inputs.Any(pass.Needs)) return;
        var rows = x.Shape.WithoutLast();
        var statistics = g.Make(new LayerNormStatistics(), [x], rows.Prepend(new Axis("mean and rstd", 2)));
        if (pass.Needs(x)) pass.Accumulate(x, g.Make(new LayerNormInputGradient(), [upstream, x, gain, statistics], x.Shape));
        if (!pass.Needs(gain) && !pass.Needs(offset)) return;
        var both = gain.Shape.Prepend(new Axis("of gain and offset", 2));
        var gradients = g.Make(new LayerNormParameterGradient(), [upstream, x, statistics], both);
        if (pass.Needs(gain)) pass.Accumulate(gain, g.Reshape(g.Member(gradients, 0), gain.Shape));
        if (pass.Needs(offset)) pass.Accumulate(offset, g.Reshape(g.Member(gradients, 1), offset.Shape));
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

/// <summary>[2, ..]: mean and 1 / deviation of each row of x [.., K].</summary>
internal sealed record LayerNormStatistics : Operation
{
    public override string Name => "layer norm, statistics";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => 4L * node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, columns) = (node.Inputs[0].Shape.Rows, node.Inputs[0].Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            Normalisation.LayerNormStatistics(
                y + start, y + rows + start, x + (nint)start * columns, end - start, columns, LayerNorm.Epsilon);
        };
    }
}

/// <summary>dx from (dy, x, gain) and the statistics.</summary>
internal sealed record LayerNormInputGradient : Operation
{
    public override string Name => "layer norm, input gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => 12L * node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var dy = buffers.Of(node.Inputs[0]);
        var x = buffers.Of(node.Inputs[1]);
        var gain = buffers.Of(node.Inputs[2]);
        var mean = buffers.Of(node.Inputs[3]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            var shift = (nint)start * columns;
            Normalisation.LayerNormGradient(
                d + shift, x + shift, gain, mean + start, mean + rows + start, dy + shift, end - start, columns);
        };
    }
}

/// <summary>[2, K]: the gradients of gain and offset from (dy, x) and the statistics. Threads split the columns.</summary>
internal sealed record LayerNormParameterGradient : Operation
{
    public override string Name => "layer norm, parameter gradients";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => 5L * node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var dy = buffers.Of(node.Inputs[0]);
        var x = buffers.Of(node.Inputs[1]);
        var mean = buffers.Of(node.Inputs[2]);
        var (rows, columns) = (node.Inputs[0].Shape.Rows, node.Inputs[0].Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Columns(columns, rows, part, parts);
            if (start == end) return;
            Normalisation.LayerNormParameterGradient(
                d + start, d + columns + start, x + start, mean, mean + rows, dy + start, rows, end - start, columns, false);
        };
    }
}
