using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Tests.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Every training program there is, small.</summary>
internal static class TrainingPrograms
{
    /// <summary>Steps that adaptation's schedules are made for.</summary>
    internal const int LongestRun = 12;
    internal const int Batch = 300;
    private static readonly int[] Hidden = [40, 24];
    private static readonly ScoreNetworkSizes Score = new(24, 2, 16, 8, 0.1f);

    internal static CostCriticSettings Cost { get; } = new(Hidden, 3, Batch, 1e-3, 0.01, 0.2, true);

    internal delegate ITraining Build(DatasetTables tables, StateTable starts, RandomRoot random, Team team);

    private static readonly Dictionary<string, Build> Algorithms = new()
    {
        ["behaviour cloning"] = (t, _, r, team) =>
            BehaviourCloning.Build(t, new(Hidden, Batch, 1e-3), r, team).Training,
        ["diffusion fit"] = (t, _, r, team) =>
            DiffusionFit.Build(t, new(Score, Batch, 1e-3), r, team).Training,
        ["reward critic"] = (t, _, r, team) =>
            RewardCriticFit.Build(t, new(Hidden, Batch, 1e-3, 0.7, 0.99, 0.01, 1), r, team).Training,
        ["warm start"] = (t, _, r, team) =>
            WarmStart
                .Build(t, s => Behaviour(s, r), new(Hidden, Batch, 1e-3, DiffusionWeight.Vds), r, team).Training,
        ["cost critic"] = (t, _, r, team) =>
            CostCriticFit.Build(t, s => Policy(s, r), Cost, Horizon(t, episodic: false), r, team).Training,
        ["cost critic, episodic"] = (t, _, r, team) =>
            CostCriticFit.Build(t, s => Policy(s, r), Cost, Horizon(t, episodic: true), r, team).Training,
        ["safe adaptation"] = (t, e, r, team) => Adaptation(t, e, r, team, Cost),
        ["fitted Q evaluation"] = (t, e, r, team) =>
            FittedQEvaluation
                .Build(t, s => Policy(s, r), new(Hidden, Batch, 1e-3, 0.01, 2), Horizon(t, false), e, r, team).Training,
    };

    internal static IEnumerable<string> Names => [.. Algorithms.Keys, .. NetworkPrograms.All.Keys];

    internal static Build Of(string name) => Algorithms.TryGetValue(name, out var build)
        ? build
        : (_, _, random, team) => NetworkPrograms.All[name](random, team);

    private static ScoreNetwork Behaviour(TrainingState state, RandomRoot random) =>
        ScoreNetwork.Create(state, DiffusionFit.ModelName, 5, 2, Score, random);

    private static DiracPolicy Policy(TrainingState state, RandomRoot random) =>
        DiracPolicy.Create(state, "acting", 5, 2, Hidden, random);

    private static CostHorizon Horizon(DatasetTables tables, bool episodic) =>
        episodic ? CostHorizon.Episodic(tables.Dataset, 10) : CostHorizon.Endless(tables.Dataset, 10, 0.99);

    internal static SafeAdaptation Adaptation(
        DatasetTables tables, StateTable starts, RandomRoot random, Team team, CostCriticSettings cost)
    {
        var state = new TrainingState();
        var models = new DrcorlModels(
            state, Behaviour(state, random),
            Critic.Create(state, RewardCriticFit.CriticName, 5, 2, Hidden, 2, random, Initialisation.TorchLinear),
            Critic.Create(state, CostCriticFit.CriticName, 5, 2, Hidden, 3, random, Initialisation.KaimingUniform),
            Policy(state, random));
        // A wide band around the first estimates, so that the soft mode with both gradients runs as well.
        var settings = new SafeAdaptationSettings(
            LongestRun, Batch, 1e-3, 1e-3, 0.01, 0.99, 1, new LinearSchedule(0.04, 1), new SlackSchedule(3), 2, 0.5,
            DiffusionWeight.Vds, cost);
        return SafeAdaptation.Build(tables, models, settings, Horizon(tables, false), starts, random, team);
    }
}
