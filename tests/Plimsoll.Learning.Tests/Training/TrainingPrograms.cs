using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Every training program there is, small.</summary>
internal static class TrainingPrograms
{
    /// <summary>Steps that adaptation's schedules are made for.</summary>
    internal const int LongestRun = 12;
    internal const int Batch = 300;

    internal static readonly ProgramSizes Small = new(
        "small", [40, 24], new ScoreNetworkSizes(24, 2, 16, 8, 0.1f), Batch, 3, LongestRun);

    internal delegate ITraining Build(DatasetTables tables, StateTable starts, RandomRoot random, Team team);

    internal static IEnumerable<string> Names => [.. TrainingTable.Names, .. NetworkPrograms.All.Keys];

    internal static Build Of(string name) => NetworkPrograms.All.TryGetValue(name, out var build)
        ? (_, _, random, team) => build(random, team)
        : (tables, starts, random, team) => TrainingTable.Of(name)(Small, tables, starts, random, team);

    /// <summary>What a training has compiled.</summary>
    internal static IReadOnlyList<Program> Within(ITraining training) => training switch
    {
        GraphTraining graph => [graph.Program],
        WindowTraining windows => [windows.Program],
        SafeAdaptation adaptation => adaptation.Programs,
        DelayedTraining delayed => [delayed.Always, delayed.Delayed],
        _ => throw new NotSupportedException($"the programs of {training.GetType().Name} are not known here"),
    };

    internal static SafeAdaptation Adaptation(
        DatasetTables tables, StateTable starts, RandomRoot random, Team team,
        Func<SafeAdaptationSettings, SafeAdaptationSettings>? change = null,
        PolicyClass policyClass = PolicyClass.Dirac, MeasuredCostSettings? measured = null,
        CostHorizon? horizon = null) =>
        TrainingTable.Adaptation(
            Small, tables, starts, random, team, change, policyClass, measured: measured, horizon: horizon);
}
