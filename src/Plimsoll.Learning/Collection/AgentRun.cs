using Plimsoll.Environments;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Collection;

/// <summary>A complete episode of an agent.</summary>
/// <param name="Rows">Of the replay table, in order.</param>
internal sealed record LivedEpisode(int[] Rows, double Return, double Cost, bool Terminated);

/// <summary>
/// One agent from its random beginning to the last completed episode, on the calling thread. In turn: every
/// environment takes a step, then come the updates that these steps have earned. Its random numbers are those of its
/// own root: no other agent, thread or portion changes a bit. Where the engine gives up on an environment its open
/// episode is dropped and another begun: the transitions before are sound and stay in the replay memory, the broken
/// one never gets there.
/// </summary>
internal sealed class AgentRun : IDisposable
{
    /// <summary>Broken episodes from which on their share counts before the agent's end.</summary>
    private const int TellingBreaks = 10;

    private readonly AgentCollectionSettings settings;
    private readonly int index;
    private readonly RandomRoot random;
    private readonly BatchedEnvironment environment;
    private readonly Team team = new(1);
    private readonly Td3Agent agent;
    private readonly ExploringActor actor;
    private readonly List<int>[] open;
    private readonly List<LivedEpisode> episodes = [];
    private readonly bool[] active;
    private readonly double[] latestReturns;
    private readonly double[] latestCosts;
    private double owed;
    private long updates;
    private int begun;
    private string? words;

    /// <param name="environment">As many as the settings say; the run's to dispose of.</param>
    internal AgentRun(BatchedEnvironment environment, int index, AgentCollectionSettings settings)
    {
        (this.environment, this.index, this.settings) = (environment, index, settings);
        Penalty = settings.Penalties[index];
        random = RandomRoot.Of(settings.Seed, $"collect-agents/{index}");
        var (n, facts) = (environment.Count, environment.Facts);
        Replay = new ReplayTable(
            checked((int)(settings.StepsPerAgent + (long)n * facts.Horizon)), facts.ObservationSize, facts.ActionSize);
        agent = new Td3Agent(Replay, _ => PenaltyNow(), settings.Learning, random, team);
        var deviations = new float[n];
        for (var i = 0; i < n; i++) deviations[i] = (float)(settings.Exploration * (n == 1 ? 1 : (double)i / (n - 1)));
        actor = new ExploringActor(agent.Policy, deviations, random, team);
        open = [.. Enumerable.Range(0, n).Select(_ => new List<int>())];
        (active, latestReturns, latestCosts) = (new bool[n], new double[n], new double[n]);
    }

    internal double Penalty { get; }

    internal ReplayTable Replay { get; }

    /// <summary>In the order of their ends, environments in ascending order where several end at once.</summary>
    internal IReadOnlyList<LivedEpisode> Episodes => episodes;

    /// <summary>Episodes that the engine gave up on.</summary>
    internal int Dropped { get; private set; }

    /// <summary>Why there is no use in this agent, or null.</summary>
    internal CollectionOutcome? Failure { get; private set; }

    private bool MostBreak => 2 * Dropped > begun;

