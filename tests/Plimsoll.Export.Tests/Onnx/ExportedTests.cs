namespace Plimsoll.Export.Tests.Onnx;

/// <summary>What other tests measure with.</summary>
public sealed class ExportedTests
{
    [TestCase(0.5, 0.25f, 0.25)]
    [TestCase(double.NaN, 1f, double.PositiveInfinity)]
    [TestCase(1.0, float.NaN, double.PositiveInfinity)]
    [TestCase(double.NaN, float.PositiveInfinity, double.PositiveInfinity)]
    [TestCase(double.NaN, float.NaN, 0)]
    [TestCase(double.PositiveInfinity, float.PositiveInfinity, 0)]
    [TestCase(double.PositiveInfinity, float.NegativeInfinity, double.PositiveInfinity)]
    public void A_NaN_on_one_side_is_a_difference(double actual, float expected, double difference) =>
        Assert.That(Exported.Difference([0, actual, 1], [0, expected, 1]), Is.EqualTo(difference));
}
