namespace Plimsoll.Data;

/// <summary>
/// Checks of a dataset's content. Rows after the last end marker are dropped, so they are not judged.
/// </summary>
public static class DatasetChecks
{
    /// <summary>
    /// What looks odd in a dataset that is usable: constant columns, actions outside [-1, 1], costs other
    /// than 0 and 1, successions that do not fit, one trajectory only; and a recorded range of returns that is
    /// none.
    /// </summary>
    public static IReadOnlyList<DatasetProblem> Inspect(Dataset dataset, string name)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var options = new DsrlImportOptions(dataset.Metadata.Task)
        {
            EndMarkers = EndMarkers.Terminals,
            Horizon = dataset.Metadata.Horizon,
            AllowOneTrajectory = true,
        };
        var problems = All(name, dataset.Columns, options).Problems;
        if (ReturnRange.Unsound(name, dataset.Metadata.Facts) is { } unsound)
        {
            problems.Add(unsound);
        }

        GC.KeepAlive(dataset);
        return problems;
    }

    /// <summary>What differs from DSRL's table.</summary>
    public static IReadOnlyList<DatasetProblem> Against(DsrlTask task, Dataset dataset, string name)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        return [.. DsrlChecks.All(
            name, task, dataset.Columns, dataset.Trajectories, dataset.Metadata.Horizon, dataset.Metadata.Facts)];
    }

    /// <summary>Null when at least one trajectory keeps the limit.</summary>
    /// <param name="dataset">The dataset.</param>
    /// <param name="name">The dataset's name in the problem.</param>
    /// <param name="costLimit">Undiscounted cost per episode, finite, at least 0.</param>
    public static DatasetProblem? SafeWithin(Dataset dataset, string name, double costLimit)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        var safe = new TrajectoryFilter.Safe(costLimit);
        return dataset.Trajectories.Any(safe.Keeps)
            ? null
            : new DatasetProblem.NoSafeTrajectory(
                name, costLimit, dataset.Trajectories.Min(trajectory => trajectory.Cost),
                dataset.Trajectories.Count);
    }

    /// <summary>The complete trajectories, the rows they cover, and every problem in a fixed order.</summary>
    internal static unsafe (
        IReadOnlyList<Trajectory> Trajectories, int Rows, List<DatasetProblem> Problems) All(
        string name, DatasetColumns columns, DsrlImportOptions options)
    {
        var problems = new List<DatasetProblem>();
        var count = columns.Count;
        Add(TrajectoryScan.BadMarker(name, DatasetKeys.Terminals, columns.Terminals, count));
        Add(TrajectoryScan.BadMarker(name, DatasetKeys.Timeouts, columns.Timeouts, count));
        var soundMarkers = problems.Count == 0;
        IReadOnlyList<Trajectory> trajectories = [];
        var rows = count;
        if (soundMarkers)
        {
            (trajectories, rows) = TrajectoryScan.Complete(columns, count);
            problems.AddRange(TrajectoryChecks.All(name, trajectories, rows, count, options));
            rows = rows == 0 ? count : rows;
        }

        problems.AddRange(ValueChecks.All(name, columns, rows));
        if (soundMarkers)
        {
            Add(TrajectoryChecks.Succession(name, columns, trajectories));
        }

        return (trajectories, rows, problems);

        void Add(DatasetProblem? problem)
        {
            if (problem is not null)
            {
                problems.Add(problem);
            }
        }
    }
}
