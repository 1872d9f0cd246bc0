using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The actor's loss of BCQ-Lag and BEAR-Lag (OSRL): -mean Q_r + λ mean(Q_c - threshold), λ a number without
/// gradient from the controller; divided by 1 + λ where it is normalised (Stooke et al., arXiv 2007.03964),
/// which bounds it by the larger of both means, so that a large λ does not make steps large. Shapes: Q_r,
/// Q_c [B]; the rest scalars. Units: scaled reward, cost.</summary>
internal static class ConstrainedLoss
{
    /// <summary>The loss, a scalar. The threshold shifts its value, not its gradient.</summary>
    internal static Node Of(
        GraphBuilder g, Node rewardValue, Node costValue, Node multiplier, double threshold, bool normalised)
    {
        var lambda = g.Detach(multiplier);
        var loss = (g.Mean(costValue) - (float)threshold) * lambda - g.Mean(rewardValue);
        return normalised ? loss / (lambda + 1f) : loss;
    }
}
