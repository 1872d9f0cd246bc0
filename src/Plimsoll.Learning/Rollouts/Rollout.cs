using System.Runtime.ExceptionServices;
using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>
/// One policy in a batch of environments. All of them act at once, by one run of the compiled policy, and step side
/// by side over the threads; an environment whose episode has ended goes on with the next one at once. An episode's
/// numbers do not depend on the environment that runs it, nor on what else runs. A step allocates nothing.
/// </summary>
internal sealed class Rollout : IDisposable
{
    private readonly BatchedEnvironment environment;
    private readonly Actor actor;
    private readonly DealtWork starting, stepping;
    private readonly float[] actions, next, rewards, costs;
    private readonly bool[] terminated, truncated;

    /// <summary>The episode that each environment runs.</summary>
    private readonly int[] running;

    private IReadOnlyList<long> seeds = [];
    private Episode[] episodes = [];
    private int begun, ended;

    /// <summary>An action that is no number or a simulation that broke down, by whichever thread met one.</summary>
    private volatile Exception? failure;

    /// <param name="policy">Must fit the environment.</param>
    /// <param name="environment">Used by nobody else; stays the caller's.</param>
    /// <param name="team">Threads.</param>
    internal Rollout(IPolicy policy, BatchedEnvironment environment, Team team)
    {
        this.environment = environment;
        var (facts, n) = (environment.Facts, environment.Count);
        if ((policy.ObservationSize, policy.ActionSize) != (facts.ObservationSize, facts.ActionSize))
            throw new ArgumentException(
                $"A policy from {policy.ObservationSize} to {policy.ActionSize} numbers in {facts.Name}, "
                + $"which has observations of {facts.ObservationSize} and actions of {facts.ActionSize}.",
                nameof(policy));
        actor = Actor.Compile(policy, n, team);
        (actions, next) = (new float[n * facts.ActionSize], new float[n * facts.ObservationSize]);
        (rewards, costs) = (new float[n], new float[n * facts.CostSize]);
        (terminated, truncated, running) = (new bool[n], new bool[n], new int[n]);
        starting = new DealtWork(team, n, Start);
        stepping = new DealtWork(team, n, Step);
    }

    /// <summary>One episode for each seed, in the seeds' order.</summary>
    /// <exception cref="ActionException">The policy acts with a number that is not finite.</exception>
    /// <exception cref="SimulationException">The engine gave up.</exception>
    internal IReadOnlyList<Episode> Run(IReadOnlyList<long> seeds)
    {
        (this.seeds, episodes) = (seeds, new Episode[seeds.Count]);
        (begun, ended) = (0, 0);
        starting.Run();
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        while (ended < seeds.Count)
        {
            next.CopyTo(actor.Observations);
            actor.Act().CopyTo(actions);
            stepping.Run();
            if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        }
        return episodes;
    }

    public void Dispose() => actor.Dispose();

    private void Start(int start, int end)
    {
        try
        {
            for (var i = start; i < end; i++) Begin(i);
        }
        catch (Exception thrown) when (thrown is SimulationException)
        {
            failure = thrown;
        }
    }

    private void Step(int start, int end)
    {
        try
        {
            for (var i = start; i < end; i++)
            {
                if (running[i] < seeds.Count) GoOn(i);
            }
        }
        catch (Exception thrown) when (thrown is ActionException or SimulationException)
        {
            failure = thrown;
        }
    }

    private void GoOn(int i)
    {
        environment.Step(i, i + 1, actions, next, rewards, costs, terminated, truncated);
        ref var episode = ref episodes[running[i]];
        episode = episode with
        {
            Return = episode.Return + rewards[i],
            Cost = episode.Cost + costs[i * environment.Facts.CostSize],
            Length = episode.Length + 1,
            Terminated = terminated[i],
        };
        if (!terminated[i] && !truncated[i]) return;
        Interlocked.Increment(ref ended);
        Begin(i);
    }

    /// <summary>Lets an environment run the next episode, if there is one left.</summary>
    private void Begin(int i)
    {
        running[i] = Interlocked.Increment(ref begun) - 1;
        if (running[i] >= seeds.Count) return;
        var seed = seeds[running[i]];
        episodes[running[i]] = new Episode(seed, 0, 0, 0, false);
        var random = new SequentialRandom(RandomRoot.Of(seed, "evaluate").Stream("reset"), 0);
        var size = environment.Facts.ObservationSize;
        environment.Reset(i, new UniformSource(random), next.AsSpan(i * size, size));
    }
}
