using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>
/// The Kullback-Leibler divergence between diagonal normal distributions, in nats, component by component;
/// sum over the last axis for the joint one. At least 0 but for a rounding of 1e-6 max(1, value).
/// </summary>
public static class GaussianDivergence
{
    /// <summary>D(N(μ, σ²) ‖ N(0, 1)) = ½ (μ² + σ² - 1 - 2l), l = log σ (Kingma and Welling, arXiv 1312.6114,
    /// appendix B). Finite for l up to 40.</summary>
    public static Node ToStandard(GraphBuilder g, DiagonalGaussian p)
    {
        var twice = p.LogDeviation * 2f;
        return (g.Square(p.Mean) + (g.Exp(twice) - twice - 1f)) * 0.5f;
    }

    /// <summary>D(p ‖ q) = ½ (σ_p²/σ_q² - 1 - log σ_p²/σ_q²) + ½ ((μ_p - μ_q)/σ_q)².</summary>
    public static Node Between(GraphBuilder g, DiagonalGaussian p, DiagonalGaussian q)
    {
        var ratio = (p.LogDeviation - q.LogDeviation) * 2f;
        var distance = (p.Mean - q.Mean) * g.Exp(-q.LogDeviation);
        return (g.Square(distance) + (g.Exp(ratio) - ratio - 1f)) * 0.5f;
    }
}
