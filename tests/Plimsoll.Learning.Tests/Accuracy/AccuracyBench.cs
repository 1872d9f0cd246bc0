using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Tests.Training;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Accuracy;

/// <summary>A training program in binary32 beside its binary64 twin, both at their start.</summary>
internal sealed class AccuracyBench : IDisposable
{
    internal static readonly ProgramSizes Sizes = new("accuracy", [16, 12], new(8, 1, 6, 4, 0.1f), 20, 2, 1000);

    private readonly Dataset data = TrainingTable.Data();
    private readonly StateTable starts;
    private readonly Team team = new(1);

    internal AccuracyBench(string name)
    {
        starts = StateTable.Starts(data);
        var tables = new DatasetTables(data);
        var random = RandomRoot.Of(0, name);
        Training = NetworkPrograms.All.TryGetValue(name, out var build)
            ? build(random, team)
            : TrainingTable.Of(name)(Sizes, tables, starts, random, team);
        Exact = Float64Training.Of(Training);
    }

    /// <summary>The training programs that have a binary64 twin: a simulator has none, and all else of the hybrid is
    /// safe adaptation.</summary>
    internal static IEnumerable<string> Names => TrainingTable.Names.Where(name => name != "safe adaptation, hybrid");

    /// <summary>Whether no loss depends on an array, so that its gradient is rounding alone, which Adam takes
    /// for one: the bias of attention's keys, which shifts all scores of a query alike.</summary>
    internal static bool IsFree(StateArray array) => array.Name.EndsWith("key/bias", StringComparison.Ordinal);

    internal ITraining Training { get; }

    internal Float64Training Exact { get; }

    internal IReadOnlyList<Program> Programs => TrainingPrograms.Within(Training);

    /// <summary>Runs one step in both; each recorded scalar in binary32 and binary64.</summary>
    internal IReadOnlyDictionary<string, (double Actual, double Exact)> Step(long step)
    {
        Training.Advance(step, 1);
        // Taken every step, a mean is that of one value.
        return Exact.Advance(step).ToDictionary(
            m => m.Key,
            m => (Training.Carried.TakeMean(m.Key) ?? throw new InvalidOperationException($"{m.Key} is not recorded"), m.Value));
    }

    public void Dispose()
    {
        Training.Dispose();
        team.Dispose();
        starts.Dispose();
        data.Dispose();
    }
}
