using NUnit.Framework;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Networks;

public sealed class TanhGaussianTests
{
    [Test]
    public void The_slope_correction_is_within_its_bound_up_to_ten()
    {
        using var c = new Calculation();
        var u = Enumerable.Range(-4000, 8001).Select(i => (double)(float)(i / 400.0)).ToArray();
        var values = c.Value(TanhGaussian.LogSlope(c.Graph, c.Batch(u)));
        for (var i = 0; i < u.Length; i++)
            Assert.That(values[i], Is.EqualTo(LogSlope(u[i])).Within(4e-6), $"u = {u[i]}");
    }

    [TestCase(20)]
    [TestCase(-20)]
    [TestCase(80)]
    [TestCase(-80)]
    public void The_slope_correction_stays_finite_where_tanh_is_one(double at)
    {
        using var c = new Calculation();
        var u = c.Batch(at);
        Assert.That(
            c.Value(TanhGaussian.LogSlope(c.Graph, u))[0],
            Is.EqualTo(LogSlope(at)).Within(1e-5 * Math.Abs(at)));
        Assert.That(
            c.Slope(TanhGaussian.LogSlope(c.Graph, u), u)[0], Is.EqualTo(-2 * Math.Sign(at)).Within(1e-6));
    }

    [Law]
    public bool The_log_probability_is_that_of_binary64(Sample pre, Moderate mean, Fraction scale)
    {
        using var c = new Calculation();
        var l = 4 * scale.Value - 3;
        var u = pre.Values.Select(v => (double)(float)v).ToArray();
        var policy = Policy(c, u.Length, mean.Value / 2, l);
        var values = c.Value(policy.LogProbabilityOf(c.Graph, Column(c, u)));
        return values.Zip(u).All(p =>
        {
            var z = (p.Second - mean.Value / 2) * Math.Exp(-l);
            return Math.Abs(p.First - Reference(p.Second, mean.Value / 2, l)) <= 5e-6 + 1e-6 * z * z;
        });
    }

    [TestCase(0.0, 0.0)]
    [TestCase(0.8, -1.5)]
    [TestCase(-2.0, 0.5)]
    public void The_probability_of_all_actions_is_one(double mean, double log)
    {
        using var c = new Calculation();
        // Even steps of u, so that the grid is fine where the density of a = tanh u is steep: da = (1 - a²)
        // du.
        const double step = 0.002;
        var u = Enumerable.Range(-6000, 12_001).Select(i => (double)(float)(i * step)).ToArray();
        var policy = Policy(c, u.Length, mean, log);
        var logs = c.Value(policy.LogProbabilityOf(c.Graph, Column(c, u)));
        var total = logs.Zip(u).Sum(
            p => Math.Exp(p.First) * (1 - Math.Tanh(p.Second) * Math.Tanh(p.Second)) * step);
        Assert.That(total, Is.EqualTo(1).Within(1e-5));
    }

    [Law]
    public bool A_draw_has_the_probability_of_its_action(Moderate mean, Fraction scale)
    {
        using var c = new Calculation();
        var policy = Policy(c, 64, mean.Value / 12, 2 * scale.Value - 1.5);
        var draw = policy.Sample(c.Graph, RandomRoot.Of(1, "test").Stream("draw"));
        var (drawn, again) = (
            c.Value(draw.LogProbability), c.Value(policy.LogProbability(c.Graph, draw.Action)));
        var u = c.Value(draw.PreTanh);
        // An action near ±1 has lost digits of u: about 6e-8 e^(2|u|), times the slope of log N there.
        return Enumerable.Range(0, 64).Where(i => Math.Abs(u[i]) < 3).All(
            i => Math.Abs(drawn[i] - again[i]) <= 2e-3);
    }

    [Test]
    public void The_log_probability_of_a_draw_carries_the_gradient_of_minus_its_entropy()
    {
        using var c = new Calculation();
        var (mean, log) = (c.Given([0], new("B", 1), new("A", 1)), c.Given([-1], new("B", 1), new("A", 1)));
        var draws = new TanhGaussian(new(mean, log)).Samples(
            c.Graph, new("N", 4000), RandomRoot.Of(1, "test").Stream("draw"));
        // d/dl E[log π] = -1 - d/dl E[log(1 - tanh² u)] = -1 + E[2 tanh(u) u] at μ = 0.
        var u = c.Value(draws.PreTanh);
        Assert.That(
            c.Slope(draws.LogProbability, log)[0] / u.Length,
            Is.EqualTo(-1 + u.Average(x => 2 * Math.Tanh(x) * x)).Within(1e-4));
    }

    [Test]
    public void Actions_at_the_edge_have_a_finite_probability_and_gradient()
    {
        using var c = new Calculation();
        var policy = Policy(c, 2, 0.5, -1);
        var log = policy.LogProbability(c.Graph, Column(c, [1, -1]));
        Assert.That(c.Value(log), Has.All.Matches<float>(float.IsFinite));
        Assert.That(c.Slope(log, policy.Base.Mean), Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void Components_add_up()
    {
        using var c = new Calculation();
        DiagonalGaussian Both(double[] mean) => new(
            c.Given(mean, new("B", 1), new("A", mean.Length)),
            c.Given([.. mean.Select(_ => -0.5)], new("B", 1), new("A", mean.Length)));
        double At(double[] mean, double[] u) => c.Value(
            new TanhGaussian(Both(mean)).LogProbabilityOf(
                c.Graph, c.Given(u, new("B", 1), new("A", u.Length))))[0];
        Assert.That(At([0.2, -1], [0.5, 0.1]), Is.EqualTo(At([0.2], [0.5]) + At([-1], [0.1])).Within(1e-6));
    }

    private static TanhGaussian Policy(Calculation c, int rows, double mean, double log) =>
        new(new DiagonalGaussian(
        Column(c, [.. Enumerable.Repeat(mean, rows)]), Column(c, [.. Enumerable.Repeat(log, rows)])));

    private static Node Column(Calculation c, double[] values) =>
        c.Given(values, new Axis("B", values.Length), new Axis("A", 1));

    private static double LogSlope(double u) =>
        2 * (Math.Log(2) - Math.Abs(u) - Math.Log(1 + Math.Exp(-2 * Math.Abs(u))));

    private static double Reference(double u, double mean, double log)
    {
        var z = (u - (float)mean) * Math.Exp(-(float)log);
        return -0.5 * z * z - (float)log - 0.5 * Math.Log(2 * Math.PI) - LogSlope(u);
    }
}
