using Plimsoll.Data;

namespace Plimsoll.Learning.Safety;

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
}
