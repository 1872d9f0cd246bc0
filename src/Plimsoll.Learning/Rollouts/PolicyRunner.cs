using Plimsoll.Learning.Artifacts;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>
/// A policy file that acts, for programs that embed one: open, begin, act. It acts with the bits of
/// <c>plimsoll rollout</c> on the same file, observations, rewards and seeds, whatever the threads and the other rows.
/// Acting allocates nothing.
/// <para>A runner may be used by any thread, but by one at a time: a call that meets another throws
/// <see cref="InvalidOperationException"/> and changes nothing, also where the other is <see cref="Dispose"/>. Several
/// runners know nothing of each other, though they were opened on one file. After <see cref="Dispose"/>, which may be
/// called again, calls throw <see cref="ObjectDisposedException"/>.</para>
/// <code>
/// using var runner = PolicyRunner.Open("policy.safetensors");
/// runner.Act(observation, action);
/// </code>
/// </summary>
public sealed class PolicyRunner : IDisposable
{
    private readonly PolicyFile file;
    private readonly Team team;
    private readonly Actor actor;

    /// <summary>Whether a call is under way (1).</summary>
    private int busy;

    private bool disposed;

    private PolicyRunner(PolicyFile file, Team team, Actor actor, int rows) =>
        (this.file, this.team, this.actor, Rows) = (file, team, actor, rows);

    /// <summary>N, episodes that run side by side.</summary>
    public int Rows { get; }

    /// <summary>S.</summary>
    public int ObservationSize => file.Policy.ObservationSize;

    /// <summary>A.</summary>
    public int ActionSize => file.Policy.ActionSize;

    /// <summary>Whether actions follow from the past as well, so that <see cref="Tell"/> must be called after each
    /// step and <see cref="Begin"/> before each episode (CDT).</summary>
    public bool Remembers => file.Policy is IHistoryPolicy;

    /// <summary>Whether actions follow from random numbers as well, which <see cref="Begin"/> chooses.</summary>
    public bool Draws => file.Policy is IMarkovPolicy { Normals: > 0 };

    /// <summary>Reads a policy and compiles it. Row i has begun an episode of the seed i.</summary>
    /// <param name="path">A file of ours, or an actor of OSRL's as safetensors or npz.</param>
    /// <param name="rows">N, at least 1.</param>
    /// <param name="threads">They change no bit; for one row more than one is of no use.</param>
    /// <exception cref="InvalidDataException">The file gives no policy; the message says why, and what to do.
    /// </exception>
    public static PolicyRunner Open(string path, int rows = 1, int threads = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        switch (PolicyFile.TryOpen(path))
        {
            case PolicyOpening.Opened(var file):
                return Compiled(file, rows, threads);
            case PolicyOpening.Refused(var problem):
                var (what, remedy) = PolicyProblemText.Describe(problem);
                throw new InvalidDataException($"{path} gives no policy: {what}. {remedy}");
            default:
                throw new InvalidOperationException();
        }
    }

    /// <summary>A new episode in a row: forgets the last one.</summary>
    /// <param name="row">0 to N - 1.</param>
    /// <param name="seed">What a policy that draws takes its random numbers from.</param>
    public void Begin(int row, long seed)
    {
        Check(row);
        using (Alone()) actor.Begin(row, seed);
    }

    /// <summary>The next action of every row.</summary>
    /// <param name="observations">[N, S], row after row, in the units of the task.</param>
    /// <param name="actions">[N, A], to be overwritten.</param>
    /// <exception cref="ArgumentException">A span of the wrong length.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        if (observations.Length != checked(Rows * ObservationSize) || actions.Length != checked(Rows * ActionSize))
            throw new ArgumentException(
                $"{Rows} rows of {ObservationSize} numbers give {Rows} of {ActionSize}; "
                + $"there are {observations.Length} and room for {actions.Length}");
        using (Alone())
        {
            observations.CopyTo(actor.Observations);
            actor.Act().CopyTo(actions);
        }
    }

    /// <summary>What a row's latest action brought. A policy that does not remember has no use for it.</summary>
    public void Tell(int row, float reward, float cost)
    {
        Check(row);
        using (Alone()) actor.Told(row, reward, cost);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref busy, 1) != 0) throw Met();
        try
        {
            if (disposed) return;
            disposed = true;
            actor.Dispose();
            team.Dispose();
            file.Dispose();
        }
        finally
        {
            Volatile.Write(ref busy, 0);
        }
    }

    /// <summary>Takes the file over, also where it throws.</summary>
    private static PolicyRunner Compiled(PolicyFile file, int rows, int threads)
    {
        Team? team = null;
        Actor? actor = null;
        try
        {
            team = new Team(threads);
            actor = Actor.Compile(file.Policy, rows, team);
            for (var row = 0; row < rows; row++) actor.Begin(row, row);
            return new PolicyRunner(file, team, actor, rows);
        }
        catch
        {
            actor?.Dispose();
            team?.Dispose();
            file.Dispose();
            throw;
        }
    }

    /// <summary>Until it is disposed, no other call gets in.</summary>
    private Turn Alone()
    {
        if (Interlocked.Exchange(ref busy, 1) != 0) throw Met();
        if (!disposed) return new Turn(this);
        Volatile.Write(ref busy, 0);
        throw new ObjectDisposedException(nameof(PolicyRunner));
    }

    private static InvalidOperationException Met() => new(
        "This runner is in use by another thread; open one for each thread, or take turns.");

    private readonly ref struct Turn(PolicyRunner runner)
    {
        public void Dispose() => Volatile.Write(ref runner.busy, 0);
    }

    private void Check(int row)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(row);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(row, Rows);
    }
}
