using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Sequences;

/// <summary>Training whose step is one compiled graph over windows of trajectories. Owns state and program and
/// disposes both.</summary>
public sealed class WindowTraining(TrainingState state, Program program, WindowSampler windows) : ITraining
{
    public Program Program { get; } = program;

    public Carried Carried { get; } = new(state, program.Accumulators, []);

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
        {
            windows.Fill(Program, step);
            Program.Run(step);
        }
    }

    public IReadOnlyList<StepTrace> Trace(long step)
    {
        windows.Fill(Program, step);
        return [Program.Trace(step)];
    }

    public double? TakeMean(string metric) => Carried.TakeMean(metric);

    public void Dispose()
    {
        Program.Dispose();
        state.Dispose();
    }
}
