using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Training;

/// <summary>Goes back to one step of a training, such as the one at which two hash trails part, and traces
/// it.</summary>
public static class TracedStep
{
    /// <summary>Brings a training to the start of a step and traces the step. Hash trails count steps done: the step
    /// that leads to their entry n is n - 1.</summary>
    /// <param name="training">Freshly built, as for a run of the same key.</param>
    /// <param name="length">That of the run.</param>
    /// <param name="checkpoint">Where to start from; null, missing or not fitting: from the beginning.</param>
    /// <exception cref="ArgumentOutOfRangeException">The checkpoint lies past the step, or the step past the
    /// end.</exception>
    public static IReadOnlyList<StepTrace> Of(
        ITraining training, TrainingLength length, CheckpointFile? checkpoint, long step)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, length.Steps);
        var position = new TrainingPosition(training.Carried, length);
        checkpoint?.TryRestore(position, out _);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(position.Step, step, "the checkpoint's step");
        if (position.Step < step) training.Advance(position.Step, step - position.Step);
        return training.Trace(step);
    }
}
