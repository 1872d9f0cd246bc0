using Plimsoll.Data;

namespace Plimsoll.Learning.Safety;

/// <summary>Why a dataset is not the safety signal of another.</summary>
public enum SafetyFault
{
    /// <summary>Other sizes or another number of rows.</summary>
    OtherSizes,

    /// <summary>Rows of other transitions.</summary>
    OtherTransitions,

    /// <summary>A number outside [0, 1] where c' should stand, or one below 1 where nothing was paid.</summary>
    NoSignal,
}

/// <summary>
/// SPI's remapped cost as a dataset: the safety signal c' stands where the reward stood, so that any reward
/// critic fitted to it learns Q^{c'} (SPI, equation 4). Costs and ends stay as they were.
/// </summary>
public static class SafetySignal
{
    public static Dataset AsReward(Dataset dataset, CostRemap remap)
    {
        var safety = new float[dataset.Count];
        remap.Apply(dataset.Costs, safety);
        var (s, a) = (dataset.ObservationSize, dataset.ActionSize);
        var builder = new DatasetBuilder(s, a);
        foreach (var trajectory in dataset.Trajectories)
        {
            builder.BeginTrajectory();
            for (var i = trajectory.Start; i < trajectory.Start + trajectory.Length; i++)
            {
                builder.Add(
                    dataset.Observations.Slice(i * s, s), dataset.Actions.Slice(i * a, a), safety[i], dataset.Costs[i],
                    dataset.NextObservations.Slice(i * s, s));
            }
            builder.End(trajectory.Terminated);
        }
        return builder.Build(dataset.Metadata);
    }

    /// <summary>Whether a dataset holds the transitions and costs of another, row by row, with a signal where the
    /// reward stood: in [0, 1], and 1 where the cost is 0, since f(0) = 0; null when it does.</summary>
    public static SafetyFault? Check(Dataset dataset, Dataset safety)
    {
        if ((dataset.Count, dataset.ObservationSize, dataset.ActionSize)
            != (safety.Count, safety.ObservationSize, safety.ActionSize))
            return SafetyFault.OtherSizes;
        if (!dataset.Observations.SequenceEqual(safety.Observations) || !dataset.Actions.SequenceEqual(safety.Actions)
            || !dataset.NextObservations.SequenceEqual(safety.NextObservations)
            || !dataset.Costs.SequenceEqual(safety.Costs) || !dataset.Terminals.SequenceEqual(safety.Terminals))
            return SafetyFault.OtherTransitions;
        for (var row = 0; row < dataset.Count; row++)
        {
            var signal = safety.Rewards[row];
            if (!(signal is >= 0 and <= 1) || (dataset.Costs[row] == 0 && signal != 1)) return SafetyFault.NoSignal;
        }
        return null;
    }
}
