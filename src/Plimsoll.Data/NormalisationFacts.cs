namespace Plimsoll.Data;

/// <summary>
/// What DSRL normalises scores with (Liu et al. 2024, section 4): the extremes of the undiscounted episode
/// returns and costs of a dataset. R_norm = (R - ReturnMin) / (ReturnMax - ReturnMin).
/// </summary>
/// <param name="ReturnMin">r_min, the smallest episode return.</param>
/// <param name="ReturnMax">r_max, the largest episode return.</param>
/// <param name="CostMin">c_min, the smallest episode cost.</param>
/// <param name="CostMax">c_max, the largest episode cost.</param>
public sealed record NormalisationFacts(double ReturnMin, double ReturnMax, double CostMin, double CostMax)
{
    /// <summary>The extremes over all trajectories.</summary>
    public static NormalisationFacts Of(Dataset dataset)
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
