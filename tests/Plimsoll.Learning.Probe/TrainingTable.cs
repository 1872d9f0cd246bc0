using System.Runtime.CompilerServices;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Probe;

/// <summary>How large the networks and batches of the training programs are.</summary>
/// <param name="Steps">What adaptation's schedules are made for.</param>
public sealed record ProgramSizes(
    string Name, IReadOnlyList<int> Hidden, ScoreNetworkSizes Score, int Batch, int Members, long Steps)
{
    public CostCriticSettings Cost { get; } = new(Hidden, Members, Batch, 1e-3, 0.01, 0.2, true);
}

/// <summary>Builds a training for a dataset with observations [5] and actions [2].</summary>
public delegate ITraining BuildTraining(
    ProgramSizes sizes, DatasetTables tables, StateTable starts, RandomRoot random, Team team);

/// <summary>Every training program there is, in any size.</summary>
public static class TrainingTable
{
    private static readonly Dictionary<string, BuildTraining> Programs = new()
    {
        ["behaviour cloning"] = (s, t, _, r, team) =>
            BehaviourCloning.Build(t, new(s.Hidden, s.Batch, 1e-3), r, team).Training,
        ["diffusion fit"] = (s, t, _, r, team) =>
            DiffusionFit.Build(t, new(s.Score, s.Batch, 1e-3), r, team).Training,
        ["reward critic"] = (s, t, _, r, team) =>
            RewardCriticFit.Build(t, new(s.Hidden, s.Batch, 1e-3, 0.7, 0.99, 0.01, 1), r, team).Training,
        ["warm start"] = (s, t, _, r, team) =>
            WarmStart.Build(
                t, state => Behaviour(s, state, r), new(s.Hidden, s.Batch, 1e-3, DiffusionWeight.Vds), r,
                    team).Training,
        ["warm start, Gaussian"] = (s, t, _, r, team) =>
            WarmStart.Build(
                t, state => Behaviour(s, state, r),
                new(s.Hidden, s.Batch, 1e-3, DiffusionWeight.Stable) { Class = PolicyClass.LearnedGaussian }, r,
                    team).Training,
        ["cost critic"] = (s, t, _, r, team) =>
            CostCriticFit.Build(t, state => Policy(s, state, r), s.Cost, Horizon(t, episodic: false), r,
                team).Training,
        ["cost critic, episodic"] = (s, t, _, r, team) =>
            CostCriticFit.Build(t, state => Policy(s, state, r), s.Cost, Horizon(t, episodic: true), r,
                team).Training,
        ["safe adaptation"] = (s, t, e, r, team) => Adaptation(s, t, e, r, team),
        // At limit 0, so that multiplier and cost mode are there from the first step on.
        ["safe adaptation, Lagrangian"] = (s, t, e, r, team) => Adaptation(s, t, e, r, team, x => x with
        {
            Guidance = CostGuidance.PidLagrangian,
            Rule = AdaptationRule.Crpo,
            Tolerance = 0.1,
            Temperature = new SqrtSchedule(0.01),
        }, limit: 0),
        ["safe adaptation, displacements"] = (s, t, e, r, team) => Adaptation(s, t, e, r, team, x => x with
        {
            Combination = Combination.Displacements,
            Deviation = 0.01,
        }),
        ["safe adaptation, Gaussian"] = (s, t, e, r, team) => Adaptation(
            s, t, e, r, team, policyClass: PolicyClass.LearnedGaussian),
        ["safe adaptation, hybrid"] = (s, t, e, r, team) => Adaptation(
            s, t, e, r, team, measured: new MeasuredCostSettings("DiscCircle", 3, 100)),
        ["fitted Q evaluation"] = (s, t, e, r, team) =>
            FittedQEvaluation.Build(
                t, state => Policy(s, state, r), new(s.Hidden, s.Batch, 1e-3, 0.01, 2), Horizon(t, false), e, r,
                    team).Training,
        ["constraints-penalised Q"] = (s, t, _, r, team) =>
            ConstraintsPenalisedQ.Build(t, new(Constrained(s), 1.5, 0.75, 1e-2), Rule(t, false), r, team).Training,
        ["constraints-penalised Q, as OSRL"] = (s, t, _, r, team) =>
            ConstraintsPenalisedQ.Build(t, new(Constrained(s), 1.5, 0.75, 1e-2), Rule(t, true), r, team).Training,
        ["COptiDICE"] = (s, t, e, r, team) => Coptidice.Build(t, Dice(s, t, false), e, r, team).Training,
        ["COptiDICE, as published"] = (s, t, e, r, team) =>
            Coptidice.Build(t, Dice(s, t, true), e, r, team).Training,
        ["TD3+BC"] = (s, t, _, r, team) => Td3Bc.Build(
            t, new(s.Hidden, s.Batch, 1e-3, 0.99, 0.01, 2.5), r, team).Training,
        ["safe policy improvement"] = (s, t, _, r, team) =>
            SafePolicyImprovement.Build(t, SafetyOf(t.Dataset), Improvement(s), r, team).Training,
        ["safe policy improvement, best backup"] = (s, t, _, r, team) =>
            SafePolicyImprovement.Build(
                t, SafetyOf(t.Dataset),
                Improvement(s) with { BackupSamples = 3, Weights = new(0, 0.25, 0.75), ClampsSafety = false }, r,
                team).Training,
        ["decision transformer fit"] = (s, t, _, r, team) =>
            ConstrainedDecisionTransformer.Build(t.Dataset, Transformer(s), r, team).Training,
        ["decision transformer fit, as published"] = (s, t, _, r, team) =>
            ConstrainedDecisionTransformer.Build(
                t.Dataset,
                Transformer(s) with { Published = true, Augmentation = new AugmentationSettings(Published: true) }, r,
                team).Training,
        ["batch-constrained Lagrangian"] = (s, t, _, r, team) =>
            BatchConstrainedLagrangian.Build(t, new(Lagrangian(s), 0.05, 1), Rule(t, false), r, team).Training,
        ["batch-constrained Lagrangian, as OSRL"] = (s, t, _, r, team) =>
            BatchConstrainedLagrangian.Build(t, new(Lagrangian(s), 0.05, 1), Rule(t, true), r, team).Training,
        ["BEAR's Lagrangian"] = (s, t, _, r, team) =>
            BearLagrangian.Build(t, Bear(s), Rule(t, false), r, team).Training,
        ["BEAR's Lagrangian, as OSRL"] = (s, t, _, r, team) =>
            BearLagrangian.Build(t, Bear(s), Rule(t, true), r, team).Training,
    };

