namespace Plimsoll.Learning.Sequences;

/// <summary>
/// How often trajectories are drawn, up to a factor, by their cost C (of the label). Cheap ones more often:
/// what a cautious target asks for is rare in the data.
/// </summary>
public static class TrajectoryWeights
{
    /// <summary>Costs from here on are never drawn in CDT's release.</summary>
    public const double PublishedLimit = 70;

    /// <summary>Where the weight has halved, as a share of the highest cost.</summary>
    private const double HalfAt = 0.1;

    /// <summary>
    /// 1/(C + C_max/10) with C_max the highest cost: the cheapest can come 11 times as often as the
    /// dearest. No limit enters it, every cost has a chance, and a change of the cost's unit changes
    /// nothing. All alike where nothing costs.
    /// </summary>
    /// <param name="costs">At least one, each at least 0.</param>
    public static double[] Inverse(IReadOnlyList<double> costs)
    {
        var half = HalfAt * costs.Max();
        return half == 0 ? [.. costs.Select(_ => 1.0)] : [.. costs.Select(cost => 1 / (cost + half))];
    }

    /// <summary>max(70 - C, 0), as in CDT's release; all 0 where every trajectory costs 70 or more.</summary>
    public static double[] Published(IReadOnlyList<double> costs) =>
        [.. costs.Select(cost => Math.Max(PublishedLimit - cost, 0))];
}
