using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class ExpectileTests
{
    // Numbers up to 1e4 after scaling, a dozen roundings.
    private const double Rounding = 1e-11;

    [TestCase(0.1, 1.05)]
    [TestCase(0.5, 3.25)]
    [TestCase(0.7, 4.9375)]
    [TestCase(0.9, 7.75)]
    [TestCase(0.99, 9.735294118)]
    public void The_expectiles_of_0_1_2_10(double tau, double golden)
    {
        // Bisection of the first-order condition, as independent a way as there is.
        double[] x = [10, 0, 2, 1];
        double low = 0.0, high = 10.0;
        for (var i = 0; i < 200; i++)
        {
            var e = (low + high) / 2.0;
            var tooLow = tau * x.Sum(v => Math.Max(v - e, 0)) > (1.0 - tau) * x.Sum(v => Math.Max(e - v, 0));
            (low, high) = tooLow ? (e, high) : (low, e);
        }
        Assert.That(low, Is.EqualTo(golden).Within(5.1e-10));
        Assert.That(Expectile.Of(x, tau), Is.EqualTo(low).Within(1e-13));
    }

    [Law]
    public bool At_one_half_the_loss_is_half_the_square(Moderate u) =>
        Expectile.Loss(u.Value, 0.5) == 0.5 * u.Value * u.Value && Expectile.Slope(u.Value, 0.5) == u.Value;

    [Law]
    public bool The_loss_mirrors_with_the_expectile_and_is_nowhere_negative(Moderate u, Fraction tau)
    {
        var mirrored = Expectile.Loss(-u.Value, 1.0 - tau.Value);
        var loss = Expectile.Loss(u.Value, tau.Value);
        return loss >= 0.0 && (loss > 0.0 || u.Value == 0.0)
            && Math.Abs(loss - mirrored) <= 1e-13 * (1.0 + loss);
    }

    [Law]
    public bool Too_low_a_prediction_costs_tau_and_too_high_a_one_the_rest(Scale u, Fraction tau) =>
        Expectile.Loss(u.Value, tau.Value) == tau.Value * u.Value * u.Value
        && Expectile.Loss(-u.Value, tau.Value) == (1.0 - tau.Value) * u.Value * u.Value;

    [Law]
    public bool The_loss_is_convex(Moderate u, Moderate v, Fraction mix, Fraction tau)
    {
        var between = mix.Value * u.Value + (1.0 - mix.Value) * v.Value;
        var chord = mix.Value * Expectile.Loss(u.Value, tau.Value) + (1.0 - mix.Value) * Expectile.Loss(
            v.Value, tau.Value);
        return Expectile.Loss(between, tau.Value) <= chord + 1e-12 * (1.0 + chord);
    }

    [Law]
    public bool The_slope_is_the_derivative_and_has_no_jump_at_0(Moderate u, Fraction tau)
    {
        // Away from 0 by at least 1/64 the loss is a parabola on the stencil, so the central difference is
        // exact.
        const double h = 1.0 / 128;
        var difference =
            (Expectile.Loss(u.Value + h, tau.Value) - Expectile.Loss(u.Value - h, tau.Value)) / (2.0 * h);
        var smooth = u.Value == 0.0 || Math.Abs(difference - Expectile.Slope(u.Value, tau.Value)) <= 1e-9;
        return smooth
            && Math.Abs(Expectile.Slope(1e-12, tau.Value) - Expectile.Slope(-1e-12, tau.Value)) <= 2.1e-12
            && Expectile.Slope(0.0, tau.Value) == 0.0;
    }

    [Law]
    public bool It_balances_the_weighted_excesses(Sample sample, Fraction tau)
    {
        var e = Expectile.Of(sample.Values, tau.Value);
        var above = tau.Value * sample.Values.Sum(x => Math.Max(x - e, 0.0));
        var below = (1.0 - tau.Value) * sample.Values.Sum(x => Math.Max(e - x, 0.0));
        return Math.Abs(above - below) <= Rounding;
    }

    [Law]
    public bool It_lies_within_the_sample_and_rises_with_tau(Sample sample, Fraction one, Fraction two)
    {
        var low = Expectile.Of(sample.Values, Math.Min(one.Value, two.Value));
        var high = Expectile.Of(sample.Values, Math.Max(one.Value, two.Value));
        return low <= high + Rounding && low >= sample.Values.Min() - Rounding
            && high <= sample.Values.Max() + Rounding;
    }

    [Law]
    public bool It_runs_from_the_smallest_to_the_largest(Sample sample)
    {
        // Short of the end by at most (1 - tau)/tau times the sum of at most 9 distances of at most 20.
        const double end = 1e-9;
        return Math.Abs(Expectile.Of(sample.Values, 1.0 - end) - sample.Values.Max()) <= 200.0 * end
            && Math.Abs(Expectile.Of(sample.Values, end) - sample.Values.Min()) <= 200.0 * end
            && Math.Abs(Expectile.Of(sample.Values, 0.5) - sample.Values.Average()) <= Rounding;
    }

    [Law]
    public bool It_follows_affine_maps(Sample sample, Scale a, Moderate b, Fraction tau)
    {
        var up = sample.Values.Select(x => a.Value * x + b.Value).ToArray();
        var down = sample.Values.Select(x => -a.Value * x + b.Value).ToArray();
        var e = Expectile.Of(sample.Values, tau.Value);
        return Math.Abs(Expectile.Of(up, tau.Value) - (a.Value * e + b.Value)) <= Rounding * (1.0 + a.Value)
            && Math.Abs(Expectile.Of(down, 1.0 - tau.Value) - (-a.Value * e + b.Value))
                <= Rounding * (1.0 + a.Value);
    }

    [Law]
    public bool Of_two_points_it_is_the_tilted_probability(Fraction p, Fraction tau)
    {
        var e = Expectile.Of([0.0, 1.0], [1.0 - p.Value, p.Value], tau.Value);
        var tilted = tau.Value * p.Value;
        return Math.Abs(e - tilted / (tilted + (1.0 - tau.Value) * (1.0 - p.Value))) <= 1e-14;
    }

    [Law]
    public bool A_weight_is_a_multiplicity(Sample sample, Fraction tau)
    {
        var weights = sample.Values.Select((_, i) => (double)(i % 3)).ToArray();
        var repeated = sample.Values.SelectMany((x, i) => Enumerable.Repeat(x, i % 3)).ToArray();
        return repeated.Length == 0
            || Math.Abs(Expectile.Of(sample.Values, weights, tau.Value) - Expectile.Of(repeated, tau.Value))
                <= Rounding;
    }

    [Law(MaxTest = 30)]
    public bool The_table_of_values_solves_its_equation_and_rises_with_tau(
        Process p, Fraction one, Fraction two)
    {
        var (low, high) =
            (0.05 + 0.9 * Math.Min(one.Value, two.Value), 0.05 + 0.9 * Math.Max(one.Value, two.Value));
        var values = Expectile.Values(p.Mdp, p.Behaviour, p.Mdp.Reward, low);
        var higher = Expectile.Values(p.Mdp, p.Behaviour, p.Mdp.Reward, high);
        var optimal = PolicyEvaluation.Optimal(p.Mdp, p.Mdp.Reward);
        var q = p.Mdp.Backup(p.Mdp.Reward, values);
        return Enumerable.Range(0, p.Mdp.States).All(s =>
        {
            var slope = Enumerable.Range(0, p.Mdp.Actions)
                .Sum(a => p.Behaviour[s, a] * Expectile.Slope(q[s, a] - values[s], low));
            return Math.Abs(slope) <= 1e-10 && values[s] <= higher[s] + 1e-10
                && higher[s] <= optimal[s] + 1e-10;
        });
    }

    [Test]
    public void What_has_no_expectile_is_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Expectile.Of([1.0], 0.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Expectile.Loss(1.0, 1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => Expectile.Loss(1.0, double.NaN));
        Assert.Throws<ArgumentException>(() => Expectile.Of([], 0.5));
        Assert.Throws<ArgumentException>(() => Expectile.Of([1.0], [0.0], 0.5));
        Assert.Throws<ArgumentException>(() => Expectile.Of([1.0, 2.0], [2.0, -1.0], 0.5));
        Assert.Throws<ArgumentException>(() => Expectile.Of([1.0, double.NaN], [1.0, 1.0], 0.5));
        Assert.Throws<ArgumentException>(() => Expectile.Of([1.0, 2.0], [1.0], 0.5));
    }
}