    /// <summary>Ends early when told to or when the agent fails.</summary>
    /// <param name="advanced">Told of the environment steps since it was last told, with the latest means where an
    /// episode has ended.</param>
    /// <param name="stops">Asked before every step.</param>
    internal void Run(Action<int, (double Return, double Cost)?> advanced, Func<bool> stops)
    {
        var (facts, n) = (environment.Facts, environment.Count);
        var (s, a) = (facts.ObservationSize, facts.ActionSize);
        var (next, rewards, costs) = (new float[n * s], new float[n], new float[n * facts.CostSize]);
        var (terminated, truncated) = (new bool[n], new bool[n]);
        var broken = new bool[n];
        for (var i = 0; i < n; i++) Begin(i);
        for (var step = 0L; Failure is null && active.Contains(true) && !stops(); step++)
        {
            var isWarmUp = Replay.Count < settings.WarmUp;
            var actions = actor.Act(step, isWarmUp);
            if (!AllFinite(actions)) Diverged("an action of the policy");
            if (Failure is not null) return;
            var lived = 0;
            for (var i = 0; i < n; i++)
            {
                if (!active[i]) continue;
                try
                {
                    environment.Step(i, i + 1, actions, next, rewards, costs, terminated, truncated);
                }
                catch (SimulationException thrown)
                {
                    Drop(i, thrown);
                    broken[i] = true;
                    continue;
                }
                lived++;
                open[i].Add(Replay.Add(
                    actor.Observations.Slice(i * s, s), actions.Slice(i * a, a), rewards[i],
                    costs[i * facts.CostSize], next.AsSpan(i * s, s), terminated[i]));
                next.AsSpan(i * s, s).CopyTo(actor.Observations.Slice(i * s, s));
            }
            var ended = false;
            for (var i = 0; i < n; i++)
            {
                if (!broken[i] && !(active[i] && (terminated[i] || truncated[i]))) continue;
                if (!broken[i])
                {
                    ended = true;
                    Close(i, terminated[i]);
                }
                broken[i] = false;
                if (Replay.Count < settings.StepsPerAgent) Begin(i);
            }
            if (!isWarmUp) Learn(lived * settings.UpdatesPerStep);
            if (ended) Guard();
            advanced(lived, ended ? (Mean(latestReturns), Mean(latestCosts)) : null);
        }
        // Few episodes tell something at the end only.
        if (MostBreak && !stops()) Broke();
    }

    /// <summary>Ends the environments and the networks; what was lived through stays.</summary>
    public void Dispose()
    {
        actor.Dispose();
        agent.Training.Dispose();
        team.Dispose();
        environment.Dispose();
    }

    private static double Mean(double[] values)
    {
        var sum = 0.0;
        foreach (var value in values) sum += value;
        return sum / values.Length;
    }

    private static bool AllFinite(ReadOnlySpan<float> values)
    {
        foreach (var value in values)
        {
            if (!float.IsFinite(value)) return false;
        }
        return true;
    }

    private float PenaltyNow()
    {
        var rise = settings.PenaltyRise * settings.StepsPerAgent;
        return (float)(Penalty * (Replay.Count < rise ? Replay.Count / rise : 1));
    }

    /// <summary>Begins an episode; another one where a start breaks, unless too many have.</summary>
    private void Begin(int i)
    {
        while (!active[i] && Failure is null)
        {
            var stream = new SequentialRandom(random.Stream("reset", i), (ulong)(episodes.Count + Dropped));
            var s = environment.Facts.ObservationSize;
            begun++;
            try
            {
                environment.Reset(i, new UniformSource(stream), actor.Observations.Slice(i * s, s));
                active[i] = true;
            }
            catch (SimulationException thrown)
            {
                Drop(i, thrown);
            }
        }
    }

    private void Drop(int i, SimulationException thrown)
    {
        words ??= thrown.Words;
        Dropped++;
        open[i].Clear();
        active[i] = false;
        if (Dropped >= TellingBreaks && MostBreak) Broke();
    }

    private void Broke() => Failure ??= new CollectionOutcome.Broken(index, Penalty, Dropped, begun, words!);

    private void Diverged(string what) =>
        Failure ??= new CollectionOutcome.Diverged(index, Penalty, Replay.Count, what);

    private void Close(int i, bool terminated)
    {
        var (sum, cost) = (0.0, 0.0);
        foreach (var row in open[i])
        {
            sum += Replay.Reward(row);
            cost += Replay.Cost(row);
        }
        episodes.Add(new LivedEpisode([.. open[i]], sum, cost, terminated));
        open[i].Clear();
        active[i] = false;
        (latestReturns[i], latestCosts[i]) = (sum, cost);
    }

    private void Learn(double earned)
    {
        owed += earned;
        var count = (long)Math.Floor(owed);
        agent.Training.Advance(updates, count);
        updates += count;
        owed -= count;
    }

    private void Guard()
    {
        foreach (var metric in agent.Training.Carried.Metrics)
        {
            if (agent.Training.Carried.TakeMean(metric) is { } mean && !double.IsFinite(mean)) Diverged(metric);
        }
    }
}
