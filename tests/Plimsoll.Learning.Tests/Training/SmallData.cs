using Plimsoll.Data;
using Plimsoll.Learning.Collection;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Datasets small enough to train on in a test.</summary>
internal static class SmallData
{
    internal static Dataset Disc() => Collector.Run("DiscCircle", new CollectionSettings(4000, 7, 20, 20, 0));

    /// <summary>Episodes of a clock: observation t / length, one idle action, constant reward and cost.</summary>
    internal static Dataset Clock(int episodes, int length, float reward, float cost, bool terminated)
    {
        var random = new SequentialRandom(RandomRoot.Of(3, "test").Stream("clock"), 0);
        var builder = new DatasetBuilder(1, 1);
        for (var e = 0; e < episodes; e++)
        {
            builder.BeginTrajectory();
            for (var t = 0; t < length; t++)
            {
                builder.Add(
                    [(float)t / length], [(float)(2 * random.NextUniform() - 1) * 0.9f], reward, cost,
                    [(float)(t + 1) / length]);
            }
            builder.End(terminated);
        }
        return builder.Build(new DatasetMetadata("Clock", length));
    }

    /// <summary>One state, episodes of one step, actions even over ±width: reward and cost follow from the action.
    /// </summary>
    internal static Dataset Bandit(
        int count, Func<float, float> reward, Func<float, float> cost, float width = 1)
    {
        var builder = new DatasetBuilder(1, 1);
        for (var i = 0; i < count; i++)
        {
            var action = width * ((2 * i + 1f) / count - 1);
            builder.BeginTrajectory();
            builder.Add([0.5f], [action], reward(action), cost(action), [0.5f]);
            builder.End(true);
        }
        return builder.Build(new DatasetMetadata("Bandit", 1));
    }
}
