using Plimsoll.Data;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Uniform random transitions: what they say does not change the time of a step.</summary>
internal static class SyntheticData
{
    private const int Trajectories = 200;
    private const int Length = 250;

    internal static Dataset Build(int observationSize, int actionSize)
    {
        var random = new Random(7);
        var builder = new DatasetBuilder(observationSize, actionSize);
        var (seen, next) = (new float[observationSize], new float[observationSize]);
        var action = new float[actionSize];
        for (var t = 0; t < Trajectories; t++)
        {
            builder.BeginTrajectory();
            Fill(random, seen);
            for (var i = 0; i < Length; i++)
            {
                Fill(random, action);
                Fill(random, next);
                builder.Add(seen, action, random.NextSingle(), random.NextSingle() < 0.1f ? 1f : 0f, next);
                next.CopyTo(seen, 0);
            }
            builder.End(terminated: false);
        }
        return builder.Build(new DatasetMetadata("synthetic", Length));
    }

    private static void Fill(Random random, float[] values)
    {
        for (var i = 0; i < values.Length; i++) values[i] = 2f * random.NextSingle() - 1f;
    }
}
