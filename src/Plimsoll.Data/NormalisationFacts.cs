namespace Plimsoll.Data;

/// <summary>
/// What DSRL normalises scores with (Liu et al. 2024, section 4): the extremes of the undiscounted episode
/// returns and costs. R_norm = (R - ReturnMin) / (ReturnMax - ReturnMin).
/// </summary>
/// <param name="ReturnMin">r_min, the smallest episode return.</param>
/// <param name="ReturnMax">r_max, the largest episode return.</param>
/// <param name="CostMin">c_min, the smallest episode cost.</param>
/// <param name="CostMax">c_max, the largest episode cost.</param>
public sealed record NormalisationFacts(double ReturnMin, double ReturnMax, double CostMin, double CostMax)
{
    /// <summary>
    /// What scores of policies learned from this dataset are normalised with: the range of returns that its
    /// metadata record, so that a part of the data is measured by the whole; else its own extremes. Costs are
    /// its own.
    /// </summary>
    public static NormalisationFacts Of(Dataset dataset)
    {
        var own = Extremes(dataset);
        return ReturnRange.In(dataset.Metadata.Facts) is { } range
            ? own with { ReturnMin = range.Least, ReturnMax = range.Most }
            : own;
    }

    /// <summary>The extremes over the trajectories that are here.</summary>
    public static NormalisationFacts Extremes(Dataset dataset)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var trajectories = dataset.Trajectories;
        return new NormalisationFacts(
            trajectories.Min(trajectory => trajectory.Return),
            trajectories.Max(trajectory => trajectory.Return),
            trajectories.Min(trajectory => trajectory.Cost),
            trajectories.Max(trajectory => trajectory.Cost));
    }

    /// <summary>
    /// The largest return of a trajectory with C &lt;= kappa; null when none keeps the limit. What an offline
    /// policy has to beat.
    /// </summary>
    public static double? BestReturnWithin(Dataset dataset, double costLimit)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return dataset.Trajectories
            .Where(trajectory => trajectory.IsWithin(costLimit))
            .Max(trajectory => (double?)trajectory.Return);
    }
}
