using NUnit.Framework;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Schedules;

public sealed class ScheduleTests
{
    // The printed values have four decimals.
    [TestCase(0, 0.0, 0.2, 0.04)]
    [TestCase(100, 0.1, 1.0198, 0.088)]
    [TestCase(500, 0.2236, 2.2450, 0.28)]
    [TestCase(1000, 0.3162, 3.1686, 0.52)]
    [TestCase(2000, 0.4472, 4.4766, 1.0)]
    [TestCase(8000, 0.8944, 8.9465, 1.0)]
    public void The_temperatures_of_the_paper_and_of_its_code(
        long k, double root, double affine, double linear)
    {
        Assert.That(new SqrtSchedule(0.01).At(k, 8000), Is.EqualTo(root).Within(5e-5));
        Assert.That(new SqrtAffineSchedule(0.01, 0.04).At(k, 8000), Is.EqualTo(affine).Within(5e-5));
        Assert.That(new LinearSchedule(0.04, 1.0).At(k, 2000), Is.EqualTo(linear).Within(1e-15));
        Assert.That(new ConstantSchedule(0.02).At(k, 2000), Is.EqualTo(0.02));
    }

    [Law]
    public bool Every_temperature_never_falls(Fraction start, Scale rise, Length steps)
    {
        Schedule[] schedules =
        [
            new ConstantSchedule(start.Value),
            new SqrtSchedule(start.Value),
            new SqrtAffineSchedule(rise.Value, start.Value),
            new LinearSchedule(start.Value, start.Value + rise.Value),
        ];
        return schedules.All(schedule =>
        {
            var values =
                Enumerable.Range(0, steps.Value + 3).Select(k => schedule.At(k, steps.Value)).ToArray();
            return values.Zip(values.Skip(1)).All(pair => pair.First <= pair.Second);
        });
    }

    [Law]
    public bool The_slack_starts_at_its_first_value_falls_evenly_and_ends_at_exactly_zero(
        Scale start, Length steps)
    {
        var slack = new SlackSchedule(start.Value);
        var straight = Enumerable.Range(0, steps.Value).All(k =>
            // One product and one sum of numbers no larger than the start.
            Math.Abs(slack.At(k, steps.Value) - start.Value * (steps.Value - k) / steps.Value)
                <= 1e-15 * 4 * start.Value);
        return slack.At(0, steps.Value) == start.Value && slack.At(steps.Value, steps.Value) == 0.0
            && straight;
    }

    [Law]
    public bool A_linear_schedule_meets_both_ends_exactly_and_stays_between(
        Moderate start, Moderate end, Length steps)
    {
        var schedule = new LinearSchedule(start.Value, end.Value);
        var low = Math.Min(start.Value, end.Value);
        var high = Math.Max(start.Value, end.Value);
        return schedule.At(0, steps.Value) == start.Value
            && schedule.At(steps.Value, steps.Value) == end.Value
            && schedule.At(steps.Value + 7L, steps.Value) == end.Value
            && Enumerable.Range(0, steps.Value).All(
                k => schedule.At(k, steps.Value) is var v && v >= low && v <= high);
    }

    // DRCORL's own setting hardly moves; a full period ends at exactly nothing.
    [TestCase(104_000, 10_000_000, 0.99973315)]
    [TestCase(52_000, 10_000_000, 0.99993328)]
    [TestCase(500_000, 1_000_000, 0.5)]
    [TestCase(1_000_000, 1_000_000, 0.0)]
    [TestCase(0, 1_000_000, 1.0)]
    public void The_cosine_learning_rate(long k, long period, double factor)
    {
        Assert.That(0.5 * (1.0 + Math.Cos(Math.PI * k / period)), Is.EqualTo(factor).Within(5e-9));
        Assert.That(new CosineSchedule(3e-4).At(k, period), Is.EqualTo(3e-4 * factor).Within(3e-4 * 5e-9));
        Assert.That(new CosineSchedule(3e-4).At(period, period), Is.EqualTo(0.0));
    }

    [Law]
    public bool The_cosine_learning_rate_is_point_symmetric_about_half_time(
        Scale rate, Length steps, Fraction at)
    {
        var schedule = new CosineSchedule(rate.Value);
        var k = (long)(at.Value * steps.Value);
        // cos u + cos(pi - u) = 0; both cosines carry an absolute error of some 1e-16.
        return Math.Abs(schedule.At(k, steps.Value) + schedule.At(steps.Value - k, steps.Value) - rate.Value)
            <= 1e-15 * rate.Value;
    }

    [Test]
    public void Steps_outside_a_stage_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(1).At(-1, 10));
        Assert.Throws<ArgumentOutOfRangeException>(() => new ConstantSchedule(1).At(0, 0));
    }
}
