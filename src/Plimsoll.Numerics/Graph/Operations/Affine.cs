using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>x times a number known when the graph is built.</summary>
internal sealed record Scale(float Factor) : Pointwise
{
    private readonly int bits = BitConverter.SingleToInt32Bits(Factor);

    public bool Equals(Scale? other) => other is not null && bits == other.bits;

    public override int GetHashCode() => bits;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Scale(upstream, Factor));

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n) =>
        Elementwise.Scale(output, x, Factor, n);
}

internal sealed record AddConstant(float Term) : Pointwise
{
    private readonly int bits = BitConverter.SingleToInt32Bits(Term);

    public bool Equals(AddConstant? other) => other is not null && bits == other.bits;

    public override int GetHashCode() => bits;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], upstream);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n) =>
        Elementwise.AddConstant(output, x, Term, n);
}

/// <summary>min(max(x, low), high); the gradient is 1 strictly inside and 0 elsewhere.</summary>
internal sealed record Clamp(float Low, float High) : Pointwise
{
    private readonly (int, int) bits = (BitConverter.SingleToInt32Bits(Low), BitConverter.SingleToInt32Bits(High));

    public bool Equals(Clamp? other) => other is not null && bits == other.bits;

    public override int GetHashCode() => bits.GetHashCode();

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (!pass.Needs(x)) return;
        var g = pass.Graph;
        var above = g.GreaterThan(x, g.Constant(Low, x.Shape));
        var below = g.GreaterThan(g.Constant(High, x.Shape), x);
        pass.Accumulate(x, upstream * (above * below));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n) =>
        Elementwise.Clamp(output, x, Low, High, n);
}

/// <summary>x times a scalar that the program computes.</summary>
internal sealed record TimesScalar : Operation
{
    // The scalar is an input of another shape, so only x may be overwritten; the planner checks shapes.
    internal override bool IsElementwise => true;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, scalar) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.TimesScalar(upstream, scalar));
        if (pass.Needs(scalar)) pass.Accumulate(scalar, pass.Graph.Dot(upstream, x));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var scalar = buffers.Of(node.Inputs[1]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Elementwise.Scale(y + start, x + start, *scalar, end - start);
        };
    }
}

/// <summary>Each row of x [.., B, K] times the entry of c [.., B].</summary>
internal sealed record TimesColumn : Operation
{
    internal override bool IsElementwise => true;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, column) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.TimesColumn(upstream, column));
        if (pass.Needs(column)) pass.Accumulate(column, pass.Graph.SumLast(upstream * x));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var column = buffers.Of(node.Inputs[1]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start < end)
                Elementwise.MultiplyColumn(y + (nint)start * columns, x + (nint)start * columns, column + start, end - start, columns);
        };
    }
}
