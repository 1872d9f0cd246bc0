using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>What every training program keeps: bits across threads and portions, and a seed that matters.</summary>
public sealed class ConformanceTests
{
    private const int Steps = 6;
    private const int LongestRun = 8;
    private const int Batch = 300;
    private static readonly int[] Hidden = [40, 24];
    private static readonly ScoreNetworkSizes Score = new(24, 2, 16, 8, 0.1f);
    private static readonly CostCriticSettings Cost = new(Hidden, 3, Batch, 1e-3, 0.01, 0.2, true);

    private Dataset data = null!;
    private StateTable starts = null!;

    private delegate (ITraining Training, TrainingState State) Build(
        DatasetTables tables, StateTable starts, RandomRoot random, Team team);

    private static readonly Dictionary<string, Build> Programs = new()
    {
        ["behaviour cloning"] = (t, _, r, team) =>
            Pair(BehaviourCloning.Build(t, new(Hidden, Batch, 1e-3), r, team).Training),
        ["diffusion fit"] = (t, _, r, team) => Pair(DiffusionFit.Build(t, new(Score, Batch, 1e-3), r, team).Training),
        ["reward critic"] = (t, _, r, team) =>
            Pair(RewardCriticFit.Build(t, new(Hidden, Batch, 1e-3, 0.7, 0.99, 0.01, 1), r, team).Training),
        ["warm start"] = (t, _, r, team) => Pair(
            WarmStart.Build(t, s => Behaviour(s, r), new(Hidden, Batch, 1e-3, DiffusionWeight.Vds), r, team).Training),
        ["cost critic"] = (t, _, r, team) => Pair(
            CostCriticFit.Build(t, s => Policy(s, r), Cost, Horizon(t, episodic: false), r, team).Training),
        ["cost critic, episodic"] = (t, _, r, team) => Pair(
            CostCriticFit.Build(t, s => Policy(s, r), Cost, Horizon(t, episodic: true), r, team).Training),
        ["safe adaptation"] = (t, e, r, team) => Adaptation(t, e, r, team, Cost),
        ["fitted Q evaluation"] = (t, e, r, team) => Pair(
            FittedQEvaluation.Build(t, s => Policy(s, r), new(Hidden, Batch, 1e-3, 0.01, 2), Horizon(t, false), e, r, team).Training),
    };

    [OneTimeSetUp]
    public void Collect()
    {
        data = SmallData.Disc();
        starts = StateTable.Starts(data);
    }

    [OneTimeTearDown]
    public void Release()
    {
        starts.Dispose();
        data.Dispose();
    }

    [TestCaseSource(nameof(Names))]
    public void Training_gives_the_same_bits_on_one_two_and_three_threads(string name)
    {
        var one = Digest(name, threads: 1, seed: 0, portions: [Steps]);
        Assert.Multiple(() =>
        {
            Assert.That(Digest(name, threads: 2, seed: 0, portions: [Steps]), Is.EqualTo(one), "two threads");
            Assert.That(Digest(name, threads: 3, seed: 0, portions: [Steps]), Is.EqualTo(one), "three threads");
        });
    }

    [TestCaseSource(nameof(Names))]
    public void Training_in_portions_equals_training_in_one_go(string name) =>
        Assert.That(
            Digest(name, threads: 1, seed: 0, portions: [1, 3, 2]),
            Is.EqualTo(Digest(name, threads: 1, seed: 0, portions: [Steps])));

    [TestCaseSource(nameof(Names))]
    public void Another_seed_gives_other_bits(string name) =>
        Assert.That(
            Digest(name, threads: 1, seed: 1, portions: [Steps]),
            Is.Not.EqualTo(Digest(name, threads: 1, seed: 0, portions: [Steps])));

    [TestCaseSource(nameof(Names))]
    public void A_steady_step_allocates_nothing(string name)
    {
        using var team = new Team(1);
        var (training, _) = Programs[name](new DatasetTables(data), starts, RandomRoot.Of(0, name), team);
        using (training)
        {
            training.Advance(0, 3);
            var before = GC.GetAllocatedBytesForCurrentThread();
            training.Advance(3, LongestRun - 3);
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.EqualTo(0));
        }
    }

    [Test]
    public void Adaptation_counts_the_batch_that_it_draws_and_not_the_one_of_the_cost_critics_fit()
    {
        string With(int batch) => Digest(
            (t, e, r, team) => Adaptation(t, e, r, team, Cost with { Batch = batch }), "adaptation", 1, 0, [Steps]);
        Assert.That(With(Batch / 10), Is.EqualTo(With(Batch)));
    }

    private string Digest(string name, int threads, long seed, int[] portions) =>
        Digest(Programs[name], name, threads, seed, portions);

    private string Digest(Build build, string name, int threads, long seed, int[] portions)
    {
        using var team = new Team(threads);
        var (training, state) = build(new DatasetTables(data), starts, RandomRoot.Of(seed, name), team);
        using (training)
        {
            long step = 0;
            foreach (var portion in portions)
            {
                training.Advance(step, portion);
                step += portion;
            }
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            foreach (var array in state.Arrays) hash.AppendData(MemoryMarshal.AsBytes(array.Values));
            return Convert.ToHexString(hash.GetHashAndReset());
        }
    }

    private static IEnumerable<string> Names() => Programs.Keys;

    private static (ITraining, TrainingState) Pair(GraphTraining training) => (training, training.State);

    private static ScoreNetwork Behaviour(TrainingState state, RandomRoot random) =>
        ScoreNetwork.Create(state, DiffusionFit.ModelName, 5, 2, Score, random);

    private static DiracPolicy Policy(TrainingState state, RandomRoot random) =>
        DiracPolicy.Create(state, "acting", 5, 2, Hidden, random);

    private static CostHorizon Horizon(DatasetTables tables, bool episodic) =>
        episodic ? CostHorizon.Episodic(tables.Dataset, 10) : CostHorizon.Endless(tables.Dataset, 10, 0.99);

    private static (ITraining, TrainingState) Adaptation(
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
        return (SafeAdaptation.Build(tables, models, settings, Horizon(tables, false), starts, random, team), state);
    }
}
