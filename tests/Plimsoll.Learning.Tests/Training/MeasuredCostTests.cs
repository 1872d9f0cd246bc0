using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Tests.Rollouts;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Hybrid adaptation: when the policy is rolled out, from where, and what the estimate is then.</summary>
public sealed class MeasuredCostTests
{
    private const int Steps = TrainingPrograms.LongestRun;
    private static readonly RandomRoot Random = RandomRoot.Of(4, "test");

    [Test]
    public void The_estimate_is_the_mean_cost_of_the_rollouts_and_stands_until_the_next()
    {
        using var data = SmallData.Disc();
        using var starts = StateTable.Starts(data);
        using var team = new Team(1);
        var settings = new MeasuredCostSettings("DiscCircle", 4, 5);
        using var training = TrainingPrograms.Adaptation(
            new DatasetTables(data), starts, Random, team, x => x with { Smoothing = 0 }, measured: settings);
        // The critics' step comes first and moves no policy, so this sees the parameters that the training sees.
        using var measured = new MeasuredCost(training.Policy, settings, Random, team);
        var expected = 0.0;
        for (var step = 0; step < Steps; step++)
        {
            if (step % 5 == 0) expected = measured.At(step);
            training.Advance(step, 1);
            var estimate = training.Carried.TakeMean("estimated_cost");
            Assert.That(estimate, Is.EqualTo((double)(float)expected), $"step {step}");
        }
    }

    [Test]
    public void Measurements_start_elsewhere_each_time_and_the_same_at_the_same_step()
    {
        using var bench = new Idle(Random);
        var seeds = Enumerable.Range(0, 50).Select(step => bench.Cost.Seeds(step)).ToArray();
        Assert.That(seeds.SelectMany(s => s).Distinct().Count(), Is.EqualTo(50 * 3));
        Assert.That(bench.Cost.Seeds(7), Is.EqualTo(seeds[7]));
        Assert.That(bench.Cost.At(7), Is.EqualTo(bench.Cost.At(7)));
        using var other = new Idle(RandomRoot.Of(5, "test"));
        Assert.That(other.Cost.Seeds(7), Is.Not.EqualTo(seeds[7]));
    }

    [Test]
    public void An_episode_of_a_seed_is_another_than_the_final_evaluations_of_that_seed()
    {
        using var bench = new Idle(Random);
        using var environment = Plimsoll.Environments.Tasks.Create("DiscCircle", 3);
        using var evaluation = new Rollout(bench.Policy, environment, bench.Team);
        using var hybrid = new Rollout(bench.Policy, environment, bench.Team, "hybrid");
        long[] seeds = [0, 1, 1000];
        Assert.That(
            hybrid.Run(seeds).Select(e => e.Return), Is.Not.EqualTo(evaluation.Run(seeds).Select(e => e.Return)));
    }

    [Test]
    public void A_policy_that_draws_draws_other_numbers_than_in_the_final_evaluations_episode_of_that_seed()
    {
        using var team = new Team(1);
        Assert.That(Walked("evaluate"), Is.EqualTo(Walked("evaluate")));
        Assert.That(Walked("hybrid"), Is.Not.EqualTo(Walked("evaluate")).Within(1e-3));

        // The places of an episode less its start's part, so that nothing but the draws is left.
        double Walked(string role)
        {
            const int horizon = 20;
            using var environment = new BreakingEnvironment(1, (_, _) => false, horizon);
            using var rollout = new Rollout(new Dice(), environment, team, role);
            var start = new SequentialRandom(RandomRoot.Of(7, role).Stream("reset"), 0).NextUniform();
            return rollout.Run([7L])[0].Return - horizon * start;
        }
    }

    [Test]
    public void What_measures_is_disposed_of_where_no_training_comes_to_be()
    {
        using var data = SmallData.Disc();
        using var starts = StateTable.Starts(data);
        using var team = new Team(1);
        using var state = new TrainingState();
        var sizes = TrainingPrograms.Small;
        using var measured = new Watched();
        // A policy for other observations than the critics'.
        var policy = DiracPolicy.Create(state, "policy", data.ObservationSize + 1, data.ActionSize, [8], Random);
        var models = TrainingTable.Models(sizes, Random, PolicyClass.Dirac) with { Policy = policy };
        Assert.That(
            () => SafeAdaptation.Build(
                new DatasetTables(data), models, TrainingTable.AdaptationSettings(sizes),
                CostHorizon.Endless(data, 10, 0.99), starts, Random, team, measured),
            Throws.Exception);
        Assert.That(measured.Disposals, Is.EqualTo(1));
        models.State.Dispose();
    }

    [Test]
    public void A_policy_that_is_not_finite_has_no_cost_and_is_left_to_the_guard()
    {
        using var bench = new Idle(Random);
        foreach (var array in bench.Policy.Parameters) array.Values.Fill(float.NaN);
        Assert.That(bench.Cost.At(0), Is.NaN);
    }

    [Test]
    public void No_episodes_and_no_interval_are_refused()
    {
        using var bench = new Idle(Random);
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(new MeasuredCostSettings("DiscCircle", 0, 1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Make(new MeasuredCostSettings("DiscCircle", 1, 0)));
        Assert.Throws<ArgumentException>(() => Make(new MeasuredCostSettings("PointNav", 1, 1)), "another task");

        void Make(MeasuredCostSettings settings) =>
            new MeasuredCost(bench.Policy, settings, Random, bench.Team).Dispose();
    }

    private sealed class Watched : IMeasuredEstimate
    {
        internal int Disposals { get; private set; }

        public bool IsDue(long step) => true;

        public double At(long step) => 0;

        public void Dispose() => Disposals++;
    }

    /// <summary>Acts with its draws.</summary>
    private sealed class Dice : IMarkovPolicy
    {
        public int ObservationSize => 2;

        public int ActionSize => 1;

        public int Normals => 1;

        public Node Act(GraphBuilder g, Node observation, Node? normals = null)
        {
            var place = g.Columns(observation, 0, new Axis("A", 1));
            return g.Reshape(normals!, place.Shape) + place * 0f;
        }
    }

    private sealed class Idle : IDisposable
    {
        private readonly TrainingState state = new();

        internal Idle(RandomRoot random)
        {
            Policy = DiracPolicy.Create(state, "policy", 5, 2, [8], random);
            Cost = new MeasuredCost(Policy, new MeasuredCostSettings("DiscCircle", 3, 1), random, Team);
        }

        internal Team Team { get; } = new(1);

        internal DiracPolicy Policy { get; }

        internal MeasuredCost Cost { get; }

        public void Dispose()
        {
            Cost.Dispose();
            state.Dispose();
            Team.Dispose();
        }
    }
}
