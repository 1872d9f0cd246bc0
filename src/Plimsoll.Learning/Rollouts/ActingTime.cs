using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>How long a policy takes to act; DRCORL's figure 2(a) (arXiv 2502.12391). A measurement: no two are
/// equal.</summary>
public static class ActingTime
{
    /// <summary>What times are given for.</summary>
    public const int Actions = 1000;

    private const int FewestRounds = 5;
    private const int MostRounds = 101;

    /// <summary>Time for which rounds are repeated, and before it the time to get warm.</summary>
    private static readonly TimeSpan Enough = TimeSpan.FromMilliseconds(400), Warm = TimeSpan.FromMilliseconds(150);

    /// <summary>
    /// Seconds for 1,000 actions of one policy, the median over rounds: each takes at least 1,000 actions,
    /// <paramref name="batch"/> at a time, at the data's observations in their order. Reading an observation into the
    /// program and telling the policy what its action brought count as acting.
    /// </summary>
    /// <param name="policy">Must fit the data.</param>
    /// <param name="dataset">Where observations come from.</param>
    /// <param name="batch">Observations acted on at once, at least 1.</param>
    /// <param name="team">Threads.</param>
    /// <param name="clock">The clock.</param>
    public static double Measure(IPolicy policy, Dataset dataset, int batch, Team team, TimeProvider clock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(batch, 1);
        using var actor = Actor.Compile(policy, batch, team);
        for (var row = 0; row < batch; row++) actor.Begin(row, row);
        var calls = (Actions + batch - 1) / batch;
        long next = 0;

        var began = clock.GetTimestamp();
        do Round();
        while (clock.GetElapsedTime(began) < Warm);

        var rounds = new List<double>();
        began = clock.GetTimestamp();
        do
        {
            var start = clock.GetTimestamp();
            Round();
            rounds.Add(clock.GetElapsedTime(start).TotalSeconds);
        }
        while (rounds.Count < FewestRounds || (rounds.Count < MostRounds && clock.GetElapsedTime(began) < Enough));
        rounds.Sort();
        return rounds[rounds.Count / 2] * Actions / ((double)calls * batch);

        void Round()
        {
            var size = policy.ObservationSize;
            var source = dataset.Observations;
            for (var call = 0; call < calls; call++)
            {
                var target = actor.Observations;
                for (var row = 0; row < batch; row++, next++)
                    source.Slice((int)(next % dataset.Count) * size, size).CopyTo(target[(row * size)..]);
                actor.Act();
                for (var row = 0; row < batch; row++) actor.Told(row, 0, 0);
            }
        }
    }
}
