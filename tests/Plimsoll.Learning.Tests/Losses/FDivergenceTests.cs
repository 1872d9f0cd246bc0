using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Losses;

public sealed class FDivergenceTests
{
    private static readonly FDivergenceKind[] Kinds = Enum.GetValues<FDivergenceKind>();

    [Law]
    public bool The_inverse_undoes_the_derivative(Sample y)
    {
        using var c = new Calculation();
        var given = y.Values.Select(v => v / 8).ToArray();
        return Kinds.All(kind =>
        {
            var x = c.Value(FDivergence.InverseDerivative(c.Graph, c.Batch(given), kind));
            // Chi-square asks for negative weights below y = -1; f is taken at weights from 0 on.
            var point = c.Batch([.. x.Select(v => (double)v)]);
            var back = c.Slope(FDivergence.Of(c.Graph, point, kind), point);
            return given.Zip(back).All(p => Math.Abs(p.First - p.Second) <= 1e-5);
        });
    }

    [Law]
    public bool Corrections_are_never_negative_and_rise_with_the_advantage(Sample y, Fraction alpha)
    {
        using var c = new Calculation();
        var ordered = y.Values.Order().ToArray();
        return Kinds.All(kind =>
        {
            var w = c.Value(
                FDivergence.Correction(c.Graph, c.Batch(ordered), (float)alpha.Value + 0.5f, kind));
            return w.All(v => v >= 0) && w.Zip(w.Skip(1)).All(p => p.First <= p.Second);
        });
    }

    [TestCase(0.0, 1.0)]
    [TestCase(0.5, 0.5 * -1.6931471805599453 + 1)]
    [TestCase(1.0, 0.0)]
    [TestCase(3.0, 2.0)]
    public void The_soft_chi_square_joins_both_branches(double x, double expected)
    {
        using var c = new Calculation();
        Assert.That(
            c.Value(FDivergence.Of(c.Graph, c.Batch(x), FDivergenceKind.SoftChiSquare))[0],
            Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void The_derivative_of_the_soft_chi_square_does_not_jump_at_one()
    {
        using var c = new Calculation();
        var x = c.Batch(1 - 1e-4, 1, 1 + 1e-4);
        Assert.That(
            c.Slope(FDivergence.Of(c.Graph, x, FDivergenceKind.SoftChiSquare), x),
            Is.EqualTo(new[] { -1e-4f, 0f, 1e-4f }).Within(2e-7f));
    }

    [Test]
    public void A_large_advantage_leaves_the_gradient_finite()
    {
        using var c = new Calculation();
        var y = c.Batch(500, -500);
        Assert.That(
            c.Slope(FDivergence.InverseDerivative(c.Graph, y, FDivergenceKind.SoftChiSquare), y),
            Is.EqualTo(new[] { 1f, 0f }));
    }
}
