using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Losses;

/// <summary>Expectile, quantile and Huber losses against binary64 and against what they are for.</summary>
public sealed class RobustLossTests
{
    [Law]
    public bool The_expectile_loss_is_an_asymmetric_square(Sample sample, Fraction tau)
    {
        using var c = new Calculation();
        var losses = c.Value(ExpectileLoss.Of(c.Graph, c.Batch(sample.Values), (float)tau.Value));
        return sample.Values.Zip(losses).All(p =>
        {
            var expected = (p.First < 0 ? 1 - tau.Value : tau.Value) * p.First * p.First;
            // τ rounded to binary32 and 1 - 2τ + τ: half an ulp of 1 in the weight.
            return Math.Abs(p.Second - expected) <= 2e-7 * p.First * p.First;
        });
    }

    [Law]
    public bool The_expectile_loss_is_at_rest_at_the_expectile(Sample sample, Fraction tau)
    {
        using var c = new Calculation();
        var expectile = Expectile.Of(sample.Values, tau.Value);
        var slope = c.Slope(
            ExpectileLoss.Of(
                c.Graph, c.Batch([.. sample.Values.Select(x => x - expectile)]), (float)tau.Value),
            c.Graph.Read(c.State["given 0"]));
        return Math.Abs(slope.Sum(x => (double)x)) <= 1e-4;
    }

    [Law]
    public bool The_quantile_loss_weighs_both_sides(Sample sample, Fraction tau)
    {
        using var c = new Calculation();
        var losses = c.Value(QuantileLoss.Of(c.Graph, c.Batch(sample.Values), (float)tau.Value));
        return sample.Values.Zip(losses).All(p =>
            p.Second >= 0
            && Math.Abs(p.Second - p.First * (tau.Value - (p.First < 0 ? 1 : 0)))
                <= 2e-7 * Math.Abs(p.First));
    }

    [Law]
    public bool The_quantile_loss_is_least_at_the_quantile(Sample sample, Fraction tau)
    {
        using var c = new Calculation();
        var sorted = sample.Values.Order().ToArray();
        var quantile = sorted[Math.Min((int)(tau.Value * sorted.Length), sorted.Length - 1)];
        double LossAt(double q) => c.Value(
            c.Graph.Sum(
                QuantileLoss.Of(c.Graph, c.Batch([.. sorted.Select(x => x - q)]), (float)tau.Value)))[0];
        var least = LossAt(quantile);
        return sorted.All(q => least <= LossAt(q) + 1e-5) && least <= LossAt(quantile + 0.125) + 1e-5;
    }

    [Law]
    public bool Hubers_loss_is_a_square_inside_and_a_line_outside(Sample sample, Fraction delta)
    {
        using var c = new Calculation();
        var d = 4 * delta.Value;
        var u = c.Batch(sample.Values);
        var loss = HuberLoss.Of(c.Graph, u, (float)d);
        var (values, slopes) = (c.Value(loss), c.Slope(loss, u));
        return Enumerable.Range(0, values.Length).All(i =>
        {
            var x = sample.Values[i];
            var expected = Math.Abs(x) <= d ? 0.5 * x * x : d * (Math.Abs(x) - 0.5 * d);
            return Math.Abs(values[i] - expected) <= 1e-6 * (1 + expected)
                && Math.Abs(slopes[i] - Math.Clamp(x, -d, d)) <= 1e-6 * (1 + d);
        });
    }

    [Law]
    public bool A_tau_of_one_half_gives_half_the_square_and_half_the_distance(Sample sample)
    {
        using var c = new Calculation();
        var u = c.Batch(sample.Values);
        return c.Value(ExpectileLoss.Of(c.Graph, u, 0.5f)).Zip(sample.Values).All(
            p => p.First == (float)(0.5 * p.Second * p.Second))
            && c.Value(QuantileLoss.Of(c.Graph, u, 0.5f)).Zip(sample.Values).All(
                p => p.First == (float)(0.5 * Math.Abs(p.Second)));
    }
}
