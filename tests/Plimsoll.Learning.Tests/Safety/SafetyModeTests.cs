using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Safety;

// The inputs are multiples of 1/64, so sums are exact and equality happens.
public sealed class SafetyModeTests
{
    [TestCase(0.8, SafetyMode.Reward)]
    [TestCase(0.75, SafetyMode.Reward)]
    [TestCase(0.76, SafetyMode.Both)]
    [TestCase(1.0, SafetyMode.Both)]
    [TestCase(1.5, SafetyMode.Both)]
    [TestCase(1.51, SafetyMode.Cost)]
    public void Both_bounds_belong_to_the_milder_mode(double estimate, SafetyMode mode)
    {
        // The first case only has a wider band below.
        var band = new SafetyBand(1.0, 0.5, estimate == 0.8 ? 0.125 : 0.25);
        Assert.That(band.Mode(estimate), Is.EqualTo(mode));
    }

    [Law]
    public bool Exactly_one_mode_applies(Moderate estimate, Moderate limit, Moderate above, Moderate below)
    {
        var (plus, minus) = (Math.Abs(above.Value), Math.Abs(below.Value));
        bool[] holds =
        [
            estimate.Value <= limit.Value - minus,
            estimate.Value > limit.Value - minus && estimate.Value <= limit.Value + plus,
            estimate.Value > limit.Value + plus,
        ];
        var mode = new SafetyBand(limit.Value, plus, minus).Mode(estimate.Value);
        return holds.Count(h => h) == 1 && holds[(int)mode];
    }

    [Law]
    public bool A_higher_estimate_never_asks_for_less_care(
        Moderate lower, Moderate more, Moderate above, Moderate below)
    {
        var band = new SafetyBand(1.0, Math.Abs(above.Value), Math.Abs(below.Value));
        return band.Mode(lower.Value) <= band.Mode(lower.Value + Math.Abs(more.Value));
    }

    [Law]
    public bool Without_slack_there_is_no_middle(Moderate estimate, Moderate limit) =>
        new SafetyBand(limit.Value, 0.0, 0.0).Mode(estimate.Value)
        == (estimate.Value <= limit.Value ? SafetyMode.Reward : SafetyMode.Cost);

    [Law]
    public bool Opposite_slacks_are_the_two_modes_of_crpo(
        Moderate estimate, Moderate limit, Moderate tolerance)
    {
        var expected = estimate.Value <= limit.Value + tolerance.Value ? SafetyMode.Reward : SafetyMode.Cost;
        return SafetyBand.Crpo(limit.Value, tolerance.Value).Mode(estimate.Value) == expected
            && new SafetyBand(limit.Value, tolerance.Value, -tolerance.Value).Mode(estimate.Value)
                == expected;
    }

    [Test]
    public void An_unknown_estimate_is_not_safe()
    {
        Assert.That(new SafetyBand(1.0, 0.2, 0.2).Mode(double.NaN), Is.EqualTo(SafetyMode.Cost));
        Assert.That(new SafetyBand(1.0, 0.2, 0.2).Mode(double.PositiveInfinity), Is.EqualTo(SafetyMode.Cost));
    }

    [Test]
    public void Overlapping_modes_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new SafetyBand(1.0, 0.1, -0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new SafetyBand(1.0, double.NaN, 0.2));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new SafetyBand(double.NaN, 0.1, 0.2));
    }
}
