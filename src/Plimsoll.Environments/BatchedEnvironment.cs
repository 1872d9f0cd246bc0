namespace Plimsoll.Environments;

/// <summary>
/// N independent copies of one task, stepped by index so that threads can share the work.
/// </summary>
/// <remarks>
/// Shapes: N environments, S observation, A action, C costs; arrays are row-major and always hold all N
/// rows, of which <see cref="Step"/> touches rows start..end-1 only. State is binary64, observations,
/// rewards and costs are binary32.
/// An episode ends by <c>terminated</c> (the task's own end: nothing follows) or by <c>truncated</c>
/// (the time limit, only where the step did not terminate). Nothing resets by itself: an environment
/// whose episode has ended stands still, paying reward 0 and cost 0 and repeating its flags, until
/// <see cref="Reset"/>.
/// Determinism: environment i depends on its own resets and actions alone, to the bit. The number of
/// environments, the other rows, and how a batch is split into ranges or threads change nothing.
/// Disjoint ranges may be stepped, and environments of them reset, at the same time. A step allocates nothing.
/// An environment of a native engine promises this on the same libraries and kind of CPU.
/// </remarks>
public abstract class BatchedEnvironment : IDisposable
{
    private const int NeverReset = -1;

    private readonly int[] steps;
    private readonly bool[] terminated;
    private bool disposed;

    protected BatchedEnvironment(TaskFacts facts, int count)
    {
        ArgumentNullException.ThrowIfNull(facts);
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        Facts = facts;
        Count = count;
        steps = new int[count];
        terminated = new bool[count];
        Array.Fill(steps, NeverReset);
    }

    public TaskFacts Facts { get; }

    /// <summary>N.</summary>
    public int Count { get; }

    /// <summary>Starts a new episode in environment <paramref name="index"/> from a random start.</summary>
    /// <param name="index">0..N-1.</param>
    /// <param name="random">Read as often as the start needs, which may vary (rejection).</param>
    /// <param name="observation">[S], overwritten with the first observation.</param>
    /// <exception cref="SimulationException">The engine gave up on the start. The environment counts as never
    /// reset.</exception>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose()"/>.</exception>
    public void Reset(int index, IUniformSource random, Span<float> observation)
    {
        RequireNotDisposed();
        ArgumentNullException.ThrowIfNull(random);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        RequireLength(observation.Length, Facts.ObservationSize, nameof(observation));
        // Until the start is whole: one that throws must not leave an environment that can be stepped.
        steps[index] = NeverReset;
        terminated[index] = false;
        Place(index, random);
        Observe(index, observation);
        RequireFinite(index, observation);
        steps[index] = 0;
    }

    /// <summary>Takes one step in each of the environments <paramref name="start"/>..end-1.</summary>
    /// <param name="start">First environment of the range.</param>
    /// <param name="end">One past the last environment of the range.</param>
    /// <param name="actions">[N, A]; components beyond [-1, 1] are clipped.</param>
    /// <param name="nextObservations">[N, S].</param>
    /// <param name="rewards">[N].</param>
    /// <param name="costs">[N, C], none negative.</param>
    /// <param name="terminated">[N].</param>
    /// <param name="truncated">[N].</param>
    /// <exception cref="ArgumentException">A span of the wrong length.</exception>
    /// <exception cref="ActionException">A NaN or infinity among the actions of the range. Rows before the
    /// offending one have been stepped.</exception>
    /// <exception cref="SimulationException">The engine gave up on an environment, or its reward or observation
    /// is not finite in binary32 (an action of 1e20 that is priced by its square). Rows before it have been
    /// stepped.</exception>
    /// <exception cref="InvalidOperationException">An environment that was never reset.</exception>
    /// <exception cref="ObjectDisposedException">After <see cref="Dispose()"/>.</exception>
    public void Step(
        int start,
        int end,
        ReadOnlySpan<float> actions,
        Span<float> nextObservations,
        Span<float> rewards,
        Span<float> costs,
        Span<bool> terminated,
        Span<bool> truncated)
    {
        RequireNotDisposed();
        ArgumentOutOfRangeException.ThrowIfNegative(start);
        ArgumentOutOfRangeException.ThrowIfLessThan(end, start);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(end, Count);
        RequireLength(actions.Length, Count * Facts.ActionSize, nameof(actions));
        RequireLength(nextObservations.Length, Count * Facts.ObservationSize, nameof(nextObservations));
        RequireLength(rewards.Length, Count, nameof(rewards));
        RequireLength(costs.Length, Count * Facts.CostSize, nameof(costs));
        RequireLength(terminated.Length, Count, nameof(terminated));
        RequireLength(truncated.Length, Count, nameof(truncated));
        for (var i = start; i < end; i++)
        {
            rewards[i] = StepOne(
                i,
                actions.Slice(i * Facts.ActionSize, Facts.ActionSize),
                nextObservations.Slice(i * Facts.ObservationSize, Facts.ObservationSize),
                costs.Slice(i * Facts.CostSize, Facts.CostSize));
            terminated[i] = this.terminated[i];
            truncated[i] = !this.terminated[i] && steps[i] == Facts.Horizon;
        }
    }

