using NUnit.Framework;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Tests.Schedules;

public sealed class WarmUpScheduleTests
{
    [TestCase(0, 1 / 500.0)]
    [TestCase(249, 0.5)]
    [TestCase(499, 1)]
    [TestCase(500, 1)]
    [TestCase(99_999, 1)]
    public void The_warm_up_of_the_decision_transformer(long step, double share) =>
        Assert.That(
            new WarmUpSchedule(new ConstantSchedule(1e-4), 500).At(step, 100_000),
            Is.EqualTo(1e-4 * share).Within(1e-18));

    [TestCase(0, 0)]
    [TestCase(5000, 0.05)]
    [TestCase(10_000, 0.1)]
    [TestCase(40_000, 0.1)]
    public void The_warm_up_after_cloning_starts_at_zero(long step, double share) =>
        Assert.That(
            new WarmUpSchedule(new ScaledSchedule(new ConstantSchedule(1e-4), 0.1), 10_000, WarmUpStart.Zero)
                .At(step, 70_000),
            Is.EqualTo(1e-4 * share).Within(1e-18));

    [Law]
    public bool After_its_rise_the_cosine_falls_over_the_steps_that_remain(
        Length rise, Length rest, Scale rate)
    {
        var cosine = new CosineSchedule(rate.Value);
        var schedule = new WarmUpSchedule(cosine, rise.Value);
        var steps = rise.Value + rest.Value;
        return schedule.At(rise.Value - 1, steps) == rate.Value && schedule.At(steps, steps) == 0
            && Enumerable.Range(0, rest.Value + 1).All(
                k => schedule.At(rise.Value + k, steps) == cosine.At(k, rest.Value))
            && Enumerable.Range(1, rise.Value - 1).All(
                k => schedule.At(k - 1, steps) < schedule.At(k, steps));
    }

    [Test]
    public void A_program_reads_the_rate_of_its_own_step()
    {
        using var c = new Calculation();
        var rate = c.Graph.PerStep("rate", new WarmUpSchedule(new CosineSchedule(1), 4), 12);
        Assert.That(c.Value(rate, step: 1)[0], Is.EqualTo(0.5f));
        Assert.That(
            c.Value(rate, step: 8)[0], Is.EqualTo(0.5f).Within(1e-7f),
            "half of the eight steps of the cosine");
    }

    [Test]
    public void A_warm_up_without_a_step_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new WarmUpSchedule(new ConstantSchedule(1), 0));
}
