namespace Plimsoll.Data;

/// <summary>
/// Collects a dataset step by step: <see cref="BeginTrajectory"/>, <see cref="Add"/> for each step, <see
/// cref="End"/>. Not safe for several threads.
/// </summary>
public sealed unsafe class DatasetBuilder
{
    private readonly GrowingColumn observations = new();
    private readonly GrowingColumn nextObservations = new();
    private readonly GrowingColumn actions = new();
    private readonly GrowingColumn rewards = new();
    private readonly GrowingColumn costs = new();
    private readonly GrowingColumn terminals = new();
    private readonly GrowingColumn timeouts = new();
    private int start = -1;

    /// <param name="observationSize">S, at least 1.</param>
    /// <param name="actionSize">A, at least 1.</param>
    public DatasetBuilder(int observationSize, int actionSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(observationSize, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(actionSize, 1);
        ObservationSize = observationSize;
        ActionSize = actionSize;
    }

    public int ObservationSize { get; }

    public int ActionSize { get; }

    /// <summary>Steps added so far, those of an open trajectory included.</summary>
    public int Count => rewards.Count;

    /// <summary>Trajectories that have ended.</summary>
    public int TrajectoryCount { get; private set; }

    /// <exception cref="InvalidOperationException">The last trajectory has not ended.</exception>
    public DatasetBuilder BeginTrajectory()
    {
        Require(start < 0, "The last trajectory has not ended.");
        start = Count;
        return this;
    }

    /// <summary>Adds one step; the values are copied.</summary>
    /// <param name="observation">[S].</param>
    /// <param name="action">[A].</param>
    /// <param name="reward">Of this step.</param>
    /// <param name="cost">Of this step, at least 0.</param>
    /// <param name="nextObservation">[S]: what was seen after the action, also when the episode ends
    /// here.</param>
    /// <exception cref="ArgumentException">A size is wrong, a number not finite or the cost
    /// negative.</exception>
    /// <exception cref="InvalidOperationException">No trajectory has begun.</exception>
    public DatasetBuilder Add(
        ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward, float cost,
        ReadOnlySpan<float> nextObservation)
    {
        Require(start >= 0, "No trajectory has begun.");
        Check(observation, ObservationSize, nameof(observation));
        Check(action, ActionSize, nameof(action));
        Check([reward], 1, nameof(reward));
        Check([cost], 1, nameof(cost));
        Check(nextObservation, ObservationSize, nameof(nextObservation));
        if (cost < 0)
        {
            throw new ArgumentException($"The cost of step {Count} is negative: {cost}.", nameof(cost));
        }

        observations.Add(observation);
        actions.Add(action);
        rewards.Add([reward]);
        costs.Add([cost]);
        nextObservations.Add(nextObservation);
        terminals.Add([0f]);
        timeouts.Add([0f]);
        return this;
    }

    /// <summary>Ends the trajectory after the step added last.</summary>
    /// <param name="terminated">True for a terminal state, false for a time limit.</param>
    /// <exception cref="InvalidOperationException">The trajectory has no step.</exception>
    public DatasetBuilder End(bool terminated)
    {
        Require(start >= 0 && Count > start, "The trajectory has no step.");
        (terminated ? terminals : timeouts).SetLast(1f);
        start = -1;
        TrajectoryCount++;
        return this;
    }

    /// <summary>A dataset in memory of its own.</summary>
    /// <exception cref="InvalidOperationException">There is no trajectory, or one has not ended.</exception>
    public Dataset Build(DatasetMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        Require(start < 0, "The last trajectory has not ended.");
        Require(Count > 0, "There is no trajectory.");
        var columns = DatasetColumns.Allocate(Count, ObservationSize, ActionSize);
        observations.CopyTo(columns.Observations);
        nextObservations.CopyTo(columns.NextObservations);
        actions.CopyTo(columns.Actions);
        rewards.CopyTo(columns.Rewards);
        costs.CopyTo(columns.Costs);
        terminals.CopyTo(columns.Terminals);
        timeouts.CopyTo(columns.Timeouts);
        return new Dataset(columns, TrajectoryScan.Complete(columns, Count).Trajectories, metadata, null);
    }

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new InvalidOperationException(otherwise);
        }
    }

    private void Check(ReadOnlySpan<float> values, int size, string name)
    {
        if (values.Length != size)
        {
            throw new ArgumentException($"Step {Count} has {values.Length} numbers, not {size}.", name);
        }

        foreach (var value in values)
        {
            if (!float.IsFinite(value))
            {
                throw new ArgumentException(
                    $"Step {Count} holds a number that is not finite: {value}.", name);
            }
        }
    }

    private sealed class GrowingColumn
    {
        private float[] values = new float[1024];

        public int Count { get; private set; }

        public void Add(ReadOnlySpan<float> more)
        {
            if (Count + more.Length > values.Length)
            {
                var doubled = (int)Math.Min(2L * values.Length, Array.MaxLength);
                Array.Resize(ref values, Math.Max(doubled, checked(Count + more.Length)));
            }

            more.CopyTo(values.AsSpan(Count));
            Count += more.Length;
        }

        public void SetLast(float value) => values[Count - 1] = value;

        public void CopyTo(float* target) => values.AsSpan(0, Count).CopyTo(new Span<float>(target, Count));
    }
}
