using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The actor's loss of BCQ-Lag and BEAR-Lag (OSRL): -mean Q_r + λ mean(Q_c - threshold), λ a number without gradient
/// from the controller. Not divided by 1 + λ. Shapes: Q_r, Q_c [B]; the rest scalars. Units: scaled reward, cost.
/// </summary>
internal static class ConstrainedLoss
{
    /// <summary>The loss, a scalar. The threshold shifts its value, not its gradient.</summary>
    internal static Node Of(GraphBuilder g, Node rewardValue, Node costValue, Node multiplier, double threshold) =>
        (g.Mean(costValue) - (float)threshold) * g.Detach(multiplier) - g.Mean(rewardValue);
}
