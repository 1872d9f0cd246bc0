using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>CPQ's terms against the same sums in binary64.</summary>
public sealed class PenalisedTermsTests
{
    [Law]
    public bool Below_the_threshold_backup_and_policy_are_ordinary(Sample reward)
    {
        using var c = new Calculation();
        var (r, cost) = (c.Batch(reward.Values), c.Batch([.. reward.Values.Select(_ => 3.0)]));
        var loss = PenalisedTerms.ActorLoss(c.Graph, r, cost, 3);
        return c.Value(PenalisedTerms.NextValue(c.Graph, r, cost, 3)).SequenceEqual(Floats(reward.Values))
            && Math.Abs(c.Value(loss)[0] + reward.Values.Average()) <= 1e-5
            && c.Slope(loss, r).All(slope => slope == -1f / reward.Values.Length);
    }

    [Law]
    public bool Above_the_threshold_nothing_of_the_reward_is_left(Sample reward)
    {
        using var c = new Calculation();
        var (r, cost) = (c.Batch(reward.Values), c.Batch([.. reward.Values.Select(_ => 3.001)]));
        return c.Value(PenalisedTerms.NextValue(c.Graph, r, cost, 3)).All(value => value == 0)
            && c.Slope(PenalisedTerms.ActorLoss(c.Graph, r, cost, 3), r).All(slope => slope == 0);
    }

    [Law]
    public bool The_actors_loss_carries_no_gradient_of_the_cost(Sample reward, Sample cost)
    {
        using var c = new Calculation();
        var n = Math.Min(reward.Values.Length, cost.Values.Length);
        var (r, q) = (c.Batch(reward.Values[..n]), c.Batch(cost.Values[..n]));
        var loss = PenalisedTerms.ActorLoss(c.Graph, r, q, 0.5);
        var expected = Enumerable.Range(0, n).Select(i => cost.Values[i] <= 0.5 ? -1f / n : 0f);
        return c.Slope(loss, r).SequenceEqual(expected) && c.Slope(loss, q).All(slope => slope == 0);
    }

    [Law]
    public bool The_backup_of_a_value_that_is_not_negative_never_exceeds_the_ordinary_one(
        Sample reward, Moderate threshold)
    {
        using var c = new Calculation();
        double[] values = [.. reward.Values.Select(Math.Abs)];
        var costs = c.Batch([.. reward.Values.Reverse()]);
        var backup = c.Value(PenalisedTerms.NextValue(c.Graph, c.Batch(values), costs, threshold.Value));
        return backup.Zip(values).All(p => p.First <= p.Second);
    }

    [TestCase(5120, 0.75, 1280)]
    [TestCase(100, 0.75, 25)]
    [TestCase(101, 0.75, 26)]
    [TestCase(1, 0.75, 1)]
    [TestCase(40, 0.9, 4)]
    public void The_share_of_strange_actions_is_the_quantiles(int count, double quantile, int expected)
    {
        using var c = new Calculation();
        var random = new Random(count);
        var distances = Enumerable.Range(0, count).Select(_ => random.NextDouble()).ToArray();
        var mask = c.Value(PenalisedTerms.Strange(c.Graph, c.Batch(distances), quantile));
        Assert.That(mask.Sum(), Is.EqualTo(expected));
        var edge = distances.Order().ElementAt(count - expected);
        Assert.That(mask, Is.EqualTo(distances.Select(d => d >= edge ? 1f : 0f)));
    }

    [Law]
    public bool Descent_on_the_penalty_raises_the_cost_of_strange_actions_alone(Sample cost, Fraction weight)
    {
        using var c = new Calculation();
        var n = cost.Values.Length;
        var mask = c.Batch([.. Enumerable.Range(0, n).Select(i => i % 3 == 0 ? 1.0 : 0.0)]);
        var values = c.Given([.. cost.Values, .. cost.Values.Reverse()], new Axis("E", 2), new Axis("B", n));
        var strange = PenalisedTerms.StrangeCost(c.Graph, mask, values);
        var slope = c.Slope((strange - 7f) * -(float)weight.Value, values);
        var expected = Enumerable.Range(0, n)
            .Sum(i => i % 3 == 0 ? cost.Values[i] + cost.Values[n - 1 - i] : 0) / (2 * n);
        return Math.Abs(c.Value(strange)[0] - expected) <= 1e-5
            && Enumerable.Range(0, 2 * n).All(i => i % n % 3 == 0
                ? slope[i] < 0 && Math.Abs(slope[i] + weight.Value / (2 * n)) <= 1e-7
                : slope[i] == 0);
    }

    [Law]
    public bool Distances_are_not_negative_and_do_not_see_the_order_of_the_code(Sample mean, Sample log)
    {
        using var c = new Calculation();
        var n = Math.Min(mean.Values.Length, log.Values.Length);
        double[] m = mean.Values[..n], l = [.. log.Values[..n].Select(v => v / 4)];
        double At(double[] means, double[] logs) => c.Value(PenalisedTerms.Distance(c.Graph, Code(c, means, logs)))[0];
        var reference = Enumerable.Range(0, n).Average(i => 0.5 * (m[i] * m[i] + Math.Exp(2 * l[i]) - 1 - 2 * l[i]));
        var distance = At(m, l);
        return distance >= -1e-6 && Math.Abs(distance - reference) <= 2e-6 * (1 + reference)
            && Math.Abs(distance - At([.. m.Reverse()], [.. l.Reverse()])) <= 1e-6 * (1 + distance);
    }

    [Test]
    public void A_code_is_at_distance_nothing_if_and_only_if_it_is_the_prior()
    {
        using var c = new Calculation();
        double At(double mean, double log) =>
            c.Value(PenalisedTerms.Distance(c.Graph, Code(c, [mean, 0], [log, 0])))[0];
        Assert.Multiple(() =>
        {
            Assert.That(At(0, 0), Is.Zero);
            Assert.That(At(0.01, 0), Is.GreaterThan(1e-5));
            Assert.That(At(0, 0.01), Is.GreaterThan(1e-5));
            Assert.That(At(0, -0.01), Is.GreaterThan(1e-5));
        });
    }

    private static DiagonalGaussian Code(Calculation c, double[] mean, double[] log) => new(
        c.Given(mean, new Axis("B", 1), new Axis("Z", mean.Length)),
        c.Given(log, new Axis("B", 1), new Axis("Z", log.Length)));

    private static IEnumerable<float> Floats(double[] values) => values.Select(v => (float)v);
}
