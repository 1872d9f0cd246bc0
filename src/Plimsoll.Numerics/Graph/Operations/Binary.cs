using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

internal enum BinaryKind
{
    Add,
    Subtract,
    Multiply,
    Divide,
    Minimum,
    Maximum,
    GreaterThan,
}

/// <summary>z = f(x, y) on equal shapes, element by element.</summary>
internal sealed record Binary(BinaryKind Kind) : Pointwise
{
    public override string Name => Kind.ToString().ToLowerInvariant();

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        var g = pass.Graph;
        switch (Kind)
        {
            case BinaryKind.Add:
                pass.Accumulate(x, upstream);
                pass.Accumulate(y, upstream);
                break;
            case BinaryKind.Subtract:
                pass.Accumulate(x, upstream);
                if (pass.Needs(y)) pass.Accumulate(y, -upstream);
                break;
            case BinaryKind.Multiply:
                if (pass.Needs(x)) pass.Accumulate(x, upstream * y);
                if (pass.Needs(y)) pass.Accumulate(y, upstream * x);
                break;
            case BinaryKind.Divide:
                if (pass.Needs(x)) pass.Accumulate(x, upstream / y);
                if (pass.Needs(y)) pass.Accumulate(y, -(upstream * node) / y);
                break;
            case BinaryKind.Minimum:
            case BinaryKind.Maximum:
                // A tie gives the whole gradient to one side: to x for both.
                var toY = Kind == BinaryKind.Minimum ? g.GreaterThan(x, y) : g.GreaterThan(y, x);
                var zero = g.Constant(0f, node.Shape);
                if (pass.Needs(x)) pass.Accumulate(x, g.Select(toY, zero, upstream));
                if (pass.Needs(y)) pass.Accumulate(y, g.Select(toY, upstream, zero));
                break;
            default:
                break;
        }
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n)
    {
        switch (Kind)
        {
            case BinaryKind.Add: Elementwise.Add(output, x, y, n); break;
            case BinaryKind.Subtract: Elementwise.Subtract(output, x, y, n); break;
            case BinaryKind.Multiply: Elementwise.Multiply(output, x, y, n); break;
            case BinaryKind.Divide: Elementwise.Divide(output, x, y, n); break;
            case BinaryKind.Minimum: Elementwise.Minimum(output, x, y, n); break;
            case BinaryKind.Maximum: Elementwise.Maximum(output, x, y, n); break;
            default: Elementwise.GreaterThan(output, x, y, n); break;
        }
    }
}

internal sealed record Select : Pointwise
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (mask, x, y) = (node.Inputs[0], node.Inputs[1], node.Inputs[2]);
        var zero = pass.Graph.Constant(0f, node.Shape);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Select(mask, upstream, zero));
        if (pass.Needs(y)) pass.Accumulate(y, pass.Graph.Select(mask, zero, upstream));
    }

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n) =>
        Elementwise.Select(output, x, y, z, n);
}
