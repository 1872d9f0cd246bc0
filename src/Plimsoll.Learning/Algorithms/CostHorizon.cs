using Plimsoll.Data;
using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// How a cost critic counts time, and with it how its values become an episode cost. The two forms are
/// chosen together so that critic, threshold and estimate cannot disagree.
/// </summary>
/// <param name="Limits">Conversions between an episode cost and this critic's values.</param>
/// <param name="FromStarts">True: the estimate averages over episode starts. False: over all states of the data.</param>
/// <param name="LargestValue">No value of the critic can exceed it: bootstrapped targets are clamped to [0, it].</param>
public sealed record CostHorizon(CostLimit Limits, bool FromStarts, double LargestValue)
{
    /// <summary>
    /// Where every episode runs to its time limit, the discounted value of a random state of the data times
    /// (1-γ)L is a fair estimate of an episode's cost (DRCORL, section 4.3). Where episodes can end early it is
    /// not: states of long episodes are over-represented and nothing happens after the end. There the critic
    /// is undiscounted, stops at ends and time-outs, and is read at episode starts.
    /// </summary>
    public static CostHorizon For(Dataset dataset, double costLimit, int horizon, double discount, bool endsEarly)
    {
        var largestCost = 0f;
        foreach (var cost in dataset.Costs) largestCost = Math.Max(largestCost, cost);
        return endsEarly
            ? new CostHorizon(
                new CostLimit(costLimit, horizon, 1.0, Bootstrapping.StopsAtTimeouts), true, (double)largestCost * horizon)
            : new CostHorizon(
                new CostLimit(costLimit, horizon, discount, Bootstrapping.ThroughTimeouts), false,
                largestCost / (1.0 - discount));
    }

    public double Discount => Limits.Discount;

    /// <summary>Episode cost for a critic's value: Ĉ = V L (1-γ), or V itself for the episodic form.</summary>
    public double EpisodeCost(double value) => Limits.EpisodicCost(value);
}
