using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

/// <summary>What SPI's remap does, on paths and on whole processes.</summary>
public sealed class PixelWorldTests
{
    // Sums of up to 1000 terms in another order, and gamma^n by squaring: 1e3 roundings of 1e-16.
    private const double Rounding = 1e-12;

    // Printed to 9 (the last line 5 and 6) digits; the powers and sums are remade by the very paths.
    [TestCase(0.99, 3, 0.970299, 2.9701, 1e-12)]
    [TestCase(0.99, 6, 0.941480149, 5.851985060, 5.1e-10)]
    [TestCase(0.99, 100, 0.366032341, 63.396765873, 5.1e-10)]
    [TestCase(0.9, 6, 0.531441, 4.68559, 1e-12)]
    public void The_path_into_the_trap(double gamma, int n, double cost, double safety, double printed)
    {
        var costs = new float[n + 1];
        costs[n] = 1f;
        var signal = new float[n + 1];
        new IndicatorRemap().Apply(costs, signal);
        Assert.That(PixelWorldValues.DiscountedSum(costs, gamma), Is.EqualTo(cost).Within(printed));
        Assert.That(PixelWorldValues.DiscountedSum(signal, gamma), Is.EqualTo(safety).Within(printed));
        Assert.That(PixelWorldValues.TrapCost(gamma, n), Is.EqualTo(cost).Within(printed));
        Assert.That(PixelWorldValues.TrapSafety(gamma, n), Is.EqualTo(safety).Within(printed));
    }

    [Test]
    public void A_sum_along_a_path_discounts_forwards() =>
        Assert.That(PixelWorldValues.DiscountedSum([1f, 2f, 4f], 0.5), Is.EqualTo(3.0));

    [Law]
    public bool The_closed_forms_are_the_values_of_the_remapped_path(Length n, Fraction gamma)
    {
        var costs = new float[n.Value + 1];
        costs[^1] = 1f;
        var signal = new float[costs.Length];
        new IndicatorRemap().Apply(costs, signal);
        return Near(PixelWorldValues.TrapCost(gamma.Value, n.Value), PixelWorldValues.DiscountedSum(
            costs, gamma.Value))
            && Near(
                PixelWorldValues.TrapSafety(gamma.Value, n.Value),
                PixelWorldValues.DiscountedSum(signal, gamma.Value));
    }

    [Law]
    public bool The_remap_turns_a_fading_cost_into_a_difference_amplified_by_the_horizon(
        Length n, Fraction gamma)
    {
        var lost =
            PixelWorldValues.EndlessSafety(gamma.Value) - PixelWorldValues.TrapSafety(gamma.Value, n.Value);
        var amplified = PixelWorldValues.TrapCost(gamma.Value, n.Value) / (1.0 - gamma.Value);
        return Math.Abs(lost - amplified) <= Rounding * PixelWorldValues.EndlessSafety(gamma.Value);
    }

    [Law]
    public bool Any_ended_path_forfeits_what_would_have_followed(
        Length length, Fraction gamma, Process source)
    {
        var random = new Random(source.Seed);
        var costs = Enumerable.Range(0, length.Value).Select(_ => random.Next(3) == 0 ? 1f : 0f).ToArray();
        var signal = new float[costs.Length];
        new IndicatorRemap().Apply(costs, signal);
        var closed = PixelWorldValues.SafetyOfEnded(
            gamma.Value, costs.Length - 1, PixelWorldValues.DiscountedSum(costs, gamma.Value));
        return Math.Abs(closed - PixelWorldValues.DiscountedSum(signal, gamma.Value))
            <= Rounding * PixelWorldValues.EndlessSafety(gamma.Value);
    }

    [Law]
    public bool If_the_goal_ends_the_episode_the_signal_alone_prefers_a_late_trap_to_an_early_goal(
        Length goal, Length later, Fraction gamma)
    {
        // A safe path of m steps is worth 1 + ... + gamma^(m-1), just as a path whose trap comes at index m.
        var g = 0.5 + 0.49 * gamma.Value;
        var steps = Math.Min(goal.Value, 20);
        var reached = PixelWorldValues.SafetyOfEnded(g, steps - 1, 0.0);
        return Near(reached, PixelWorldValues.TrapSafety(g, steps))
            && PixelWorldValues.TrapSafety(g, steps + Math.Min(later.Value, 20)) > reached;
    }

    [Law]
    public bool Where_nothing_ends_the_remap_is_an_affine_map_with_the_same_best_policies(Process p)
    {
        var remap = new IndicatorRemap();
        var (states, actions) = (p.Mdp.States, p.Mdp.Actions);
        var cost = new double[states, actions];
        var safety = new double[states, actions];
        for (var s = 0; s < states; s++)
        {
            for (var a = 0; a < actions; a++)
            {
                cost[s, a] = p.Mdp.Cost[s, a] > 0.5 ? 1.0 : 0.0;
                safety[s, a] = remap.Safety(cost[s, a]);
            }
        }
        var q = PolicyEvaluation.ActionValue(p.Mdp, p.Policy, cost);
        var remapped = PolicyEvaluation.ActionValue(p.Mdp, p.Policy, safety);
        var endless = PixelWorldValues.EndlessSafety(p.Mdp.Discount);
        return Enumerable.Range(0, states).All(s =>
        {
            var row = Enumerable.Range(0, actions).ToArray();
            var least = row.MinBy(a => q[s, a]);
            var most = row.MaxBy(a => remapped[s, a]);
            return row.All(a => Math.Abs(q[s, a] + remapped[s, a] - endless) <= 1e-11)
                && Math.Abs(q[s, least] - q[s, most]) <= 1e-11; // equal but for ties
        });
    }

    [Test]
    public void Discounts_and_steps_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelWorldValues.TrapCost(1.0, 3));
        Assert.Throws<ArgumentOutOfRangeException>(() => PixelWorldValues.TrapSafety(0.9, -1));
    }

    private static bool Near(double actual, double expected) =>
        Math.Abs(actual - expected) <= Rounding * Math.Abs(expected) + 1e-300; // gamma^n may be subnormal
}
