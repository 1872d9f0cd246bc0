using Plimsoll.Learning.Diffusion;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The variance-preserving schedule inside a graph: α(t) = exp(-t²(β1-β0)/4 - tβ0/2), σ(t) = √(1-α²),
/// for times [B]. σ² is written 2T/(1+T) with T = tanh(-log α), which keeps its relative accuracy near t = 0.
/// </summary>
internal static class DiffusionNodes
{
    internal static (Node Alpha, Node Sigma) Schedule(GraphBuilder g, Node time, VpSchedule schedule)
    {
        var quadratic = (float)(-0.25 * (schedule.Beta1 - schedule.Beta0));
        var linear = (float)(-0.5 * schedule.Beta0);
        var log = g.Square(time) * quadratic + time * linear;
        var t = g.Tanh(-log);
        return (g.Exp(log), g.Sqrt(t * 2f / (t + 1f)));
    }

    /// <summary>a_t = α a + σ z, row by row.</summary>
    internal static Node Diffuse(GraphBuilder g, Node action, Node noise, Node alpha, Node sigma) =>
        g.TimesColumn(action, alpha) + g.TimesColumn(noise, sigma);

    /// <summary>w(t), [B]; see <see cref="DiffusionWeights.At"/>.</summary>
    internal static Node Weight(GraphBuilder g, DiffusionWeight weight, Node alpha, Node sigma) => weight switch
    {
        DiffusionWeight.Vds => g.Square(sigma),
        DiffusionWeight.Stable => g.Constant(1f, sigma.Shape),
        DiffusionWeight.Score => alpha / sigma,
        _ => throw new ArgumentOutOfRangeException(nameof(weight), weight, "no such weight"),
    };
}
