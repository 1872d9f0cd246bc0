using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Training;

/// <summary>
/// A training run as an iterator over a complete state: the same state and step number continue with the
/// same bits, whoever calls and in whatever portions.
/// </summary>
public interface ITraining : IDisposable
{
    /// <summary>All that the next step depends on beside its number. Implementations have no other memory.</summary>
    Carried Carried { get; }

    /// <summary>Runs steps firstStep .. firstStep + count - 1.</summary>
    void Advance(long firstStep, long count);

    /// <summary>Runs one step with the bits of <see cref="Advance"/>, and traces each program that it ran, in
    /// order.</summary>
    IReadOnlyList<StepTrace> Trace(long step);
}

/// <summary>How long to train and how often to look.</summary>
/// <param name="Steps">Gradient steps, at least 1.</param>
/// <param name="GuardEvery">Steps between looks at losses and parameters, at least 1; each look is a point of
/// the curves.</param>
/// <exception cref="ArgumentOutOfRangeException">One of them is below 1.</exception>
public sealed record TrainingLength(long Steps, long GuardEvery)
{
    public long Steps { get; } = AtLeastOne(Steps, nameof(Steps));

    public long GuardEvery { get; } = AtLeastOne(GuardEvery, nameof(GuardEvery));

    /// <summary>The first guard after this many steps; the last is at the end.</summary>
    internal long GuardAfter(long step) =>
        Steps - step <= GuardEvery - step % GuardEvery ? Steps : step + GuardEvery - step % GuardEvery;

    private static long AtLeastOne(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}

/// <summary>A sign of life of a training run.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Metrics">Means of the latest guard; empty before the first.</param>
/// <param name="ResumedAt">The step of the checkpoint that this run continued.</param>
/// <param name="SavedAt">The step of the latest checkpoint on the disk.</param>
public sealed record TrainingReport(
    long Step, IReadOnlyList<(string Name, double Mean)> Metrics, long? ResumedAt, long? SavedAt);

/// <summary>What surrounds a training run and cannot change a bit of it.</summary>
/// <param name="Checkpoint">Where its state is continued from and kept; null: nowhere.</param>
/// <param name="Report">Told on resuming, at every guard and after every checkpoint.</param>
/// <param name="Warn">Told of checkpoints that are not used or not kept.</param>
/// <param name="Cancelled">Leaves a checkpoint, then ends the run.</param>
public sealed record TrainingSurroundings(
    CheckpointFile? Checkpoint, TrainingPace Pace, Action<TrainingReport> Report, Action<CheckpointProblem> Warn,
    CancellationToken Cancelled);

/// <param name="Curves">Up to where the run ended.</param>
/// <param name="Trail">Up to where the run ended.</param>
public abstract record TrainingOutcome(TrainingCurves Curves, HashTrail Trail)
{
    public sealed record Completed(TrainingCurves Curves, HashTrail Trail) : TrainingOutcome(Curves, Trail);

    /// <summary>A loss or a parameter was not finite at a guard. A result, not an error.</summary>
    public sealed record Diverged(TrainingCurves Curves, HashTrail Trail, long Step, string What)
        : TrainingOutcome(Curves, Trail);

    public sealed record Cancelled(TrainingCurves Curves, HashTrail Trail) : TrainingOutcome(Curves, Trail);
}
