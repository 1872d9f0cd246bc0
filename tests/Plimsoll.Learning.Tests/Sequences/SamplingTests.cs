using NUnit.Framework;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>Which windows training sees.</summary>
public sealed class SamplingTests
{
    [Law]
    public bool Chances_add_up_to_one_and_no_number_is_left_over(Sample weights)
    {
        double[] positive = [.. weights.Values.Select(Math.Abs), 1];
        var choice = new WeightedChoice(positive);
        // The share of numbers below a threshold is its cumulative probability.
        var sum = 0.0;
        var total = positive.Sum();
        for (var i = 0; i < positive.Length; i++)
        {
            sum += positive[i];
            var below = sum / total * WeightedChoice.Numbers;
            var last = (int)Math.Min(Math.Floor(below) - 2, WeightedChoice.Numbers - 1);
            var next = (int)Math.Min(Math.Ceiling(below) + 2, WeightedChoice.Numbers - 1);
            if (positive[i] > 0 && last >= 0 && choice.Of(last) > i) return false;
            if (below + 3 < WeightedChoice.Numbers && choice.Of(next) <= i) return false;
        }
        return choice.Of(0) == Array.FindIndex(positive, w => w > 0)
            && choice.Of(WeightedChoice.Numbers - 1) == positive.Length - 1;
    }

    [Test]
    public void A_weight_of_nothing_is_never_drawn()
    {
        var choice = new WeightedChoice([0, 2, 0, 0, 1, 0]);
        var seen = new HashSet<int>();
        for (var number = 0L; number < WeightedChoice.Numbers; number += 99_991) seen.Add(choice.Of((int)number));
        seen.Add(choice.Of(0));
        seen.Add(choice.Of(WeightedChoice.Numbers - 1));
        Assert.That(seen, Is.EquivalentTo(new[] { 1, 4 }));
    }

    [TestCase(new double[0])]
    [TestCase(new[] { 0.0, 0.0 })]
    [TestCase(new[] { 1.0, -1.0 })]
    [TestCase(new[] { double.NaN })]
    [TestCase(new[] { double.PositiveInfinity })]
    public void Weights_that_give_no_chances_are_refused(double[] weights) =>
        Assert.That(() => new WeightedChoice(weights), Throws.ArgumentException);

    [Test]
    public void Published_weights_fall_in_a_line_and_are_nothing_from_seventy_on() =>
        Assert.That(
            TrajectoryWeights.Published([0, 10, 69.5, 70, 80]), Is.EqualTo(new[] { 70, 60, 0.5, 0, 0 }));

    [Law]
    public bool Weights_by_inverse_cost_draw_every_cost_cheap_ones_more_often_in_any_unit(Sample sample, Scale unit)
    {
        double[] costs = [.. sample.Values.Select(Math.Abs)];
        var weights = TrajectoryWeights.Inverse(costs);
        var scaled = TrajectoryWeights.Inverse([.. costs.Select(c => c * unit.Value)]);
        var (sum, scaledSum) = (weights.Sum(), scaled.Sum());
        var ratio = weights.Max() / weights.Min();
        return weights.All(w => w > 0) && ratio <= 11 + 1e-9
            && Enumerable.Range(0, costs.Length).All(i =>
                Math.Abs(weights[i] / sum - scaled[i] / scaledSum) < 1e-12
                && Enumerable.Range(0, costs.Length).All(k => costs[i] < costs[k] == weights[i] > weights[k]));
    }

    /// <summary>A window of one step: the trajectory is told by its return, the start by the time.</summary>
    [Test]
    public void Trajectories_come_by_their_weights_and_starts_evenly()
    {
        int[] lengths = [1, 5, 40, 3];
        double[] weights = [1, 2, 4, 0];
        using var data = Episodes.Of(lengths, (e, t) => 0, (e, t) => 0);
        // Labels tell the trajectories apart.
        LabelledTrajectory[] labels = [.. lengths.Select((_, e) => new LabelledTrajectory(e, 100 + e, 0))];
        var sampler = new WindowSampler(
            data, labels, weights, new SequenceScales(1, 1, 0), 500, 1, 0, RandomRoot.Of(8, "test"));
        var g = new GraphBuilder();
        var window = sampler.Declare(g, out var costly);
        g.Output("return", window.ReturnToGo);
        g.Output("time", window.Time);
        // A sampler fills all that it has declared.
        g.Output("cost", window.CostToGo + window.Mask! + costly);
        g.Output("observation", window.Observation);
        g.Output("action", window.Action);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        var counts = new double[4];
        var starts = lengths.Select(length => new double[length]).ToArray();
        const int steps = 40;
        for (var step = 0; step < steps; step++)
        {
            sampler.Fill(program, step);
            program.Run(step);
            for (var b = 0; b < 500; b++)
            {
                var e = (int)program.Output("return")[b] - 100;
                counts[e]++;
                starts[e][(int)program.Output("time")[b]]++;
            }
        }
        var total = steps * 500.0;
        Assert.Multiple(() =>
        {
            Assert.That(counts[3], Is.Zero, "a weight of nothing");
            // 0.999 quantiles of chi-square with 2, 4 and 39 degrees of freedom.
            Assert.That(ChiSquare(counts[..3], [.. weights[..3].Select(w => w / 7 * total)]), Is.LessThan(13.82));
            Assert.That(ChiSquare(starts[1], [.. starts[1].Select(_ => counts[1] / 5)]), Is.LessThan(18.47));
            Assert.That(ChiSquare(starts[2], [.. starts[2].Select(_ => counts[2] / 40)]), Is.LessThan(72.05));
        });
    }

    private static double ChiSquare(double[] seen, double[] expected) =>
        seen.Zip(expected, (o, e) => (o - e) * (o - e) / e).Sum();
}
