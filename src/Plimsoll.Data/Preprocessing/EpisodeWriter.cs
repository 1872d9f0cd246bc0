namespace Plimsoll.Data;

/// <summary>Makes a dataset of the trajectories that went through the filters.</summary>
internal static unsafe class EpisodeWriter
{
    /// <summary>
    /// In memory of its own. Noise: observations and next_observations get independent draws, each times the
    /// standard deviation over all elements of its array, so that next observations no longer equal the
    /// following row's, as in the reference. Draws: observations, then next observations, in row order.
    /// </summary>
    public static Dataset Write(
        Dataset dataset, Episode[] episodes, DatasetMetadata metadata, double noiseScale, Func<double> normal)
    {
        var selection = dataset.Select(episodes.Select(episode => episode.Source));
        var columns = selection.Columns;
        foreach (var (episode, trajectory) in episodes.Zip(selection.Trajectories))
        {
            if (episode.Outlier is { } costly)
            {
                for (var row = trajectory.Start; row <= trajectory.LastRow; row++)
                {
                    columns.Rewards[row] *= EpisodeFilters.OutlierReward;
                    columns.Costs[row] = 0;
                }

                foreach (var step in costly)
                {
                    columns.Costs[trajectory.Start + step] = 1;
                }
            }
        }

        if (noiseScale > 0)
        {
            var length = (long)columns.Count * columns.ObservationSize;
            AddNoise(columns.Observations, length, noiseScale, normal);
            AddNoise(columns.NextObservations, length, noiseScale, normal);
        }

        // Sums anew: those of outliers have changed.
        var trajectories = TrajectoryScan.Complete(columns, columns.Count).Trajectories;
        GC.KeepAlive(selection);
        return new Dataset(columns, trajectories, metadata, null);
    }

    /// <summary>Whether all observations and next observations are finite.</summary>
    public static bool IsFinite(Dataset dataset) =>
        !dataset.Observations.ContainsAnyExceptInRange(float.MinValue, float.MaxValue)
        && !dataset.NextObservations.ContainsAnyExceptInRange(float.MinValue, float.MaxValue);

    /// <summary>The standard deviation is that of a population, in binary64.</summary>
    private static void AddNoise(float* values, long length, double scale, Func<double> normal)
    {
        var mean = 0.0;
        for (var index = 0L; index < length; index++)
        {
            mean += values[index];
        }

        mean /= length;
        var squares = 0.0;
        for (var index = 0L; index < length; index++)
        {
            var difference = values[index] - mean;
            squares += difference * difference;
        }

        var deviation = scale * Math.Sqrt(squares / length);
        for (var index = 0L; index < length; index++)
        {
            values[index] = (float)(values[index] + (deviation * normal()));
        }
    }
}
