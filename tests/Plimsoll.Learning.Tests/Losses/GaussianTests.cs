using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Losses;

/// <summary>Densities, entropies and divergences of normal distributions.</summary>
public sealed class GaussianTests
{
    [Law]
    public bool The_log_density_is_that_of_binary64(Sample x, Moderate mean, Moderate log)
    {
        using var c = new Calculation();
        var l = log.Value / 4;
        var values = c.Value(
            GaussianLikelihood.Log(c.Graph, Constant(c, x.Values.Length, mean.Value, l), c.Batch(x.Values)));
        return values.Zip(x.Values).All(p =>
        {
            var z = (p.Second - mean.Value) * Math.Exp(-l);
            var expected = -0.5 * z * z - l - 0.5 * Math.Log(2 * Math.PI);
            return Math.Abs(p.First - expected) <= 1e-6 * (1 + z * z + Math.Abs(l));
        });
    }

    [Test]
    public void The_density_integrates_to_one_and_its_mean_logarithm_is_minus_the_entropy()
    {
        foreach (var (mean, log) in new[] { (0.0, 0.0), (-1.5, -2.0), (3.0, 0.7) })
        {
            using var c = new Calculation();
            var deviation = Math.Exp(log);
            var grid = Enumerable.Range(-400, 801).Select(i => mean + deviation * i / 40).ToArray();
            var logs = c.Value(
                GaussianLikelihood.Log(c.Graph, Constant(c, grid.Length, mean, log), c.Batch(grid)));
            var width = deviation / 40;
            Assert.That(logs.Sum(l => Math.Exp(l)) * width, Is.EqualTo(1).Within(1e-6));
            Assert.That(
                -logs.Sum(l => l * Math.Exp(l)) * width,
                Is.EqualTo(c.Value(GaussianLikelihood.Entropy(Constant(c, 1, mean, log)))[0]).Within(1e-5));
        }
    }

    [Law]
    public bool The_divergence_is_never_negative_and_that_of_binary64(
        Moderate m1, Moderate l1, Moderate m2, Moderate l2)
    {
        using var c = new Calculation();
        // Log deviations within ±3.2.
        var (a, b) = (l1.Value / 4, l2.Value / 4);
        var value = c.Value(GaussianDivergence.Between(
            c.Graph, Constant(c, 1, m1.Value, a), Constant(c, 1, m2.Value, b)))[0];
        var distance = (m1.Value - m2.Value) * Math.Exp(-b);
        var expected = 0.5 * (Math.Exp(2 * (a - b)) - 1 - 2 * (a - b) + distance * distance);
        return value >= -1e-6
            && Math.Abs(value - expected) <= 1e-6 * Math.Max(1, expected) + 1e-6 * Math.Abs(a - b);
    }

    [Law]
    public bool The_divergence_from_the_standard_normal_is_the_special_case(Moderate mean, Moderate log)
    {
        using var c = new Calculation();
        var p = Constant(c, 3, mean.Value / 4, log.Value / 8);
        var special = c.Value(GaussianDivergence.ToStandard(c.Graph, p));
        var general = c.Value(GaussianDivergence.Between(c.Graph, p, Constant(c, 3, 0, 0)));
        return special.Zip(general).All(v => v.First == v.Second);
    }

    [Test]
    public void A_distribution_does_not_diverge_from_itself()
    {
        using var c = new Calculation();
        Assert.That(
            c.Value(GaussianDivergence.ToStandard(c.Graph, Constant(c, 1, 0, 0)))[0], Is.EqualTo(0f));
        Assert.That(
            c.Value(
                GaussianDivergence.Between(c.Graph, Constant(c, 1, 0.7, -1.1), Constant(c, 1, 0.7, -1.1)))[0],
            Is.EqualTo(0f));
        Assert.That(
            c.Value(GaussianDivergence.ToStandard(c.Graph, Constant(c, 1, 0, 15)))[0],
            Is.EqualTo(0.5 * (Math.Exp(30) - 31)).Within(1).Percent.And.LessThan(float.PositiveInfinity),
            "the widest encoder");
    }

    [Test]
    public void The_divergence_is_the_mean_difference_of_log_densities()
    {
        using var c = new Calculation();
        const int n = 200_000;
        var (p, q) = (Constant(c, n, 0.3, -0.4), Constant(c, n, -0.2, 0.1));
        var x = p.Sample(c.Graph, RandomRoot.Of(4, "test").Stream("x"));
        var gap = c.Value(GaussianLikelihood.Log(c.Graph, p, x) - GaussianLikelihood.Log(c.Graph, q, x));
        var mean = gap.Average(v => (double)v);
        var error = Math.Sqrt(gap.Average(v => (v - mean) * (v - mean)) / n);
        Assert.That(
            c.Value(GaussianDivergence.Between(c.Graph, p, q))[0], Is.EqualTo(mean).Within(4 * error));
    }

    private static DiagonalGaussian Constant(Calculation c, int count, double mean, double log) =>
        new(c.Batch([.. Enumerable.Repeat(mean, count)]), c.Batch([.. Enumerable.Repeat(log, count)]));
}
