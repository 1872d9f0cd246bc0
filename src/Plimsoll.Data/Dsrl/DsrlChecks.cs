namespace Plimsoll.Data;

/// <summary>Checks a dataset against what DSRL's table says of its task.</summary>
internal static class DsrlChecks
{
    /// <summary>
    /// Returns are sums of binary32 rewards; DSRL added them in binary32. Relative to the larger end of the
    /// range.
    /// </summary>
    private const double Tolerance = 1e-4;

    /// <summary>How far beyond the range a value may lie that is one of its ends.</summary>
    public static double Slack(double least, double most) =>
        Tolerance * Math.Max(Math.Abs(least), Math.Abs(most));

    /// <summary>Sizes and the given horizon must be the task's; counts and extremes of DSRL's own data may
    /// differ.</summary>
    public static IEnumerable<DatasetProblem> All(
        string name, DsrlTask task, DatasetColumns columns, IReadOnlyList<Trajectory> trajectories, int? horizon,
        IReadOnlyDictionary<string, string> facts)
    {
        if (columns.ObservationSize != task.ObservationSize)
        {
            yield return new DatasetProblem.OtherTaskSize(
                name, DatasetKeys.Observations, columns.ObservationSize, task.ObservationSize, task);
        }

        if (columns.ActionSize != task.ActionSize)
        {
            yield return new DatasetProblem.OtherTaskSize(
                name, DatasetKeys.Actions, columns.ActionSize, task.ActionSize, task);
        }

        if (horizon is { } given && given != task.Horizon)
        {
            yield return new DatasetProblem.OtherTaskHorizon(name, given, task);
        }

        if (trajectories.Count == 0 || !task.Owns(facts))
        {
            yield break;
        }

        if (trajectories.Count != task.Trajectories)
        {
            yield return new DatasetProblem.OtherTrajectoryCount(name, trajectories.Count, task);
        }

        var returns = trajectories.Select(trajectory => trajectory.Return).ToArray();
        var costs = trajectories.Select(trajectory => trajectory.Cost).ToArray();
        foreach (var problem in new[]
        {
            Outside("returns", returns, task.ReturnMin, task.ReturnMax),
            Outside("costs", costs, task.CostMin, task.CostMax),
        })
        {
            if (problem is not null)
            {
                yield return problem;
            }
        }

        // What is not finite is reported as that.
        DatasetProblem? Outside(string what, double[] values, double least, double most)
        {
            var slack = Slack(least, most);
            return values.Min() < least - slack || values.Max() > most + slack
                ? new DatasetProblem.OutsideTaskRange(
                    name, what, values.Min(), values.Max(), least, most, task)
                : null;
        }
    }
}
