using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Critics on data whose values are known exactly.</summary>
public sealed class ValueTests
{
    private static readonly int[] Hidden = [32, 32];

    [Test]
    public void The_reward_critic_of_a_constant_reward_is_the_geometric_sum()
    {
        using var data = SmallData.Clock(50, 20, reward: 1, cost: 0, terminated: false);
        using var team = new Team(1);
        var fit = RewardCriticFit.Build(
            new DatasetTables(data), new(Hidden, 128, 3e-3, 0.7, 0.5, 0.05, 1), RandomRoot.Of(0, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 1500);
        var value = training.TakeMean("value");
        training.Advance(1500, 200);
        value = training.TakeMean("value");
        Assert.That(value, Is.EqualTo(1 / (1 - 0.5)).Within(0.05), "through time-outs: 1 / (1 - γ)");
    }

    [Test]
    public void Off_policy_evaluation_counts_an_episodes_cost_when_the_state_tells_the_time()
    {
        using var data = SmallData.Clock(100, 12, reward: -0.5f, cost: 1, terminated: true);
        using var starts = StateTable.Starts(data);
        using var team = new Team(1);
        var horizon = CostHorizon.Episodic(data, 5);
        using var fit = FittedQEvaluation.Build(
            new DatasetTables(data), Idle, new(Hidden, 256, 3e-3, 0.05, 2), horizon, starts, RandomRoot.Of(0, "test"), team);
        fit.Training.Advance(0, 2500);
        var estimate = fit.Estimate();
        Assert.Multiple(() =>
        {
            Assert.That(estimate.Costs, Has.Count.EqualTo(100));
            Assert.That(estimate.Costs.Average(), Is.EqualTo(12).Within(0.8));
            Assert.That(estimate.Returns.Average(), Is.EqualTo(-6).Within(0.4));
        });
    }

    [Test]
    public void A_critics_loss_ties_each_value_to_its_own_target_only()
    {
        // With a [B] against [B, 1] mix, every value would be pulled to the mean of all costs.
        using var state = new TrainingState();
        var shape = new Shape(new Axis("E", 1), new Axis("B", 4));
        var values = state.Add("q", shape);
        var targets = state.Add("y", shape.WithoutFirst());
        ((float[])[5.45f, 2.48f, 7.43f, 0.5f]).CopyTo(values.Values);
        ((float[])[4.95f, 2.98f, 7.93f, 0f]).CopyTo(targets.Values);
        var g = new GraphBuilder();
        var q = g.Read(values);
        g.Output("gradient", g.Gradients(Critic.Loss(g, q, g.Read(targets)), q)[0]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(program.Output("gradient").ToArray(), Is.EqualTo(new[] { 0.25f, -0.25f, -0.25f, 0.25f }).Within(1e-5f));
    }

    [Test]
    public void Mixing_a_column_with_a_vector_is_refused_when_the_graph_is_built()
    {
        var g = new GraphBuilder();
        var vector = g.Constant(1f, new Shape(new Axis("B", 4)));
        var column = g.Constant(1f, new Shape(new Axis("B", 4), new Axis("Q", 1)));
        Assert.Throws<ShapeException>(() => g.Subtract(vector, column));
    }

    [Test]
    public void Cloning_finds_the_conditional_mean()
    {
        using var data = SmallData.Clock(200, 10, 0, 0, false);
        using var team = new Team(1);
        var fit = BehaviourCloning.Build(new DatasetTables(data), new(Hidden, 256, 3e-3), RandomRoot.Of(0, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 600);
        training.TakeMean("loss");
        training.Advance(600, 100);
        // Actions are uniform on (-0.9, 0.9) whatever the state: the best constant is 0, the loss their variance.
        Assert.That(training.TakeMean("loss"), Is.EqualTo(0.27).Within(0.015));
    }

    private static DiracPolicy Idle(TrainingState state) => DiracPolicy.Declare(state, "idle", 1, 1, [4]);
}
