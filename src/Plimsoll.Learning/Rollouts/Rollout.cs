using Plimsoll.Environments;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>
/// One policy in a batch of environments. All of them act at once, by one run of the compiled policy, and step side
/// by side over the threads; environments whose episodes have ended go on with the next ones, in the order of both. An
/// episode's numbers do not depend on the environment that runs it, nor on what else runs; and where several fail, the
/// failure of the first in order is told. Threads change neither. A step allocates nothing.
/// </summary>
internal sealed class Rollout : IDisposable
{
    private readonly BatchedEnvironment environment;
    private readonly string role;
    private readonly Actor actor;
    private readonly DealtWork stepping;
    private readonly float[] actions, next, rewards, costs;
    private readonly bool[] terminated, truncated;

    /// <summary>Of an environment that runs no episode.</summary>
    private const int None = int.MaxValue;

    /// <summary>The episode that each environment runs.</summary>
    private readonly int[] running;

    private IReadOnlyList<long> seeds = [];
    private Episode[] episodes = [];
    private int begun;

    private readonly Lock failing = new();

    /// <summary>The first episode that failed; the number of all while none has. Those from it on need not be
    /// run.</summary>
    private volatile int end;

    private Exception? failure;

    /// <param name="policy">Must fit the environment.</param>
    /// <param name="environment">Used by nobody else; stays the caller's.</param>
    /// <param name="team">Threads.</param>
    /// <param name="role">Whose starts and draws: another role's episode of the same seed has others.</param>
    internal Rollout(IPolicy policy, BatchedEnvironment environment, Team team, string role = Actor.Evaluation)
    {
        (this.environment, this.role) = (environment, role);
        var (facts, n) = (environment.Facts, environment.Count);
        if ((policy.ObservationSize, policy.ActionSize) != (facts.ObservationSize, facts.ActionSize))
            throw new ArgumentException(
                $"A policy from {policy.ObservationSize} to {policy.ActionSize} numbers in {facts.Name}, "
                + $"which has observations of {facts.ObservationSize} and actions of {facts.ActionSize}.",
                nameof(policy));
        actor = Actor.Compile(policy, n, team, role);
        (actions, next) = (new float[n * facts.ActionSize], new float[n * facts.ObservationSize]);
        (rewards, costs) = (new float[n], new float[n * facts.CostSize]);
        (terminated, truncated, running) = (new bool[n], new bool[n], new int[n]);
        stepping = new DealtWork(team, n, Step);
    }

    /// <summary>One episode for each seed, in the seeds' order.</summary>
    /// <exception cref="ActionException">The policy acts with a number that is not finite.</exception>
    /// <exception cref="SimulationException">The engine gave up.</exception>
    internal IReadOnlyList<Episode> Run(IReadOnlyList<long> seeds)
    {
        (this.seeds, episodes) = (seeds, new Episode[seeds.Count]);
        (begun, end, failure) = (0, seeds.Count, null);
        Array.Fill(running, None);
        while (Fill())
        {
            next.CopyTo(actor.Observations);
            actor.Act().CopyTo(actions);
            stepping.Run();
        }
        return failure is null ? episodes : throw failure;
    }

    public void Dispose() => actor.Dispose();

    /// <summary>Lets idle environments begin episodes. False when there is nothing left to run.</summary>
    private bool Fill()
    {
        var any = false;
        for (var i = 0; i < running.Length; i++)
        {
            while (running[i] == None && begun < end) Begin(i, begun++);
            any |= running[i] < end;
        }
        return any;
    }

    private void Step(int start, int end)
    {
        for (var i = start; i < end; i++)
        {
            if (running[i] < this.end) GoOn(i);
        }
    }

    private void GoOn(int i)
    {
        try
        {
            environment.Step(i, i + 1, actions, next, rewards, costs, terminated, truncated);
        }
        catch (Exception thrown) when (thrown is ActionException or SimulationException)
        {
            Fail(i, thrown);
            return;
        }
        actor.Told(i, rewards[i], costs[i * environment.Facts.CostSize]);
        ref var episode = ref episodes[running[i]];
        episode = episode with
        {
            Return = episode.Return + rewards[i],
            Cost = episode.Cost + costs[i * environment.Facts.CostSize],
            Length = episode.Length + 1,
            Terminated = terminated[i],
        };
        if (terminated[i] || truncated[i]) running[i] = None;
    }

    private void Begin(int i, int number)
    {
        var seed = seeds[number];
        running[i] = number;
        episodes[number] = new Episode(seed, 0, 0, 0, false);
        actor.Begin(i, seed);
        var random = new SequentialRandom(RandomRoot.Of(seed, role).Stream("reset"), 0);
        var size = environment.Facts.ObservationSize;
        try
        {
            environment.Reset(i, new UniformSource(random), next.AsSpan(i * size, size));
        }
        catch (SimulationException thrown)
        {
            Fail(i, thrown);
        }
    }

    private void Fail(int i, Exception thrown)
    {
        lock (failing)
        {
            if (running[i] < end) (end, failure) = (running[i], OfEpisode(seeds[running[i]], thrown));
        }
        running[i] = None;
    }

    /// <summary>The same kind, with the episode by its seed.</summary>
    private static Exception OfEpisode(long seed, Exception thrown) => thrown is SimulationException broken
        ? new SimulationException(broken.Task, broken.Index, $"{broken.Words} (the episode of seed {seed})")
        : new ActionException($"{thrown.Message} (the episode of seed {seed})");
}
