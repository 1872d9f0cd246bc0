using Plimsoll.Data;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>Datasets whose every number says where it stands.</summary>
internal static class Episodes
{
    internal const int S = 3, A = 2;

    /// <summary>Episodes of given lengths; rewards and costs by episode and step, observations and actions
    /// random.</summary>
    internal static Dataset Of(
        IReadOnlyList<int> lengths, Func<int, int, float> reward, Func<int, int, float> cost, int? horizon = null)
    {
        var draws = new SequentialRandom(RandomRoot.Of(5, "test").Stream("episodes"), 0);
        var builder = new DatasetBuilder(S, A);
        for (var e = 0; e < lengths.Count; e++)
        {
            builder.BeginTrajectory();
            var observation = Numbers(S);
            for (var t = 0; t < lengths[e]; t++)
            {
                var next = Numbers(S);
                builder.Add(observation, Numbers(A), reward(e, t), cost(e, t), next);
                observation = next;
            }
            builder.End(e % 2 == 0);
        }
        return builder.Build(new DatasetMetadata("Episodes", horizon ?? lengths.Max()));

        float[] Numbers(int n) =>
            [.. Enumerable.Range(0, n).Select(_ => (float)(1.9 * draws.NextUniform() - 0.95))];
    }

    /// <summary>Episodes of one step with these costs and returns.</summary>
    internal static Dataset Points(IReadOnlyList<double> costs, IReadOnlyList<double> returns) =>
        Of([.. costs.Select(_ => 1)], (e, _) => (float)returns[e], (e, _) => (float)costs[e]);

    /// <summary>A cloud of points, seeded: costs 0 to 100 in quarters, returns that rise with them, in
    /// quarters too.</summary>
    internal static (double[] Costs, double[] Returns) Cloud(int seed, int count)
    {
        var random = new Random(seed);
        double[] costs = [.. Enumerable.Range(0, count).Select(_ => random.Next(401) / 4.0)];
        return (costs, [.. costs.Select(c => c / 2 + random.Next(-200, 201) / 4.0)]);
    }
}
