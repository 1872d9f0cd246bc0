using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>
/// The pinball loss ρ_τ(u) = u (τ - 1(u &lt; 0)) = max(τ u, (τ - 1) u) (Koenker and Bassett 1978). With u =
/// sample - q its expectation is least at the sample's τ-quantile. The gradient at 0 is τ.
/// </summary>
public static class QuantileLoss
{
    /// <summary>ρ_τ(u), element by element, any shape; τ in (0, 1).</summary>
    public static Node Of(GraphBuilder g, Node u, float quantile) =>
        g.Maximum(u * quantile, u * (quantile - 1f));
}
