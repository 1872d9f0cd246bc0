using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class ImprovementWeightsTests
{
    [Law]
    public bool Every_point_of_the_simplex_is_taken(Fraction a, Fraction b)
    {
        var (low, high) = (Math.Min(a.Value, b.Value), Math.Max(a.Value, b.Value));
        var weights = new ImprovementWeights(low, high - low, 1 - high);
        return weights.Cloning == low && weights.Reward == high - low && weights.Safety == 1 - high;
    }

    [Law]
    public bool Any_other_sum_is_refused(Fraction a, Fraction b, Fraction c) =>
        ImprovementWeights.AreSound(a.Value, b.Value, c.Value)
        == (Math.Abs(a.Value + b.Value + c.Value - 1) <= ImprovementWeights.Tolerance);

    [TestCase(1, 0, 0)]
    [TestCase(0, 1, 0)]
    [TestCase(0.333333, 0.333333, 0.333333)]
    public void Corners_and_rounded_thirds_are_taken(double eta, double mu, double phi) =>
        Assert.That(ImprovementWeights.AreSound(eta, mu, phi), Is.True);

    [TestCase(1.2, -0.2, 0)]
    [TestCase(0.5, 0.5, 0.5)]
    [TestCase(0, 0, 0)]
    [TestCase(0.33, 0.33, 0.33)]
    [TestCase(double.NaN, 0.5, 0.5)]
    [TestCase(double.PositiveInfinity, 0, 0)]
    public void Negative_weights_and_other_sums_are_refused(double eta, double mu, double phi)
    {
        Assert.That(ImprovementWeights.AreSound(eta, mu, phi), Is.False);
        Assert.That(
            () => new ImprovementWeights(eta, mu, phi), Throws.TypeOf<ArgumentOutOfRangeException>());
    }
}
