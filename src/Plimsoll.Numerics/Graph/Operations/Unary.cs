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
}

/// <summary>y = f(x), element by element.</summary>
internal sealed record Unary(UnaryKind Kind) : Operation
{
    public override string Name => Kind.ToString().ToLowerInvariant();

    internal override bool IsElementwise => true;

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
            UnaryKind.Sin => upstream * g.Cos(x),
            _ => upstream * (g.Sin(x) * -1f),
        });
    }

    private static Node Signed(GraphBuilder g, Node x, Node upstream)
    {
        var zero = g.Constant(0f, x.Shape);
        return g.Select(g.GreaterThan(x, zero), upstream, g.Select(g.GreaterThan(zero, x), -upstream, zero));
    }

    internal static Node Slope(GraphBuilder g, SlopeKind kind, Node upstream, Node saved) =>
        g.Make(new Slope(kind), [upstream, saved], upstream.Shape);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Apply(y + start, x + start, end - start);
        };
    }

    private unsafe void Apply(float* y, float* x, nint n)
    {
        switch (Kind)
        {
            case UnaryKind.Square: Elementwise.Square(y, x, n); break;
            case UnaryKind.Sqrt: Elementwise.Sqrt(y, x, n); break;
            case UnaryKind.Abs: Elementwise.Abs(y, x, n); break;
            case UnaryKind.Exp: Elementwise.Exp(y, x, n); break;
            case UnaryKind.Log: Elementwise.Log(y, x, n); break;
            case UnaryKind.Tanh: Elementwise.Tanh(y, x, n); break;
            case UnaryKind.Sigmoid: Elementwise.Sigmoid(y, x, n); break;
            case UnaryKind.Softplus: Elementwise.Softplus(y, x, n); break;
            case UnaryKind.Mish: Elementwise.Mish(y, x, n); break;
            case UnaryKind.Relu: Elementwise.Relu(y, x, n); break;
            case UnaryKind.Sin: Elementwise.Sin(y, x, n); break;
            default: Elementwise.Cos(y, x, n); break;
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
}

/// <summary>dx = dy f'(.), from the output (tanh, sigmoid, ReLU) or the input (softplus, Mish).</summary>
internal sealed record Slope(SlopeKind Kind) : Operation
{
    public override string Name => $"{Kind.ToString().ToLowerInvariant()} gradient";

    internal override bool IsElementwise => true;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var d = buffers.Of(node);
        var dy = buffers.Of(node.Inputs[0]);
        var saved = buffers.Of(node.Inputs[1]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Apply(d + start, dy + start, saved + start, end - start);
        };
    }

    private unsafe void Apply(float* d, float* dy, float* saved, nint n)
    {
        switch (Kind)
        {
            case SlopeKind.Tanh: Elementwise.TanhGradient(d, dy, saved, n); break;
            case SlopeKind.Sigmoid: Elementwise.SigmoidGradient(d, dy, saved, n); break;
            case SlopeKind.Softplus: Elementwise.SoftplusGradient(d, dy, saved, n); break;
            case SlopeKind.Mish: Elementwise.MishGradient(d, dy, saved, n); break;
            default: Elementwise.ReluGradient(d, dy, saved, n); break;
        }
    }
}
