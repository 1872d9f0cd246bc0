using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Losses;

public sealed class MaximumMeanDiscrepancyTests
{
    [TestCase(MmdKernel.Gaussian, 1, 0.141072)]
    [TestCase(MmdKernel.Gaussian, 2, 0.280040)]
    [TestCase(MmdKernel.Gaussian, 5, 0.665131)]
    [TestCase(MmdKernel.Laplacian, 1, 0.141072)]
    [TestCase(MmdKernel.Laplacian, 5, 0.312317)]
    public void Single_points_give_the_closed_form(MmdKernel kernel, double distance, double expected)
    {
        Assert.That(Distance(kernel, 50, [-0.25], [distance - 0.25]), Is.EqualTo(expected).Within(1e-6));
    }

    [Law]
    public bool A_sample_is_at_the_floor_from_itself(Sample x)
    {
        return Distance(MmdKernel.Gaussian, 50, x.Values, x.Values) == 1e-3f
            && Distance(MmdKernel.Laplacian, 50, x.Values, x.Values) == 1e-3f;
    }

    [Law]
    public bool The_distance_is_symmetric_and_does_not_see_order_or_a_common_shift(
        Sample x, Sample y, Fraction shift)
    {
        return new[] { MmdKernel.Gaussian, MmdKernel.Laplacian }.All(kernel =>
        {
            var distance = Distance(kernel, 50, x.Values, y.Values);
            // Whole sixteenths, so that shifting rounds nothing away.
            var by = Math.Round(shift.Value * 16) / 16;
            return distance >= 1e-3f
                && Near(distance, Distance(kernel, 50, y.Values, x.Values))
                && Near(distance, Distance(kernel, 50, [.. x.Values.Reverse()], [.. y.Values.Order()]))
                && Near(distance, Distance(kernel, 50, Shifted(x, by), Shifted(y, by)));
        });
    }

    [Law]
    public bool The_distance_is_that_of_binary64(Sample x, Sample y)
    {
        return new[] { MmdKernel.Gaussian, MmdKernel.Laplacian }.All(kernel =>
            Near(Distance(kernel, 50, x.Values, y.Values), Reference(kernel, 50, x.Values, y.Values)));
    }

    [Law]
    public bool Its_gradients_are_those_of_binary64(Sample x, Sample y, Fraction scale)
    {
        // Away from equal draws, where the Laplacian kernel has a kink.
        var apart = y.Values.Select(v => v + 0.007).ToArray();
        var first = x.Values.Select((v, i) => v + 0.003 * i).ToArray();
        var bandwidth = 5 + (float)scale.Value;
        using var c = new Calculation();
        var (a, b) = (Draws(c, "N", first), Draws(c, "M", apart));
        return new[] { MmdKernel.Gaussian, MmdKernel.Laplacian }.All(kernel =>
        {
            var distance = MaximumMeanDiscrepancy.Of(c.Graph, a, b, kernel, bandwidth);
            double At(double[] p, double[] q) => Reference(kernel, bandwidth, p, q);
            return Matches(c.Slope(distance, a), first, p => At(p, apart))
                && Matches(c.Slope(distance, b), apart, q => At(first, q));
        });
    }

    [Test]
    public void States_and_components_are_kept_apart()
    {
        using var c = new Calculation();
        // Two draws of two states with two components; only the second state's second component differs.
        double[] x = [0, 0, 1, 2, 0, 0, 1, 2];
        double[] y = [0, 0, 1, 4, 0, 0, 1, 4];
        var distance = c.Value(MaximumMeanDiscrepancy.Of(
            c.Graph, c.Given(x, new("N", 2), new("B", 2), new("A", 2)),
            c.Given(y, new("M", 2), new("B", 2), new("A", 2)),
            MmdKernel.Gaussian, 50));
        Assert.That(distance, Is.EqualTo(new[] { 1e-3f, 0.280040f }).Within(1e-6f));
    }

    [Test]
    public void Equal_samples_have_a_finite_gradient()
    {
        using var c = new Calculation();
        var x = c.Given([1, 2], new("N", 2), new("B", 1), new("A", 1));
        var y = c.Given([1, 2], new("M", 2), new("B", 1), new("A", 1));
        var slope = c.Slope(MaximumMeanDiscrepancy.Of(c.Graph, x, y, MmdKernel.Gaussian, 50), x);
        Assert.That(slope, Is.All.EqualTo(0f).Within(1e-3f));
    }

    [Test]
    public void Two_samples_of_one_distribution_are_as_far_apart_as_their_size_makes_them()
    {
        // E MMD² = 2 (1 - E k) / n for n independent draws each; of N(0, 1), E k = (1 + 2/σ)^-½.
        using var c = new Calculation();
        const int n = 10, states = 4000;
        var shape = new Shape(new Axis("N", n), new Axis("B", states), new Axis("A", 1));
        Node Sample(string role) => c.Graph.Normal(RandomRoot.Of(1, "test").Stream(role), shape);
        var distance = c.Value(MaximumMeanDiscrepancy.Of(c.Graph, Sample("x"), Sample("y"), MmdKernel.Gaussian, 50));
        Assert.That(
            distance.Average(d => (double)d * d - 1e-6),
            Is.EqualTo(2 * (1 - 1 / Math.Sqrt(1 + 2.0 / 50)) / n).Within(2e-4));
    }

    private static double[] Shifted(Sample x, double by) => [.. x.Values.Select(v => v + by)];

    private static bool Matches(float[] slope, double[] at, Func<double[], double> f)
    {
        const double h = 1e-6;
        return Enumerable.Range(0, at.Length).All(i =>
        {
            double Moved(double by) => f([.. at.Select((v, k) => k == i ? v + by : v)]);
            // The root's slope is up to 500 where samples nearly agree, and the sum under it has 1e-7 of
            // rounding.
            return Math.Abs(slope[i] - (Moved(h) - Moved(-h)) / (2 * h)) <= 2e-4 / Math.Max(f(at), 0.01);
        });
    }

    private static bool Near(double x, double y) => Math.Abs(x * x - y * y) <= 2e-6;

    private static float Distance(MmdKernel kernel, float bandwidth, double[] x, double[] y)
    {
        using var c = new Calculation();
        return c.Value(
            MaximumMeanDiscrepancy.Of(c.Graph, Draws(c, "N", x), Draws(c, "M", y), kernel, bandwidth))[0];
    }

    private static Node Draws(Calculation c, string axis, double[] values) =>
        c.Given(values, new Axis(axis, values.Length), new Axis("B", 1), new Axis("A", 1));

    private static double Reference(MmdKernel kernel, double bandwidth, double[] x, double[] y)
    {
        double K(double a, double b) => Math.Exp(
            -(kernel == MmdKernel.Gaussian ? (a - b) * (a - b) : Math.Abs(a - b)) / (2 * bandwidth));
        double MeanOf(double[] p, double[] q) => p.Average(a => q.Average(b => K(a, b)));
        return Math.Sqrt(Math.Max(0, MeanOf(x, x) + MeanOf(y, y) - 2 * MeanOf(x, y)) + 1e-6);
    }
}
