using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class CostRemapTests
{
    private static CostRemap[] All(double size) =>
        [new IndicatorRemap(), new ClippedLinearRemap(size), new SmoothRemap(size)];

    [Law]
    public bool The_signal_lies_between_0_and_1_is_1_without_cost_and_never_rises_with_it(
        Scale size, Scale cost, Scale more) =>
        All(size.Value).All(remap =>
        {
            var (less, greater) = (remap.Safety(cost.Value), remap.Safety(cost.Value + more.Value));
            return remap.Safety(0.0) == 1.0 && greater >= 0.0 && less <= 1.0 && greater <= less && less < 1.0;
        });

    [Law]
    public bool The_indicator_of_an_indicator_is_itself(Moderate cost)
    {
        var remap = new IndicatorRemap();
        var once = 1.0 - remap.Safety(Math.Abs(cost.Value));
        return once == (cost.Value != 0.0 ? 1.0 : 0.0) && 1.0 - remap.Safety(once) == once;
    }

    [TestCase(0.5, 0.75)]
    [TestCase(2.0, 0.0)]
    [TestCase(3.0, 0.0)]
    public void The_clipped_line_reaches_0_at_the_largest_cost(double cost, double safety) =>
        Assert.That(new ClippedLinearRemap(2.0).Safety(cost), Is.EqualTo(safety));

    [Law]
    public bool The_smooth_signal_is_an_exponential(Scale scale, Scale cost) =>
        // Both within a few units in the last place of 1.
        Math.Abs(new SmoothRemap(scale.Value).Safety(cost.Value) - Math.Exp(-cost.Value / scale.Value))
            <= 1e-15;

    [Test]
    public void A_trajectory_is_remapped_step_by_step()
    {
        var safety = new float[4];
        new ClippedLinearRemap(4.0).Apply([0f, 1f, 8f, 2f], safety);
        Assert.That(safety, Is.EqualTo(new[] { 1f, 0.75f, 0f, 0.5f }));
    }

    [Test]
    public void Costs_and_scales_that_mean_nothing_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndicatorRemap().Safety(-1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new IndicatorRemap().Safety(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => new SmoothRemap(1).Safety(double.PositiveInfinity));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new ClippedLinearRemap(0.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new SmoothRemap(double.NaN));
        Assert.Throws<ArgumentException>(() => new IndicatorRemap().Apply([0f, 1f], new float[3]));
    }
}
