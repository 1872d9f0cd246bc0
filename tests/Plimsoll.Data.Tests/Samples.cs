namespace Plimsoll.Data.Tests;

/// <summary>Small datasets with known content, and the bytes of datasets.</summary>
internal static class Samples
{
    public const int ObservationSize = 3;
    public const int ActionSize = 2;

    public static DatasetMetadata Metadata { get; } = new(
        "Toy", 10, [KeyValuePair.Create("source", "made up \"here\" \\ é"), KeyValuePair.Create("a", "")]);

    /// <summary>
    /// Trajectories of the given lengths whose successive observations fit and whose costs are 0 and 1; every
    /// second one terminates.
    /// </summary>
    public static Dataset Dataset(params int[] lengths) =>
        Builder(lengths, (_, step) => step % 3 == 0 ? 1 : 0)
        .Build(Metadata);

    /// <summary>One trajectory of one step for each (return, cost).</summary>
    public static Dataset Scored(params (float Return, float Cost)[] scores)
    {
        var builder = new DatasetBuilder(1, 1);
        foreach (var (reward, cost) in scores)
        {
            builder.BeginTrajectory().Add([0.5f], [0.1f], reward, cost, [0.5f]).End(terminated: true);
        }

        return builder.Build(new DatasetMetadata("Scored", 1));
    }

    public static DatasetBuilder Builder(int[] lengths, Func<int, int, float> cost)
    {
        var builder = new DatasetBuilder(ObservationSize, ActionSize);
        for (var trajectory = 0; trajectory < lengths.Length; trajectory++)
        {
            builder.BeginTrajectory();
            for (var step = 0; step < lengths[trajectory]; step++)
            {
                float[] action = [MathF.Sqrt(step) / 10, -0.25f * (trajectory % 4)];
                builder.Add(
                    Observation(trajectory, step), action, (0.1f * step) - trajectory, cost(trajectory, step),
                    Observation(trajectory, step + 1));
            }

            builder.End(terminated: trajectory % 2 == 0);
        }

        return builder;
    }

    public static void AssertEqual(Dataset expected, Dataset actual)
    {
        Assert.Multiple(() =>
        {
            Assert.That(actual.ObservationSize, Is.EqualTo(expected.ObservationSize));
            Assert.That(actual.ActionSize, Is.EqualTo(expected.ActionSize));
            Assert.That(Bits(actual.Observations), Is.EqualTo(Bits(expected.Observations)));
            Assert.That(Bits(actual.NextObservations), Is.EqualTo(Bits(expected.NextObservations)));
            Assert.That(Bits(actual.Actions), Is.EqualTo(Bits(expected.Actions)));
            Assert.That(Bits(actual.Rewards), Is.EqualTo(Bits(expected.Rewards)));
            Assert.That(Bits(actual.Costs), Is.EqualTo(Bits(expected.Costs)));
            Assert.That(Bits(actual.Terminals), Is.EqualTo(Bits(expected.Terminals)));
            Assert.That(Bits(actual.Timeouts), Is.EqualTo(Bits(expected.Timeouts)));
            Assert.That(actual.Trajectories, Is.EqualTo(expected.Trajectories));
            Assert.That(actual.Metadata.Task, Is.EqualTo(expected.Metadata.Task));
            Assert.That(actual.Metadata.Horizon, Is.EqualTo(expected.Metadata.Horizon));
            Assert.That(actual.Metadata.Facts, Is.EqualTo(expected.Metadata.Facts));
        });
    }

    public static int[] Bits(ReadOnlySpan<float> values)
    {
        var bits = new int[values.Length];
        for (var index = 0; index < values.Length; index++)
        {
            bits[index] = BitConverter.SingleToInt32Bits(values[index]);
        }

        return bits;
    }

    private static float[] Observation(int trajectory, int step) =>
        [(trajectory * 7.25f) + step, MathF.Sqrt(step + trajectory), step == 0 ? -0f : 1f / step];
}
