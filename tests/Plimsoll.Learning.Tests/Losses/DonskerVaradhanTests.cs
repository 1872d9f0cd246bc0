using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Tests.Losses;

public sealed class DonskerVaradhanTests
{
    [Law]
    public bool The_bound_sees_no_constant_and_is_zero_for_one(Sample x, Sample y, Moderate shift)
    {
        using var c = new Calculation();
        float Bound(double[] p, double[] q) =>
            c.Value(DonskerVaradhan.Bound(c.Graph, c.Batch(p), c.Batch(q)))[0];
        var moved = Bound(
            [.. x.Values.Select(v => v + shift.Value)], [.. y.Values.Select(v => v + shift.Value)]);
        return Math.Abs(Bound(x.Values, y.Values) - moved) <= 1e-5
            && Math.Abs(Bound([shift.Value, shift.Value], [shift.Value])) <= 2e-6;
    }

    [Law]
    public bool Tilted_weights_are_a_distribution_and_their_divergence_is_at_most_log_n(Sample x, Scale tau)
    {
        using var c = new Calculation();
        var tilted = DonskerVaradhan.Tilt(c.Graph, c.Batch(x.Values), c.Graph.Constant((float)tau.Value));
        var (weights, divergence) = (c.Value(tilted.Weights), c.Value(tilted.Divergence)[0]);
        var rounding = 1e-6 * (1 + x.Values.Max(Math.Abs) / tau.Value);
        return weights.All(w => w >= 0) && Math.Abs(weights.Sum(w => (double)w) - 1) <= 1e-6
            && divergence >= -rounding && divergence <= Math.Log(weights.Length) + rounding;
    }

    [Law]
    public bool The_worst_case_is_the_tilted_mean_where_the_radius_is_the_divergence(Sample x)
    {
        using var c = new Calculation();
        var values = c.Batch(x.Values);
        var temperature = c.Graph.Constant(2f);
        var tilted = DonskerVaradhan.Tilt(c.Graph, values, temperature);
        var (weights, divergence) = (c.Value(tilted.Weights), c.Value(tilted.Divergence)[0]);
        var mean = weights.Zip(x.Values).Sum(p => p.First * p.Second);
        var worst = c.Value(
            DonskerVaradhan.WorstCase(c.Graph, values, temperature, Math.Max(divergence, 0)))[0];
        return Math.Abs(worst - mean) <= 2e-5;
    }

    [Law]
    public bool The_worst_cases_gradients_are_the_weights_and_what_is_left_of_the_radius(Sample x)
    {
        using var c = new Calculation();
        var values = c.Batch(x.Values);
        var temperature = c.Given([3]);
        var worst = DonskerVaradhan.WorstCase(c.Graph, values, temperature, 0.25f);
        var tilted = DonskerVaradhan.Tilt(c.Graph, values, temperature);
        var divergence = c.Value(tilted.Divergence)[0];
        return c.Slope(worst, values).Zip(c.Value(tilted.Weights)).All(
            p => Math.Abs(p.First - p.Second) <= 1e-6)
            && Math.Abs(c.Slope(worst, temperature)[0] - (0.25 - divergence)) <= 2e-5;
    }

    [Test]
    public void Large_values_do_not_overflow()
    {
        using var c = new Calculation();
        Assert.That(
            c.Value(DonskerVaradhan.Bound(c.Graph, c.Batch(0, 0), c.Batch(1000, 1000)))[0],
            Is.EqualTo(-1000f).Within(1e-3f));
    }
}
