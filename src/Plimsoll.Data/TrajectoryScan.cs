namespace Plimsoll.Data;

/// <summary>Cuts rows into trajectories: one ends at row i where terminals[i] or timeouts[i] is 1.</summary>
internal static unsafe class TrajectoryScan
{
    /// <summary>
    /// All complete trajectories, and how many rows they cover. Markers must be 0 or 1. Sums are in binary64,
    /// one chain in row order.
    /// </summary>
    public static (List<Trajectory> Trajectories, int Rows) Complete(DatasetColumns columns, int count)
    {
        var trajectories = new List<Trajectory>();
        var start = 0;
        var (reward, cost) = (0.0, 0.0);
        for (var row = 0; row < count; row++)
        {
            reward += columns.Rewards[row];
            cost += columns.Costs[row];
            var terminated = columns.Terminals[row] != 0;
            if (terminated || columns.Timeouts[row] != 0)
            {
                trajectories.Add(new Trajectory(start, row - start + 1, reward, cost, terminated));
                start = row + 1;
                (reward, cost) = (0.0, 0.0);
            }
        }

        return (trajectories, start);
    }

    /// <summary>The first marker that is neither 0 nor 1, and how many there are.</summary>
    public static DatasetProblem.BadEndMarker? BadMarker(
        string dataset, string key, float* markers, int count)
    {
        var (first, bad) = (-1, 0L);
        for (var row = 0; row < count; row++)
        {
            if (markers[row] is not (0f or 1f))
            {
                first = first < 0 ? row : first;
                bad++;
            }
        }

        return bad == 0 ? null : new DatasetProblem.BadEndMarker(dataset, key, first, markers[first], bad);
    }

    /// <summary>Trajectories that must cover every row, as in a dataset of ours.</summary>
    public static (IReadOnlyList<Trajectory> Trajectories, DatasetProblem? Problem) Whole(
        string dataset, DatasetColumns columns)
    {
        var count = columns.Count;
        var bad = BadMarker(dataset, DatasetKeys.Terminals, columns.Terminals, count)
            ?? BadMarker(dataset, DatasetKeys.Timeouts, columns.Timeouts, count);
        if (bad is not null)
        {
            return ([], bad);
        }

        var (trajectories, rows) = Complete(columns, count);
        DatasetProblem? problem = trajectories.Count == 0
            ? new DatasetProblem.NoCompleteTrajectory(dataset, count)
            : rows < count ? new DatasetProblem.NotADataset(dataset) : null;
        return (trajectories, problem);
    }
}
