using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

internal enum UnaryKind
{
    Square,
    Sqrt,
    Abs,
    Exp,
    Log,
    Tanh,
    Sigmoid,
    Softplus,
    Mish,
    Relu,
    Sin,
    Cos,
    Gelu,
    Silu,
}

/// <summary>y = f(x), element by element.</summary>
internal sealed record Unary(UnaryKind Kind) : Pointwise
{
    public override string Name => Kind.ToString().ToLowerInvariant();

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var g = pass.Graph;
        var x = node.Inputs[0];
        if (!pass.Needs(x)) return;
        pass.Accumulate(x, Kind switch
        {
            UnaryKind.Square => upstream * (x * 2f),
            UnaryKind.Sqrt => g.Divide(upstream * 0.5f, node),
            UnaryKind.Abs => Signed(g, x, upstream),
            UnaryKind.Exp => upstream * node,
            UnaryKind.Log => upstream / x,
            UnaryKind.Tanh => Slope(g, SlopeKind.Tanh, upstream, node),
            UnaryKind.Sigmoid => Slope(g, SlopeKind.Sigmoid, upstream, node),
            UnaryKind.Softplus => Slope(g, SlopeKind.Softplus, upstream, x),
            UnaryKind.Mish => Slope(g, SlopeKind.Mish, upstream, x),
            UnaryKind.Relu => Slope(g, SlopeKind.Relu, upstream, node),
            UnaryKind.Gelu => Slope(g, SlopeKind.Gelu, upstream, x),
            UnaryKind.Silu => Slope(g, SlopeKind.Silu, upstream, x),
            UnaryKind.Sin => upstream * g.Cos(x),
            _ => upstream * (g.Sin(x) * -1f),
        });
    }

    private static Node Signed(GraphBuilder g, Node x, Node upstream)
    {
        var zero = g.Constant(0f, x.Shape);
        return g.Select(g.GreaterThan(x, zero), upstream, g.Select(g.GreaterThan(zero, x), -upstream, zero));
    }

    /// <summary>The slope of ReLU is applied in the store of the product that it follows.</summary>
    internal static Node Slope(GraphBuilder g, SlopeKind kind, Node upstream, Node saved) =>
        kind == SlopeKind.Relu && upstream.Operation is LinearInputGradient { IsMasked: false } product
            ? g.Make(product with { IsMasked = true }, [.. upstream.Inputs, saved], upstream.Shape)
            : g.Make(new Slope(kind), [upstream, saved], upstream.Shape);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n)
    {
        switch (Kind)
        {
            case UnaryKind.Square: Elementwise.Square(output, x, n); break;
            case UnaryKind.Sqrt: Elementwise.Sqrt(output, x, n); break;
            case UnaryKind.Abs: Elementwise.Abs(output, x, n); break;
            case UnaryKind.Exp: Elementwise.Exp(output, x, n); break;
            case UnaryKind.Log: Elementwise.Log(output, x, n); break;
            case UnaryKind.Tanh: Elementwise.Tanh(output, x, n); break;
            case UnaryKind.Sigmoid: Elementwise.Sigmoid(output, x, n); break;
            case UnaryKind.Softplus: Elementwise.Softplus(output, x, n); break;
            case UnaryKind.Mish: Elementwise.Mish(output, x, n); break;
            case UnaryKind.Relu: Elementwise.Relu(output, x, n); break;
            case UnaryKind.Gelu: Elementwise.Gelu(output, x, n); break;
            case UnaryKind.Silu: Elementwise.Silu(output, x, n); break;
            case UnaryKind.Sin: Elementwise.Sin(output, x, n); break;
            default: Elementwise.Cos(output, x, n); break;
        }
    }
}

internal enum SlopeKind
{
    Tanh,
    Sigmoid,
    Softplus,
    Mish,
    Relu,
    Gelu,
    Silu,
}

/// <summary>dx = dy f'(.), from the output (tanh, sigmoid, ReLU) or the input (softplus, Mish, GELU, SiLU).</summary>
internal sealed record Slope(SlopeKind Kind) : Pointwise
{
    public override string Name => $"{Kind.ToString().ToLowerInvariant()} gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.RefuseSecondOrder(node);

    private protected override unsafe void Apply(float* output, float* x, float* y, float* z, nint n)
    {
        switch (Kind)
        {
            case SlopeKind.Tanh: Elementwise.TanhGradient(output, x, y, n); break;
            case SlopeKind.Sigmoid: Elementwise.SigmoidGradient(output, x, y, n); break;
            case SlopeKind.Softplus: Elementwise.SoftplusGradient(output, x, y, n); break;
            case SlopeKind.Mish: Elementwise.MishGradient(output, x, y, n); break;
            case SlopeKind.Gelu: Elementwise.GeluGradient(output, x, y, n); break;
            case SlopeKind.Silu: Elementwise.SiluGradient(output, x, y, n); break;
            default: Elementwise.ReluGradient(output, x, y, n); break;
        }
    }
}
