using Plimsoll.Learning.Losses;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Networks;

/// <summary>A draw of a <see cref="TanhGaussian"/>.</summary>
/// <param name="Action">tanh(u), inside [-1, 1].</param>
/// <param name="PreTanh">u, of the action's shape.</param>
/// <param name="LogProbability">log π(a), the action's shape without its last axis.</param>
public readonly record struct SquashedSample(Node Action, Node PreTanh, Node LogProbability);

/// <summary>
/// a = tanh(u), u ~ N(μ, σ²) in each component: log π(a) = Σ_k log N(u_k; μ_k, σ_k²) - Σ_k log(1 - tanh² u_k)
/// (SAC, Haarnoja et al., arXiv 1801.01290, appendix C), the correction as 2 (log 2 - u - softplus(-2u)),
/// which is finite for every finite u. Absolute error of the correction: at most 4e-6 for |u| &lt;= 10. In
/// nats.
/// </summary>
public readonly record struct TanhGaussian(DiagonalGaussian Base)
{
    /// <summary>Given actions are clamped to ±(1 - this) before atanh.</summary>
    public const float EdgeMargin = 1e-5f;

    private const float LogTwo = 0.6931472f;

    /// <summary>tanh(μ) [B, A]: the mode of u squashed, which is not the mode of a.</summary>
    public Node MeanAction(GraphBuilder g) => g.Tanh(Base.Mean);

    /// <summary>One draw a row: [B, A] and [B].</summary>
    public SquashedSample Sample(GraphBuilder g, StreamAddress stream) =>
        At(g, g.Normal(stream, Base.Mean.Shape));

    /// <summary>N draws a row: [N, B, A] and [N, B].</summary>
    public SquashedSample Samples(GraphBuilder g, Axis draws, StreamAddress stream) =>
        new TanhGaussian(Base.Repeated(g, draws)).Sample(g, stream);

    /// <summary>The draw at given standard normal ξ of the mean's shape. Gradients flow to μ and σ by the
    /// path.</summary>
    public SquashedSample At(GraphBuilder g, Node standardised)
    {
        var u = Base.At(g, standardised);
        var log = GaussianLikelihood.LogAt(g, Base, standardised) - LogSlope(g, u);
        return new SquashedSample(g.Tanh(u), u, g.SumLast(log));
    }

    /// <summary>log π(a) [B] of given actions [B, A], clamped to ±(1 - 1e-5).</summary>
    public Node LogProbability(GraphBuilder g, Node action)
    {
        var u = Atanh(g, g.Clamp(action, -1f + EdgeMargin, 1f - EdgeMargin));
        return LogProbabilityOf(g, u);
    }

    /// <summary>log π(tanh u) [B] of given u [B, A].</summary>
    public Node LogProbabilityOf(GraphBuilder g, Node preTanh) =>
        g.SumLast(GaussianLikelihood.Log(g, Base, preTanh) - LogSlope(g, preTanh));

    /// <summary>log(1 - tanh² u) = 2 (log 2 - u - softplus(-2u)), element by element.</summary>
    public static Node LogSlope(GraphBuilder g, Node u) => (LogTwo - u - g.Softplus(u * -2f)) * 2f;

    /// <summary>½ (log(1 + a) - log(1 - a)), for a inside (-1, 1).</summary>
    public static Node Atanh(GraphBuilder g, Node action) => (g.Log(action + 1f) - g.Log(1f - action)) * 0.5f;
}