    private static readonly ConditionalWeakTable<Dataset, DatasetTables> Safety = [];

    public static IEnumerable<string> Names => Programs.Keys;

    public static BuildTraining Of(string name) => Programs[name];

    /// <summary>The dataset that the programs are built for.</summary>
    public static Dataset Data() => Collector.Run("DiscCircle", new CollectionSettings(4000, 7, 20, 20, 0));

    public static SafeAdaptation Adaptation(
        ProgramSizes sizes, DatasetTables tables, StateTable starts, RandomRoot random, Team team,
        Func<SafeAdaptationSettings, SafeAdaptationSettings>? change = null,
        PolicyClass policyClass = PolicyClass.Dirac, double limit = 10, MeasuredCostSettings? measured = null,
        CostHorizon? horizon = null)
    {
        var (models, settings) = (Models(sizes, random, policyClass), AdaptationSettings(sizes));
        return SafeAdaptation.Build(
            tables, models, change is null ? settings : change(settings),
            horizon ?? CostHorizon.Endless(tables.Dataset, limit, 0.99), starts, random, team,
            measured is null ? null : new MeasuredCost(models.Policy, measured, random, team));
    }

    // A wide band around the first estimates, so that the soft mode with both gradients runs as well.
    public static SafeAdaptationSettings AdaptationSettings(ProgramSizes sizes) => new(
        sizes.Steps, sizes.Batch, 1e-3, 1e-3, 0.01, 0.99, 1, new LinearSchedule(0.04, 1), new SlackSchedule(3),
            2, 0.5,
        DiffusionWeight.Vds, sizes.Cost);

