using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class PidLagrangianTests
{
    [Test]
    public void Inputs_around_the_threshold_give_the_multipliers_worked_out_by_hand()
    {
        using var team = new Team(1);
        using var state = new TrainingState();
        var pid = new PidLagrangian(state, "pid", PidGains.Usual, threshold: 1);
        var g = new GraphBuilder();
        g.Output("multiplier", pid.Multiplier(g, g.Input("cost", Shape.Scalar)) + 0f);
        using var program = Program.Compile(g, team);
        var (multipliers, sums) = (new List<float>(), new List<float>());
        foreach (var cost in new[] { 2f, 3f, 0.5f, 0.5f, 1.5f })
        {
            program.Input("cost")[0] = cost;
            program.Run(multipliers.Count);
            multipliers.Add(program.Output("multiplier")[0]);
            sums.Add(state.Arrays.Single(a => a.Name == "pid/integral").Values[0]);
        }
        Assert.Multiple(() =>
        {
            Assert.That(multipliers, Is.EqualTo(new[] { 0.104f, 0.210f, 0.0075f, 0.0060f, 0.0585f }).Within(1e-7));
            Assert.That(sums, Is.EqualTo(new[] { 1f, 3f, 2.5f, 2f, 2.5f }));
        });
    }

    [Law]
    public bool The_multiplier_is_finite_not_negative_and_never_falls_as_the_cost_rises(
        Moderate last, Scale sum, Moderate error, Fraction more)
    {
        var memory = new PidMemory((float)last.Value, (float)sum.Value);
        var (low, after) = PidLagrangian.Step(PidGains.Usual, memory, (float)error.Value);
        var (high, _) = PidLagrangian.Step(PidGains.Usual, memory, (float)(error.Value + more.Value));
        return double.IsFinite(low) && low >= 0 && high >= low && after.Integral >= 0;
    }

    [Law]
    public bool Below_the_threshold_and_not_rising_it_falls_to_nothing_and_stays_there(Sample sizes, Fraction sum)
    {
        var errors = sizes.Values.Select(v => (float)-(Math.Abs(v) + 0.1)).OrderDescending().ToList();
        errors.AddRange(Enumerable.Repeat(errors[^1], 10 + (int)(sum.Value / 0.1)));
        var memory = new PidMemory(errors[0], (float)sum.Value);
        var last = double.PositiveInfinity;
        foreach (var error in errors)
        {
            (var multiplier, memory) = PidLagrangian.Step(PidGains.Usual, memory, error);
            if (multiplier > last || multiplier != PidGains.Usual.Integral * memory.Integral) return false;
            last = multiplier;
        }
        return last == 0 && memory.Integral == 0;
    }

    [Test]
    public void A_rise_below_the_threshold_still_counts_once()
    {
        var (multiplier, _) = PidLagrangian.Step(PidGains.Usual, new PidMemory(-3, 0), -1);
        Assert.That(multiplier, Is.EqualTo(0.001 * 2).Within(1e-12));
    }

    [Law]
    public bool A_constant_excess_raises_the_multiplier_by_the_integral_gain_a_step(Scale excess)
    {
        var e = (float)(excess.Value / 1000);
        var multipliers = new List<double>();
        var memory = default(PidMemory);
        for (var k = 0; k < 20; k++)
        {
            (var multiplier, memory) = PidLagrangian.Step(PidGains.Usual, memory, e);
            multipliers.Add(multiplier);
        }
        // The first step has the rise from 0 as well.
        return Math.Abs(multipliers[0] - (0.1 + 0.003 + 0.001) * e) <= 1e-6 * e
            && Enumerable.Range(2, 18).All(k => Math.Abs(multipliers[k] - multipliers[k - 1] - 0.003 * e) <= 1e-6 * e);
    }

    [Law]
    public bool One_constant_added_to_cost_and_threshold_changes_nothing(Sample costs, Moderate shift)
    {
        return Multipliers(costs.Values, 1.25, PidGains.Usual).SequenceEqual(
            Multipliers([.. costs.Values.Select(v => v + shift.Value)], 1.25 + shift.Value, PidGains.Usual));
    }

    [Law]
    public bool The_integral_alone_is_projected_dual_ascent(Sample costs)
    {
        var (expected, rate) = (0.0, 0.03);
        return Multipliers(costs.Values, 0.5, new PidGains(0, rate, 0)).Zip(costs.Values).All(p =>
        {
            expected = Math.Max(expected + rate * (p.Second - 0.5), 0);
            return Math.Abs(p.First - expected) <= 1e-5;
        });
    }

    [TestCase(0.3)]
    [TestCase(0.7)]
    public void A_bandit_that_follows_the_multiplier_settles_at_the_limit(double limit)
    {
        // Of two actions one earns and costs 1. Gradient ascent on reward less λ cost: dw = (1 - λ) p (1 - p).
        var (w, total, memory) = (0.0, 0.0, default(PidMemory));
        const int steps = 100_000;
        for (var k = 0; k < steps; k++)
        {
            var p = 1 / (1 + Math.Exp(-w));
            total += p;
            (var multiplier, memory) = PidLagrangian.Step(PidGains.Usual, memory, (float)(p - limit));
            w += 0.05 * (1 - multiplier) * p * (1 - p);
        }
        Assert.That(total / steps, Is.EqualTo(limit).Within(0.01));
        Assert.That(0.003 * memory.Integral, Is.EqualTo(1).Within(0.02), "where the reward's slope meets the cost's");
    }

    /// <summary>By the graph, whose errors are differences in binary32: sixty-fourths and their sums are
    /// exact.</summary>
    private static List<float> Multipliers(double[] costs, double threshold, PidGains gains)
    {
        using var team = new Team(1);
        using var state = new TrainingState();
        var pid = new PidLagrangian(state, "pid", gains, threshold);
        var g = new GraphBuilder();
        g.Output("multiplier", pid.Multiplier(g, g.Input("cost", Shape.Scalar)) + 0f);
        using var program = Program.Compile(g, team);
        var multipliers = new List<float>();
        foreach (var cost in costs)
        {
            program.Input("cost")[0] = (float)cost;
            program.Run(multipliers.Count);
            multipliers.Add(program.Output("multiplier")[0]);
        }
        return multipliers;
    }
}
