using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Environments;
using Plimsoll.Environments.Exact;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>
/// The offline safety estimate on a task whose episodes end early, against rollouts and against the exact plans.
/// A plan is driven with exploration, its actions are cloned, and a cost critic of the clone is fitted to the
/// exploring data: everything that the estimate sees is data.
/// </summary>
public sealed class PointNavEstimateTests
{
    private const int Episodes = 2_500;
    private const int Rollouts = 2_000;
    private const int NodesPerMove = 8;
    private const long CriticSteps = 3_000;

    /// <summary>
    /// Cost an episode, of values between 0.8 and 1.4: two samples of starts (each with a standard error of 0.02
    /// to 0.04) and the error of a critic that was trained for seconds.
    /// </summary>
    private const double Tolerance = 0.15;

    /// <summary>Reward given up for a unit of cost: nothing, a detour's worth, more than any detour.</summary>
    private static readonly double[] Prices = [0, 1, 16];

    private readonly List<Scene> scenes = [];
    private Team team = null!;

    [OneTimeSetUp]
    public void Prepare()
    {
        team = new Team(1);
        scenes.AddRange(Prices.Select(price => Scene.Of(price, team)));
    }

    [OneTimeTearDown]
    public void Release()
    {
        foreach (var scene in scenes) scene.Dispose();
        team.Dispose();
    }

    [Test]
    public void The_undiscounted_estimate_at_episode_starts_is_the_rolled_out_cost()
    {
        Assert.Multiple(() =>
        {
            foreach (var scene in scenes)
                Assert.That(scene.Episodic, Is.EqualTo(scene.RolledOut).Within(Tolerance), $"price {scene.Plan.Price}");
        });
    }

    [Test]
    public void The_estimate_agrees_with_the_exact_frontier()
    {
        // Free of charge the plan walks straight, which a network copies: its exact cost is the clone's. A plan
        // that touches the hazard's rim is copied with cut corners: its cost is a bound for the clone's.
        Assert.Multiple(() =>
        {
            Assert.That(scenes[0].Episodic, Is.EqualTo(scenes[0].Plan.MeanCost).Within(Tolerance));
            foreach (var scene in scenes)
            {
                Assert.That(scene.Episodic, Is.GreaterThan(scene.Plan.MeanCost - Tolerance));
                Assert.That(scene.Episodic, Is.LessThan(scenes[0].Plan.MeanCost + Tolerance));
            }
        });
    }

    [Test]
    public void The_estimate_puts_policies_in_the_order_of_their_cost()
    {
        Assert.That(scenes.Select(s => s.Plan.MeanCost), Is.Ordered.Descending, "exact");
        Assert.That(scenes.Select(s => s.RolledOut), Is.Ordered.Descending, "rolled out");
        Assert.That(scenes.Select(s => s.Episodic), Is.Ordered.Descending, "estimated");
    }

    [Test]
    public void The_discounted_form_over_all_states_tells_less_than_two_thirds_of_the_cost()
    {
        Assert.Multiple(() =>
        {
            foreach (var scene in scenes)
            {
                var estimate = scene.Estimate(CostHorizon.Endless(scene.Data, 1, 0.99), team);
                Assert.That(estimate, Is.LessThan(scene.RolledOut * 2 / 3), $"price {scene.Plan.Price}");
                Assert.That(
                    Math.Abs(estimate - scene.RolledOut), Is.GreaterThan(Tolerance), "more than any other error");
            }
        });
    }

    [Test]
    public void The_discounted_form_follows_the_discount_where_episodes_end_early()
    {
        // An episode of some ten steps costs about the same at any discount near 1; (1 - γ) L does not.
        var scene = scenes[0];
        var slow = scene.Estimate(CostHorizon.Endless(scene.Data, 1, 0.999), team);
        var fast = scene.Estimate(CostHorizon.Endless(scene.Data, 1, 0.9), team);
        Assert.That(slow, Is.LessThan(scene.RolledOut / 10));
        Assert.That(fast, Is.GreaterThan(scene.RolledOut * 2));
    }

    private sealed class Scene : IDisposable
    {
        private static readonly int[] CloneWidths = [96, 96];

        private readonly BehaviourCloning clone;
        private readonly StateTable starts;

        private Scene(PointNavPlan plan, Dataset data, BehaviourCloning clone, double rolledOut)
        {
            (Plan, Data, this.clone, RolledOut) = (plan, data, clone, rolledOut);
            starts = StateTable.Starts(data);
        }

        public PointNavPlan Plan { get; }

