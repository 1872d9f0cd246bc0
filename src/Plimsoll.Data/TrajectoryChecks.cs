namespace Plimsoll.Data;

/// <summary>Checks of how rows make up trajectories.</summary>
internal static unsafe class TrajectoryChecks
{
    /// <summary>Beyond this, relative to the larger value and at least 1, two observations differ.</summary>
    private const float Tolerance = 1e-5f;

    public static IEnumerable<DatasetProblem> All(
        string name, IReadOnlyList<Trajectory> trajectories, int rows, int count, DsrlImportOptions options)
    {
        if (trajectories.Count == 0)
        {
            yield return new DatasetProblem.NoCompleteTrajectory(name, count);
            yield break;
        }

        if (rows < count)
        {
            yield return new DatasetProblem.UnfinishedTail(name, rows, count - rows);
        }

        var first = trajectories[0];
        if (trajectories.Count == 1)
        {
            yield return new DatasetProblem.OneTrajectory(name, first.Length, options.AllowOneTrajectory);
        }
        else if (options.EndMarkers is null
            && trajectories.All(trajectory => trajectory.Terminated && trajectory.Length == first.Length))
        {
            yield return new DatasetProblem.AmbiguousEndMarkers(name, trajectories.Count, first.Length);
        }

        if (options.Horizon is { } horizon && trajectories.Any(trajectory => trajectory.Length > horizon))
        {
            var longer = trajectories.First(trajectory => trajectory.Length > horizon);
            yield return new DatasetProblem.LongerThanHorizon(name, longer.Start, longer.Length, horizon);
        }
    }

    /// <summary>next_observations[i] against observations[i + 1] inside each trajectory.</summary>
    public static DatasetProblem.BrokenSuccession? Succession(
        string name, DatasetColumns columns, IReadOnlyList<Trajectory> trajectories)
    {
        var width = columns.ObservationSize;
        var (firstRow, firstColumn, count, largest) = (-1, 0, 0L, 0f);
        foreach (var trajectory in trajectories)
        {
            for (var row = trajectory.Start; row < trajectory.LastRow; row++)
            {
                var next = columns.NextObservations + ((long)row * width);
                var following = columns.Observations + ((long)(row + 1) * width);
                var differs = -1;
                for (var column = 0; column < width; column++)
                {
                    var difference = MathF.Abs(next[column] - following[column]);
                    var size = MathF.Max(1, MathF.Max(MathF.Abs(next[column]), MathF.Abs(following[column])));
                    if (difference > Tolerance * size)
                    {
                        differs = differs < 0 ? column : differs;
                        largest = MathF.Max(largest, difference);
                    }
                }

                if (differs >= 0)
                {
                    (firstRow, firstColumn) = firstRow < 0 ? (row, differs) : (firstRow, firstColumn);
                    count++;
                }
            }
        }

        return count
            == 0 ? null : new DatasetProblem.BrokenSuccession(name, firstRow, firstColumn, count, largest);
    }
}
