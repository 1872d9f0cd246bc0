using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>Training of two compiled graphs over one state: the first runs at every step, the second after it at the
/// last of every few steps. Owns state and programs and disposes them.</summary>
public sealed class DelayedTraining : ITraining
{
    private readonly TrainingState state;
    private readonly int delay;

    /// <param name="delay">The second graph runs at steps delay - 1, 2 delay - 1, ...; at least 1.</param>
    public DelayedTraining(TrainingState state, GraphBuilder always, GraphBuilder delayed, int delay, Team team)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, 1);
        (this.state, this.delay) = (state, delay);
        (Always, Delayed) = (Program.Compile(always, team), Program.Compile(delayed, team));
        Carried = new Carried(state, [.. Always.Accumulators, .. Delayed.Accumulators], []);
    }

    public Carried Carried { get; }

    /// <summary>Runs at every step.</summary>
    public Program Always { get; }

    /// <summary>Runs after it, at the last step of every few.</summary>
    public Program Delayed { get; }

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
        {
            Always.Run(step);
            if (IsDelayed(step)) Delayed.Run(step);
        }
    }

    public IReadOnlyList<StepTrace> Trace(long step) =>
        IsDelayed(step) ? [Always.Trace(step), Delayed.Trace(step)] : [Always.Trace(step)];

    public void Dispose()
    {
        Always.Dispose();
        Delayed.Dispose();
        state.Dispose();
    }

    /// <summary>Whether both graphs run at this step.</summary>
    public bool IsDelayed(long step) => step % delay == delay - 1;
}
