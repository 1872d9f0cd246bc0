using NUnit.Framework;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Clipped steps and running averages.</summary>
public sealed class DescentTests
{
    [Law]
    public bool A_clipped_gradient_has_at_most_the_limits_norm_and_a_short_one_is_left_alone(
        Sample slope, Scale limit)
    {
        using var c = new Calculation();
        var x = c.Batch(slope.Values);
        var factor = c.Value(c.Graph.ClipFactor([x], (float)limit.Value))[0];
        var norm = Math.Sqrt(slope.Values.Sum(v => v * v));
        return norm <= limit.Value * (1 - 1e-6) - 1e-6
            ? factor == 1f
            : Math.Abs(factor * norm - Math.Min(norm, limit.Value)) <= 2e-6 * (1 + limit.Value);
    }

    [Test]
    public void A_clipped_step_sees_the_norm_over_all_parameters()
    {
        using var state = new TrainingState();
        var (x, y) = (state.Add("x", Shape.Scalar), state.Add("y", Shape.Scalar));
        var g = new GraphBuilder();
        // The gradient (30, 40) has norm 50; AdamW's first step is ± the rate whatever the scale, so moments
        // tell.
        var optimiser = new AdamOptimiser(state, "adam", [x, y]);
        g.Record(
            "factor", g.MinimiseClipped(optimiser, g.Read(x) * 30f + g.Read(y) * 40f, g.Constant(0.1f), 5f));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(program.Metric("factor"), Is.EqualTo(0.1f).Within(1e-7f));
        Assert.That(optimiser.FirstMoments[0].Values[0], Is.EqualTo(0.1f * 3f).Within(1e-6f));
        Assert.That(optimiser.FirstMoments[1].Values[0], Is.EqualTo(0.1f * 4f).Within(1e-6f));
    }

    [TestCase(0, 0f)]
    [TestCase(999, 0f)]
    [TestCase(1000, 0.005f)]
    [TestCase(1001, 0f)]
    [TestCase(1005, 0.005f)]
    public void An_average_is_due_every_few_steps_from_its_start(long step, float rate) =>
        Assert.That(new ExponentialAverage(0.995, 1000, 5).RateAt(step), Is.EqualTo(rate));

    [TestCase(0, 1, 0)]
    [TestCase(0, 5, 0)]
    [TestCase(1000, 5, 1000)]
    [TestCase(1001, 5, 1005)]
    [TestCase(1, 1000, 1000)]
    public void An_average_first_moves_at_the_first_multiple_from_its_start_on(long start, long every, long first)
    {
        var average = new ExponentialAverage(0.9, start, every);
        Assert.That(average.First, Is.EqualTo(first));
        Assert.That(Enumerable.Range(0, 2000).First(step => average.RateAt(step) > 0), Is.EqualTo(first));
    }

    [Test]
    public void An_average_of_a_constant_comes_geometrically_near()
    {
        using var state = new TrainingState();
        var (source, average) = (state.Add("p", Shape.Scalar), state.Add("ema", Shape.Scalar));
        source.Values[0] = 1;
        var g = new GraphBuilder();
        new ExponentialAverage(0.9).Update(g, "ema", [average], [source]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0, 20);
        Assert.That(average.Values[0], Is.EqualTo(1 - Math.Pow(0.9, 20)).Within(1e-6));
    }
}
