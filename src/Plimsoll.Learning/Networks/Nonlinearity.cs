using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Learning.Networks;

/// <summary>The function that follows a linear layer, element by element.</summary>
public enum Nonlinearity
{
    None,

    /// <summary>max(x, 0).</summary>
    Relu,

    Tanh,

    /// <summary>x tanh(log(1 + eˣ)) (Misra, arXiv 1908.08681).</summary>
    Mish,

    /// <summary>log(1 + eˣ).</summary>
    Softplus,

    /// <summary>x Φ(x), exactly and not by tanh (Hendrycks and Gimpel, arXiv 1606.08415).</summary>
    Gelu,
}

internal static class Nonlinearities
{
    /// <summary>f(x W + b); ReLU in the product's own store.</summary>
    internal static Node Layer(GraphBuilder g, Node x, Node weight, Node bias, Nonlinearity f) =>
        f == Nonlinearity.Relu
        ? g.Linear(x, weight, bias, Activation.Relu)
        : Apply(g, g.Linear(x, weight, bias), f);

    internal static Node Apply(GraphBuilder g, Node x, Nonlinearity f) => f switch
    {
        Nonlinearity.None => x,
        Nonlinearity.Relu => g.Relu(x),
        Nonlinearity.Tanh => g.Tanh(x),
        Nonlinearity.Mish => g.Mish(x),
        Nonlinearity.Softplus => g.Softplus(x),
        Nonlinearity.Gelu => g.Gelu(x),
        _ => throw new ArgumentOutOfRangeException(nameof(f), f, "no such function"),
    };
}
