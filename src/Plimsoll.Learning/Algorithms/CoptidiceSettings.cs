using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers of ν, χ and the actor, each at least 1.</param>
/// <param name="Batch">B, transitions a step, and as many initial states.</param>
/// <param name="LearningRate">Of Adam for ν, χ and the actor, above 0; constant.</param>
/// <param name="ScalarLearningRate">Of Adam for λ and τ, above 0; constant.</param>
/// <param name="Alpha">α above 0: price of leaving the data, in scaled reward.</param>
/// <param name="Radius">ε in nats, at least 0: how far from the batch the cost's upper bound looks; 0: the plain mean,
/// and χ and τ do not exist.</param>
/// <param name="Divergence">f.</param>
/// <param name="RewardScale">Factor on every reward, above 0; keep it together with α.</param>
/// <param name="Noise">Added to the actor's observations while it is fitted, times the data's deviation and N(0, 1);
/// at least 0.</param>
/// <param name="Limit">The cost limit, γ and the mask at time-outs.</param>
/// <param name="OsrlCompat">The published behaviour, see <see cref="Coptidice"/>.</param>
public sealed record CoptidiceSettings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double ScalarLearningRate, double Alpha, double Radius,
    FDivergenceKind Divergence, double RewardScale, double Noise, CostLimit Limit, bool OsrlCompat)
{
    /// <summary>b, what the cost per step of the optimal occupancy is held to. Where published, by mistake the
    /// discounted sum, 1/(1 - γ) times as much.</summary>
    public double Threshold => OsrlCompat ? Limit.DiscountedThreshold : Limit.OccupancyThreshold;
}
