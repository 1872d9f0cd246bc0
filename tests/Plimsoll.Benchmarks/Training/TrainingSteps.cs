using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using StepProgram = Plimsoll.Numerics.Runtime.Program;

namespace Plimsoll.Benchmarks.Training;

/// <summary>One training step, ready to run.</summary>
/// <param name="Floor">Name of its row in <see cref="Floors"/>.</param>
internal sealed record TrainingStep(string Floor, StepProgram Program, TrainingState State)
{
    /// <summary>The number of the next step.</summary>
    internal long Next { get; private set; }

    internal void Run(int count)
    {
        Program.Run(Next, count);
        Next += count;
    }
}

/// <summary>Training steps at the sizes of the DRCORL paper.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private const int Batch = 256;
    private const double Rate = 3e-4;
    private const double Polyak = 0.005;
    private const double Discount = 0.99;
    private const double CostLimit = 20;
    private static readonly int[] Hidden = [256, 256];
    private static readonly ScoreNetworkSizes Score = new();

    private static readonly string[] Adaptation =
    [
        Floors.AdaptationCritics, Floors.PolicyReward, Floors.PolicyBoth, Floors.PolicyCost,
    ];

    private readonly DatasetTables tables;
    private readonly RandomRoot random;
    private readonly Team team;
    private readonly List<IDisposable> owners = [];
    private readonly List<TrainingStep> steps = [];

    /// <param name="wanted">By the names of floors; null: all of them.</param>
    internal TrainingSteps(DatasetTables tables, Team team, long seed = 0, Func<string, bool>? wanted = null)
    {
        (this.tables, this.team) = (tables, team);
        random = RandomRoot.Of(seed, "benchmark");
        wanted ??= _ => true;
        (string Name, Func<GraphTraining> Build)[] fits =
        [
            (Floors.Cloning, () => Cloning(512, 256)),
            (Floors.RewardCritic, RewardCritic),
            (Floors.CostCritic(4), () => CostCritic(4, Batch, 256)),
            (Floors.CostCritic(6), () => CostCritic(6, Batch, 256)),
            (Floors.Diffusion(256), () => Diffusion(256)),
            (Floors.Diffusion(2048), () => Diffusion(2048)),
            (Floors.Warm, Warm),
        ];
        foreach (var (name, build) in fits)
        {
            if (wanted(name)) Add(name, build());
        }
        if (Adaptation.Any(wanted)) AddAdaptation(wanted);
    }

    internal IReadOnlyList<TrainingStep> Steps => steps;

    /// <summary>Behaviour cloning with another batch and width, in addition.</summary>
    internal TrainingStep AddCloning(int batch, int width) => Add(Floors.Cloning, Cloning(batch, width));

    /// <summary>The step of a cost critic with another batch and width, in addition.</summary>
    internal TrainingStep AddCostCritic(int members, int batch, int width) =>
        Add(Floors.CostCritic(members), CostCritic(members, batch, width));

    public void Dispose()
    {
        foreach (var owner in owners) owner.Dispose();
    }

    private GraphTraining Cloning(int batch, int width) =>
        BehaviourCloning.Build(tables, new([width, width], batch, Rate), random, team).Training;

    private GraphTraining RewardCritic() =>
        RewardCriticFit.Build(tables, new(Hidden, Batch, Rate, 0.7, Discount, Polyak, 1), random, team).Training;

    private GraphTraining CostCritic(int members, int batch, int width) =>
        CostCriticFit
            .Build(tables, to => Policy(to, width), Cost(members, batch, width), Horizon, random, team).Training;

    private GraphTraining Diffusion(int batch) =>
        DiffusionFit.Build(tables, new(Score, batch, Rate), random, team).Training;

    private GraphTraining Warm() =>
        WarmStart.Build(tables, Behaviour, new(Hidden, Batch, Rate, DiffusionWeight.Vds), random, team).Training;

    private void AddAdaptation(Func<string, bool> wanted)
    {
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        var models = new DrcorlModels(
            state, Behaviour(state),
            Critic.Create(
                state, RewardCriticFit.CriticName, s, a, Hidden, RewardCriticFit.Twins, random,
                Initialisation.TorchLinear),
            Critic.Create(
                state, CostCriticFit.CriticName, s, a, Hidden, 4, random, Initialisation.KaimingUniform),
            Policy(state, 256));
        var settings = new SafeAdaptationSettings(
            1_000_000, Batch, Rate, Rate, Polyak, Discount, 1, new LinearSchedule(0.04, 1),
            new SlackSchedule(0.2), 2, 0.9, DiffusionWeight.Vds, Cost(4, Batch, 256));
        var adaptation = SafeAdaptation.Build(tables, models, settings, Horizon, null, random, team);
        owners.Add(adaptation);
        steps.AddRange(
            Adaptation.Zip(adaptation.Programs)
                .Where(pair => wanted(pair.First))
                .Select(pair => new TrainingStep(pair.First, pair.Second, state)));
    }

    private CostHorizon Horizon => CostHorizon.Endless(tables.Dataset, CostLimit, Discount);

    private static CostCriticSettings Cost(int members, int batch, int width) =>
        new([width, width], members, batch, Rate, Polyak, 0.2, true);

    private DiracPolicy Policy(TrainingState to, int width) =>
        DiracPolicy.Create(to, "acting", tables.Observation.Size, tables.Action.Size, [width, width], random);

    private ScoreNetwork Behaviour(TrainingState to) =>
        ScoreNetwork.Create(
            to, DiffusionFit.ModelName, tables.Observation.Size, tables.Action.Size, Score, random);

    private TrainingStep Add(string floor, GraphTraining training)
    {
        owners.Add(training);
        var step = new TrainingStep(floor, training.Program, training.State);
        steps.Add(step);
        return step;
    }
}