    /// <summary>Frees what an engine holds. Not while a step runs; a second call does nothing.</summary>
    public void Dispose()
    {
        disposed = true;
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Pure C# tasks hold nothing.</summary>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Puts environment <paramref name="index"/> into a random start state.</summary>
    protected abstract void Place(int index, IUniformSource random);

    /// <summary>Writes the observation of the present state, [S].</summary>
    protected abstract void Observe(int index, Span<float> observation);

    /// <summary>Advances one environment by one step of its physics.</summary>
    /// <param name="index">0..N-1.</param>
    /// <param name="action">[A], finite, not yet clipped.</param>
    /// <param name="costs">[C], to be overwritten.</param>
    /// <param name="terminated">Whether the episode ends with this step.</param>
    /// <returns>The reward of the step.</returns>
    protected abstract double Advance(
        int index, ReadOnlySpan<float> action, Span<float> costs, out bool terminated);

    /// <summary>A component of an action as the environment uses it: clipped to [-1, 1].</summary>
    protected static double Clip(float component) => Math.Min(1.0, Math.Max(-1.0, (double)component));

    /// <summary>What an engine has freed must not be touched.</summary>
    private protected void RequireNotDisposed() => ObjectDisposedException.ThrowIf(disposed, this);

    private float StepOne(
        int index, ReadOnlySpan<float> action, Span<float> nextObservation, Span<float> costs)
    {
        if (steps[index] == NeverReset)
        {
            throw new InvalidOperationException(
                $"{Facts.Name}: environment {index} was stepped before it was reset.");
        }

        if (terminated[index] || steps[index] == Facts.Horizon)
        {
            costs.Clear();
            Observe(index, nextObservation);
            return 0;
        }

        for (var k = 0; k < action.Length; k++)
        {
            if (!float.IsFinite(action[k]))
            {
                throw new ActionException(
                    $"{Facts.Name}: component {k} of the action for environment {index} is {action[k]} "
                    + $"at step {steps[index]}; actions must be finite.");
            }
        }

        // Until the step is whole: one that throws leaves an environment that stands still.
        terminated[index] = true;
        var reward = (float)Advance(index, action, costs, out var isOver);
        Observe(index, nextObservation);
        if (!float.IsFinite(reward))
        {
            throw new SimulationException(
                Facts.Name, index, FormattableString.Invariant($"the reward of step {steps[index]} is {reward}"));
        }

        RequireFinite(index, nextObservation);
        terminated[index] = isOver;
        steps[index]++;
        return reward;
    }

    private void RequireFinite(int index, ReadOnlySpan<float> observation)
    {
        for (var k = 0; k < observation.Length; k++)
        {
            if (!float.IsFinite(observation[k]))
            {
                throw new SimulationException(
                    Facts.Name,
                    index,
                    FormattableString.Invariant($"{Facts.ObservationNames[k]} is observed as {observation[k]}"));
            }
        }
    }

    private static void RequireLength(int length, int expected, string name)
    {
        if (length != expected)
        {
            throw new ArgumentException($"holds {length} numbers where {expected} are needed.", name);
        }
    }
}
