using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>Training whose step is one compiled graph. Owns state and program and disposes both.</summary>
public sealed class GraphTraining(TrainingState state, Program program) : ITraining
{
    public TrainingState State { get; } = state;

    public Program Program { get; } = program;

    public Carried Carried { get; } = new(state, program.Accumulators, []);

    public void Advance(long firstStep, long count) => Program.Run(firstStep, count);

    public IReadOnlyList<StepTrace> Trace(long step) => [Program.Trace(step)];

    public double? TakeMean(string metric) => Carried.TakeMean(metric);

    public void Dispose()
    {
        Program.Dispose();
        State.Dispose();
    }
}
