using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>
/// Log-density and entropy of a normal distribution with its own mean μ and deviation σ = e^l in each
/// component. In nats, element by element; sum over the last axis for the joint ones.
/// </summary>
public static class GaussianLikelihood
{
    /// <summary>½ log 2π.</summary>
    public const float HalfLogTwoPi = 0.9189385f;

    /// <summary>½ log 2πe, the entropy at σ = 1.</summary>
    public const float UnitEntropy = 1.4189385f;

    /// <summary>log N(x; μ, σ²) = -½ ((x - μ)/σ)² - l - ½ log 2π, of the shape of x.</summary>
    public static Node Log(GraphBuilder g, DiagonalGaussian p, Node x) =>
        LogAt(g, p, (x - p.Mean) * g.Exp(-p.LogDeviation));

    /// <summary>The same at x = μ + σ ξ, from ξ itself: no cancellation where σ is tiny, and the same
    /// gradient, since the pathwise gradient of ((x - μ)/σ)² is zero.</summary>
    public static Node LogAt(GraphBuilder g, DiagonalGaussian p, Node standardised) =>
        (g.Square(standardised) * 0.5f + p.LogDeviation + HalfLogTwoPi) * -1f;

    /// <summary>H = l + ½ log 2πe.</summary>
    public static Node Entropy(DiagonalGaussian p) => p.LogDeviation + UnitEntropy;
}
