using Plimsoll.Data;
using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// How a cost critic counts time, and with it how its values become an episode cost. The two forms are
/// chosen together so that critic, threshold and estimate cannot disagree.
/// </summary>
/// <param name="Limits">Conversions between an episode cost and this critic's values.</param>
/// <param name="LargestValue">No value of the critic can exceed it: bootstrapped targets are clamped to [0,
/// it].</param>
public sealed record CostHorizon(CostLimit Limits, double LargestValue)
{
    /// <summary>Undiscounted, stopping at ends and time-outs, to be read at episode starts: for tasks
    /// whose episodes can end early. There the discounted form misleads: states of long episodes are
    /// over-represented and nothing happens after an end.</summary>
    /// <param name="dataset">Its horizon L and its largest cost count.</param>
    /// <param name="costLimit">κ, cost/episode, at least 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative or not finite.</exception>
    public static CostHorizon Episodic(Dataset dataset, double costLimit)
    {
        var horizon = dataset.Metadata.Horizon;
        return new CostHorizon(
            new CostLimit(costLimit, horizon, 1.0, Bootstrapping.StopsAtTimeouts), LargestCost(dataset) * horizon);
    }

    /// <summary>Discounted and bootstrapping through time-outs, for episodes that always run to their time
    /// limit; a value V means an episode cost of V (1-γ) L (DRCORL, section 4.3).</summary>
    /// <param name="dataset">Its horizon L and its largest cost count.</param>
    /// <param name="costLimit">κ, cost/episode, at least 0.</param>
    /// <param name="discount">γ in [0, 1).</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is outside its range.</exception>
    public static CostHorizon Endless(Dataset dataset, double costLimit, double discount) =>
        new(
            new CostLimit(costLimit, dataset.Metadata.Horizon, discount, Bootstrapping.ThroughTimeouts),
            LargestCost(dataset) / (1.0 - discount));

    public bool StopsAtTimeouts => Limits.Bootstrapping == Bootstrapping.StopsAtTimeouts;

    public double Discount => Limits.Discount;

    /// <summary>Episode cost for a critic's value: Ĉ = V L (1-γ), or V itself for the episodic form.</summary>
    public double EpisodeCost(double value) => Limits.EpisodicCost(value);

    private static double LargestCost(Dataset dataset)
    {
        var largest = 0f;
        foreach (var cost in dataset.Costs) largest = Math.Max(largest, cost);
        return largest;
    }
}
