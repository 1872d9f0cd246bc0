using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>The Lagrangian loss and the look ahead of BCQ-Lag and BEAR-Lag.</summary>
public sealed class ConstrainedLossTests
{
    [Law]
    public bool The_loss_and_its_gradient_are_the_closed_form(
        Sample reward, Sample cost, Fraction scale, Moderate threshold)
    {
        using var c = new Calculation();
        var (n, lambda) = (Math.Min(reward.Values.Length, cost.Values.Length), (double)(float)(3 * scale.Value));
        double[] r = reward.Values[..n], q = cost.Values[..n];
        var (rewards, costs, multiplier) = (c.Batch(r), c.Batch(q), c.Given([lambda]));
        var loss = ConstrainedLoss.Of(c.Graph, rewards, costs, multiplier, threshold.Value, false);
        return Math.Abs(c.Value(loss)[0] - (-r.Average() + lambda * (q.Average() - threshold.Value))) <= 2e-4
            && c.Slope(loss, costs).All(slope => Math.Abs(slope - lambda / n) <= 1e-6)
            && c.Slope(loss, rewards).All(slope => slope == -1f / n)
            && c.Slope(loss, multiplier)[0] == 0;
    }

    [Law]
    public bool The_threshold_shifts_the_loss_and_leaves_its_gradient(Sample cost, Moderate threshold)
    {
        using var c = new Calculation();
        var (costs, multiplier) = (c.Batch(cost.Values), c.Given([0.5]));
        Node Loss(double at) => ConstrainedLoss.Of(c.Graph, costs, costs, multiplier, at, false);
        return Math.Abs(c.Value(Loss(0))[0] - c.Value(Loss(threshold.Value))[0] - 0.5 * threshold.Value) <= 1e-5
            && c.Slope(Loss(0), costs).SequenceEqual(c.Slope(Loss(threshold.Value), costs));
    }

    [Law]
    public bool A_normalised_loss_is_bounded_and_with_a_large_multiplier_the_costs_alone(
        Sample reward, Sample cost, Scale multiplier)
    {
        using var c = new Calculation();
        var n = Math.Min(reward.Values.Length, cost.Values.Length);
        var (r, q) = (reward.Values[..n].Average(), cost.Values[..n].Average());
        var (rewards, costs) = (c.Batch(reward.Values[..n]), c.Batch(cost.Values[..n]));
        Node Loss(double lambda) => ConstrainedLoss.Of(c.Graph, rewards, costs, c.Given([lambda]), 0, true);
        var loss = c.Value(Loss(multiplier.Value))[0];
        return Math.Abs(loss) <= Math.Max(Math.Abs(r), Math.Abs(q)) + 1e-5
            && Math.Abs(loss - (multiplier.Value * q - r) / (1 + multiplier.Value)) <= 1e-4
            && Math.Abs(c.Value(Loss(1e7))[0] - q) <= 1e-4
            && c.Slope(Loss(1e7), rewards).All(slope => Math.Abs(slope) <= 1e-6);
    }

    [Test]
    public void Without_a_multiplier_the_actors_gradient_is_the_rewards_whatever_the_cost_critic()
    {
        using var c = new Calculation();
        var s = c.Given([0.1, -0.4, 0.9], new Axis("B", 3), new Axis("S", 1));
        var a = c.Given([0.3, -0.2, 0.7], new Axis("B", 3), new Axis("A", 1));
        var reward = Made(c, "reward", 2);
        float[] Gradient(Critic cost, double lambda) => c.Slope(
            ConstrainedLoss.Of(c.Graph, Value(reward), Value(cost), c.Given([lambda]), 1, false), a);
        Node Value(Critic critic) => c.Graph.MinLeading(Critic.Values(c.Graph, critic.Online, a, s));
        var (one, other) = (Made(c, "one", 3), Made(c, "other", 4));
        Assert.That(Gradient(one, 0), Is.EqualTo(Gradient(other, 0)));
        Assert.That(Gradient(one, 0), Has.Some.Not.Zero);
        Assert.That(Gradient(one, 1), Is.Not.EqualTo(Gradient(other, 1)));
    }

    [TestCase(MemberBound.Smallest)]
    [TestCase(MemberBound.Largest)]
    public void More_actions_never_lower_what_lies_ahead(MemberBound bound)
    {
        using var c = new Calculation();
        var critic = Made(c, "critic", 7);
        var random = new Random(1);
        var (b, s) = (new Axis("B", 6), Enumerable.Range(0, 6).Select(_ => random.NextDouble()).ToArray());
        var a = Enumerable.Range(0, 30).Select(_ => 2 * random.NextDouble() - 1).ToArray();
        float[] Ahead(int from, int count)
        {
            var draws = new Axis("M", count);
            var observation = c.Given(s, b, new Axis("S", 1));
            var actions = c.Given(a[(6 * from)..(6 * (from + count))], new Axis("B", 6 * count), new Axis("A", 1));
            return c.Value(RepeatedTargets.Largest(
                c.Graph, critic.Target, Repeated.States(c.Graph, observation, draws), actions, draws, b, bound, 0.75));
        }
        var (all, first, last) = (Ahead(0, 5), Ahead(0, 3), Ahead(3, 2));
        // Every row's largest is that of one of the parts: none is lost, none is added.
        Assert.That(all, Is.EqualTo(first.Zip(last, Math.Max)));
        Assert.That(all.Zip(first), Has.Some.Matches<(float, float)>(p => p.Item1 > p.Item2));
    }

    private static Critic Made(Calculation c, string name, int seed) => Critic.Create(
        c.State, name, 1, 1, [8], 4, RandomRoot.Of(seed, "test"), Initialisation.TorchLinear);
}