        /// <summary>What exploring did.</summary>
        public Dataset Data { get; }

        /// <summary>The undiscounted estimate at episode starts, from the data alone.</summary>
        public double Episodic { get; private set; }

        /// <summary>Mean cost of the clone's episodes in the task.</summary>
        public double RolledOut { get; }

        public static Scene Of(double price, Team team)
        {
            var plan = PointNavPlan.For(price, NodesPerMove);
            var (data, labels) = Explore(plan);
            using (labels)
            {
                var clone = BehaviourCloning.Build(
                    new DatasetTables(labels), new(CloneWidths, 256, 1e-3), RandomRoot.Of(1, "clone"), team);
                clone.Training.Advance(0, 4000);
                var episodes = Evaluator.Run(clone.Policy, "PointNav", Rollouts, 5, team);
                var scene = new Scene(plan, data, clone, episodes.Average(e => e.Cost));
                scene.Episodic = scene.Estimate(CostHorizon.Episodic(data, 1), team);
                TestContext.Progress.WriteLine(
                    $"price {price}: exact {plan.MeanCost:F3}, rolled out {scene.RolledOut:F3}, "
                    + $"estimated {scene.Episodic:F3}");
                return scene;
            }
        }

        /// <summary>The episode cost that a critic fitted under this horizon tells of the clone.</summary>
        public double Estimate(CostHorizon horizon, Team team)
        {
            var tables = new DatasetTables(Data);
            DiracPolicy policy = null!;
            var settings = new CostCriticSettings([64, 64], 2, 256, 1e-3, 0.02, 0, true);
            var fit = CostCriticFit.Build(
                tables, state => policy = Copy(state), settings, horizon, RandomRoot.Of(2, "critic"), team);
            using var training = fit.Training;
            training.Advance(0, CriticSteps);
            var g = new GraphBuilder();
            var states = g.Read(horizon.StopsAtTimeouts ? starts.Table : tables.Observations);
            g.Output("value", CostCriticStep.UpperConfidence(g, fit.Critic, policy, states, 0));
            using var program = Program.Compile(g, team);
            program.Run(0);
            return horizon.EpisodeCost(program.Output("value")[0]);
        }

        public void Dispose()
        {
            starts.Dispose();
            clone.Training.Dispose();
            Data.Dispose();
        }

        private DiracPolicy Copy(TrainingState state)
        {
            var copy = DiracPolicy.Declare(state, "clone", 7, 2, CloneWidths);
            foreach (var (from, to) in clone.Policy.Parameters.Zip(copy.Parameters)) from.Values.CopyTo(to.Values);
            return copy;
        }

        /// <summary>
        /// Episodes under the plan's action plus noise, a fifth of the steps anywhere: what was done, and
        /// beside it what the plan would have done there.
        /// </summary>
        private static (Dataset Done, Dataset Planned) Explore(PointNavPlan plan)
        {
            var environment = Tasks.Create("PointNav", 1);
            var (done, planned) = (new DatasetBuilder(7, 2), new DatasetBuilder(7, 2));
            float[] observation = new float[7], next = new float[7], reward = new float[1], cost = new float[1];
            bool[] terminated = [false], truncated = [false];
            for (var episode = 0; episode < Episodes; episode++)
            {
                var random = new SequentialRandom(RandomRoot.Of(9, "explore").Stream("episode"), (ulong)episode);
                environment.Reset(0, new UniformSource(random), observation);
                done.BeginTrajectory();
                planned.BeginTrajectory();
                do
                {
                    var (x, y) = plan.ActionAt(observation[0], observation[1]);
                    float[] wanted = [(float)x, (float)y];
                    var anywhere = random.NextUniform() < 0.2;
                    float[] action = [.. wanted.Select(w => Noisy(anywhere ? 0 : w, anywhere ? 1 : 0.2, random))];
                    environment.Step(0, 1, action, next, reward, cost, terminated, truncated);
                    done.Add(observation, action, reward[0], cost[0], next);
                    planned.Add(observation, wanted, reward[0], cost[0], next);
                    next.CopyTo(observation, 0);
                }
                while (!terminated[0] && !truncated[0]);
                done.End(terminated[0]);
                planned.End(terminated[0]);
            }

            var metadata = new DatasetMetadata("PointNav", environment.Facts.Horizon);
            return (done.Build(metadata), planned.Build(metadata));
        }

        private static float Noisy(double action, double spread, SequentialRandom random) =>
            (float)Math.Clamp(action + spread * (2 * random.NextUniform() - 1), -1, 1);
    }
}
