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

/// <summary>Every training step at the sizes of the DRCORL paper, by the name of its row in
/// <see cref="Floors"/>.</summary>
internal sealed class TrainingSteps : IDisposable
{
    private const int Batch = 256;
    private const double Rate = 3e-4;
    private const double Polyak = 0.005;
    private const double Discount = 0.99;
    private const double CostLimit = 20;
    private static readonly int[] Hidden = [256, 256];
    private static readonly ScoreNetworkSizes Score = new();
    private static readonly CostCriticSettings Cost = new(Hidden, 4, Batch, Rate, Polyak, 0.2, true);

    private readonly List<ITraining> owners = [];
    private readonly List<(string Floor, StepProgram Program)> programs = [];

    internal TrainingSteps(DatasetTables tables, Team team)
    {
        var random = RandomRoot.Of(0, "benchmark");
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var horizon = CostHorizon.Endless(tables.Dataset, CostLimit, Discount);
        Add(Floors.Cloning, BehaviourCloning.Build(tables, new(Hidden, 512, Rate), random, team).Training);
        Add(
            Floors.RewardCritic,
            RewardCriticFit
                .Build(tables, new(Hidden, Batch, Rate, 0.7, Discount, Polyak, 1), random, team).Training);
        Add(Floors.CostCritic(4), CostCriticFit.Build(tables, Policy, Cost, horizon, random, team).Training);
        foreach (var batch in (int[])[256, 2048])
        {
            Add(
                Floors.Diffusion(batch),
                DiffusionFit.Build(tables, new(Score, batch, Rate), random, team).Training);
        }
        Add(
            Floors.Warm,
            WarmStart
                .Build(tables, Behaviour, new(Hidden, Batch, Rate, DiffusionWeight.Vds), random, team)
                .Training);

        var state = new TrainingState();
        var models = new DrcorlModels(
            state, Behaviour(state),
            Critic.Create(
                state, RewardCriticFit.CriticName, s, a, Hidden, RewardCriticFit.Twins, random,
                Initialisation.TorchLinear),
            Critic.Create(
                state, CostCriticFit.CriticName, s, a, Hidden, 4, random, Initialisation.KaimingUniform),
            Policy(state));
        var settings = new SafeAdaptationSettings(
            1_000_000, Batch, Rate, Rate, Polyak, Discount, 1, new LinearSchedule(0.04, 1),
            new SlackSchedule(0.2), 2, 0.9, DiffusionWeight.Vds, Cost);
        var adaptation = SafeAdaptation.Build(tables, models, settings, horizon, null, random, team);
        owners.Add(adaptation);
        string[] names =
        [
            Floors.AdaptationCritics, Floors.PolicyReward, Floors.PolicyBoth, Floors.PolicyCost,
        ];
        programs.AddRange(names.Zip(adaptation.Programs));

        DiracPolicy Policy(TrainingState to) => DiracPolicy.Create(to, "acting", s, a, Hidden, random);

        ScoreNetwork Behaviour(TrainingState to) =>
            ScoreNetwork.Create(to, DiffusionFit.ModelName, s, a, Score, random);
    }

    internal IReadOnlyList<(string Floor, StepProgram Program)> Programs => programs;

    public void Dispose()
    {
        foreach (var owner in owners) owner.Dispose();
    }

    private void Add(string floor, GraphTraining training)
    {
        owners.Add(training);
        programs.Add((floor, training.Program));
    }
}
