namespace Plimsoll.Data;

/// <summary>
/// The behaviour-cloning filters of OSRL on whole trajectories: by the undiscounted cost C of a trajectory
/// and the cost limit kappa (cost per episode, finite, at least 0).
/// </summary>
public abstract record TrajectoryFilter
{
    private protected TrajectoryFilter()
    {
    }

    public sealed record All : TrajectoryFilter;

    /// <summary>C &lt;= kappa: BC-Safe.</summary>
    public sealed record Safe(double CostLimit) : TrajectoryFilter;

    /// <summary>C &gt;= 2 kappa.</summary>
    public sealed record Risky(double CostLimit) : TrajectoryFilter;

    /// <summary>0.5 kappa &lt; C &lt;= 1.5 kappa.</summary>
    public sealed record Boundary(double CostLimit) : TrajectoryFilter;

    /// <summary>Whether one trajectory passes.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The cost limit is negative or not finite.</exception>
    public bool Keeps(Trajectory trajectory) => this switch
    {
        Safe(var limit) => trajectory.Cost <= Checked(limit),
        Risky(var limit) => trajectory.Cost >= 2 * Checked(limit),
        Boundary(var limit) => trajectory.Cost > 0.5 * Checked(limit) && trajectory.Cost <= 1.5 * limit,
        _ => true,
    };

    /// <summary>
    /// The trajectories that pass, whole and in order. Deterministic. The metadata stay as they are, so that
    /// a filter that keeps everything gives the same bytes as no filter.
    /// </summary>
    /// <param name="dataset">The dataset to choose from; it stays open.</param>
    /// <param name="name">The dataset's name in a problem.</param>
    public FilterOutcome Apply(Dataset dataset, string name)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var kept = new List<int>();
        for (var index = 0; index < dataset.Trajectories.Count; index++)
        {
            if (Keeps(dataset.Trajectories[index]))
            {
                kept.Add(index);
            }
        }

        if (kept.Count > 0)
        {
            return new FilterOutcome.Kept(dataset.Select(kept), kept);
        }

        var facts = NormalisationFacts.Extremes(dataset);
        return new FilterOutcome.Nothing(
            this is Safe(var limit)
                ? new DatasetProblem.NoSafeTrajectory(name, limit, facts.CostMin, dataset.Trajectories.Count)
                : new DatasetProblem.NothingSelected(
                    name, this, facts.CostMin, facts.CostMax, dataset.Trajectories.Count));
    }

    private static double Checked(double costLimit)
    {
        return double.IsFinite(costLimit) && costLimit >= 0
            ? costLimit
            : throw new ArgumentOutOfRangeException(
                nameof(costLimit), costLimit, "A cost limit is finite and >= 0.");
    }
}
