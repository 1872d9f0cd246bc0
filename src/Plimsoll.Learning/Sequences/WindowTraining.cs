using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Sequences;

/// <summary>Training whose step is one compiled graph over windows of trajectories. Owns state and program
/// and disposes both.</summary>
public sealed class WindowTraining : ITraining
{
    private readonly TrainingState state;

    /// <param name="windows">Fills the program's inputs.</param>
    public WindowTraining(TrainingState state, Program program, WindowSampler windows)
    {
        (this.state, Program, Windows) = (state, program, windows);
        Carried = new Carried(state, program.Accumulators, []);
    }

    public Program Program { get; }

    public WindowSampler Windows { get; }

    public Carried Carried { get; }

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
        {
            Windows.Fill(Program, step);
            Program.Run(step);
        }
    }

    public IReadOnlyList<StepTrace> Trace(long step)
    {
        Windows.Fill(Program, step);
        return [Program.Trace(step)];
    }

    public double? TakeMean(string metric) => Carried.TakeMean(metric);

    public void Dispose()
    {
        Program.Dispose();
        state.Dispose();
    }
}