    public static CostHorizon Horizon(DatasetTables tables, bool episodic) =>
        episodic ? CostHorizon.Episodic(tables.Dataset, 10) : CostHorizon.Endless(tables.Dataset, 10, 0.99);

    private static ConstrainedSettings Constrained(ProgramSizes s) =>
        new(s.Hidden, s.Hidden, s.Batch, 3, 1e-3, 1e-3, 1e-3, 0.5, 0.01, 0.1);

    private static LagrangianSettings Lagrangian(ProgramSizes s) => new(Constrained(s), 0.75, PidGains.Usual, false);

    private static BearLagrangianSettings Bear(ProgramSizes s) =>
        new(Lagrangian(s), 4, MmdKernel.Gaussian, 50, 0.05, 1e-2, 2);

    // A limit so low that untrained cost critics are on both sides of it.
    private static BackupRule Rule(DatasetTables tables, bool osrlCompat) =>
        BackupRule.Of(tables.Dataset, 0.4, 0.99, osrlCompat);

    private static CoptidiceSettings Dice(ProgramSizes sizes, DatasetTables tables, bool compat) => new(
        sizes.Hidden, sizes.Batch, 1e-3, 1e-3, 0.5, 0.01, FDivergenceKind.SoftChiSquare, 0.1, 0.1,
        Horizon(tables, false).Limits, compat);

    // A large limit for one size, so that clipped gradients and others both occur.
    private static SafePolicyImprovementSettings Improvement(ProgramSizes sizes) => new(
        sizes.Hidden, new DdpmSchedule(NoiseGrowth.Vp, 3), new ImprovementWeights(0.5, 0.25, 0.25), sizes.Steps,
        sizes.Batch, new CosineSchedule(1e-3), 0.99, 0.01, sizes.Members == 1 ? 100 : 1,
        new ExponentialAverage(0.9, 2, 2));

    /// <summary>The same transitions with SPI's signal in the reward's place; lives as long as the dataset.</summary>
    public static DatasetTables SafetyOf(Dataset dataset) =>
        Safety.GetValue(dataset, d => new DatasetTables(SafetySignal.AsReward(d, new SmoothRemap(1))));

    /// <summary>As many heads as layers and one more, narrow ones; few windows, because each has twelve
    /// tokens.</summary>
    public static DecisionTransformerSettings Transformer(ProgramSizes sizes)
    {
        var heads = sizes.Hidden.Count + 1;
        return new(
            heads * Math.Clamp(sizes.Score.Width / 2, 2, 8), Blocks: 1, heads, Context: 3, Dropout: 0.1f,
            Batch: Math.Max(sizes.Batch / 6, 2), LearningRate: 1e-3, WarmUp: 4, WeightDecay: 1e-4, Clip: 0.25,
            CostWeight: 0.02, StateWeight: 0.1, Temperature: 0.1, TemperatureRate: 1e-4, ReturnRange: 10,
            CostRange: 10, new AugmentationSettings(), Published: false);
    }

    public static DrcorlModels Models(ProgramSizes sizes, RandomRoot random, PolicyClass policyClass)
    {
        var state = new TrainingState();
        return new DrcorlModels(
            state, Behaviour(sizes, state, random),
            Critic.Create(state, RewardCriticFit.CriticName, 5, 2, sizes.Hidden, 2, random,
                Initialisation.TorchLinear),
            Critic.Create(
                state, CostCriticFit.CriticName, 5, 2, sizes.Hidden, sizes.Members, random,
                    Initialisation.KaimingUniform),
            policyClass == PolicyClass.LearnedGaussian
                ? GaussianPolicy.Create(state, "acting", 5, 2, sizes.Hidden, random)
                : Policy(sizes, state, random));
    }

    private static ScoreNetwork Behaviour(ProgramSizes sizes, TrainingState state, RandomRoot random) =>
        ScoreNetwork.Create(state, DiffusionFit.ModelName, 5, 2, sizes.Score, random);

    private static DiracPolicy Policy(ProgramSizes sizes, TrainingState state, RandomRoot random) =>
        DiracPolicy.Create(state, "acting", 5, 2, sizes.Hidden, random);
}
