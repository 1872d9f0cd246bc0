using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Collection;

/// <summary>The update of the agents that collect, against a scalar computation in binary64.</summary>
public sealed class Td3AgentTests
{
    private const float Discount = 0.9f;
    private static readonly float[] State = [0.3f, -0.7f];
    private static readonly float[] Next = [-0.2f, 0.5f];
    private static readonly float[] Action = [0.4f];
    private static readonly Td3Settings Settings = new([6], 1, 1e-3, Discount, 0.01);
    private static readonly RandomRoot Root = RandomRoot.Of(11, "td3");

    [TestCase(false, 0f)]
    [TestCase(false, 3f)]
    [TestCase(true, 0f)]
    [TestCase(true, 3f)]
    public void The_loss_is_that_of_the_priced_target_which_goes_on_unless_the_task_itself_ended(
        bool terminated, float penalty)
    {
        const float reward = 2f, cost = 1f;
        var replay = new ReplayTable(1, 2, 1);
        replay.Add(State, Action, reward, cost, Next, terminated);
        using var team = new Team(1);
        using var training = new Td3Agent(replay, _ => penalty, Settings, Root, team).Training;
        var state = training.Carried.State;

        var noise = Math.Clamp(
            0.2 * ReferencePhilox.Normal(0, Root.Stream("target noise"), 0), -0.5, 0.5);
        var next = Math.Clamp(Math.Tanh(Network(state, "policy-target", 0, Next)) + noise, -1, 1);
        var value = Math.Min(
            Network(state, "critic-target", 0, next, Next[0], Next[1]),
            Network(state, "critic-target", 1, next, Next[0], Next[1]));
        var target = 0.1 * (reward - penalty * cost) + (terminated ? 0 : Discount * value);
        var expected = Enumerable.Range(0, 2).Sum(e =>
            Math.Pow(Network(state, "critic", e, Action[0], State[0], State[1]) - target, 2));

        training.Advance(0, 1);
        Assert.That(training.Always.Metric("critic-loss"), Is.EqualTo(expected).Within(1e-5 * (1 + expected)));
        Assert.That(Math.Abs(Discount * value), Is.GreaterThan(1e-3), "the end must matter");
    }

    [Test]
    public void The_policy_and_the_targets_move_at_every_second_update_only()
    {
        var replay = new ReplayTable(1, 2, 1);
        replay.Add(State, Action, 1f, 0f, Next, false);
        using var team = new Team(1);
        using var training = new Td3Agent(replay, _ => 0f, Settings, Root, team).Training;
        var moved = new List<bool>();
        for (var step = 0; step < 4; step++)
        {
            var (policy, target) = (Copy("policy/0/weight"), Copy("critic-target/0/weight"));
            training.Advance(step, 1);
            moved.Add(!policy.AsSpan().SequenceEqual(Copy("policy/0/weight")));
            Assert.That(
                target.AsSpan().SequenceEqual(Copy("critic-target/0/weight")), Is.EqualTo(!moved[^1]),
                $"target at step {step}");
        }
        Assert.That(moved, Is.EqualTo(new[] { false, true, false, true }));

        float[] Copy(string name) => training.Carried.State[name].Values.ToArray();
    }

    [Test]
    public void The_policy_climbs_the_first_critic()
    {
        var replay = new ReplayTable(1, 2, 1);
        replay.Add(State, Action, 1f, 0f, Next, false);
        using var team = new Team(1);
        using var training =
            new Td3Agent(replay, _ => 0f, Settings with { Polyak = 1e-6 }, Root, team).Training;
        var state = training.Carried.State;
        double Acted() => Math.Tanh(Network(state, "policy", 0, State));
        double Slope(double action) =>
            Network(state, "critic", 0, action + 1e-3, State[0], State[1])
            - Network(state, "critic", 0, action - 1e-3, State[0], State[1]);

        training.Advance(0, 1);
        var before = Acted();
        training.Advance(1, 1);
        Assert.That(Math.Sign(Acted() - before), Is.EqualTo(Math.Sign(Slope(before))).And.Not.Zero);
    }

    /// <summary>One hidden layer of six with ReLU, one output; member e of an ensemble.</summary>
    private static double Network(TrainingState state, string name, int member, params IReadOnlyList<double> x)
    {
        var hidden = new double[6];
        for (var h = 0; h < 6; h++)
        {
            hidden[h] = Part("0/bias", 6)[h];
            for (var i = 0; i < x.Count; i++) hidden[h] += x[i] * Part("0/weight", 6 * x.Count)[i * 6 + h];
            hidden[h] = Math.Max(hidden[h], 0);
        }
        return Part("1/bias", 1)[0] + Enumerable.Range(0, 6).Sum(h => hidden[h] * Part("1/weight", 6)[h]);

        float[] Part(string part, int size) =>
            state[$"{name}/{part}"].Values.Slice(member * size, size).ToArray();
    }

    private static double Network(TrainingState state, string name, int member, float[] x) =>
        Network(state, name, member, [.. x.Select(v => (double)v)]);
}
