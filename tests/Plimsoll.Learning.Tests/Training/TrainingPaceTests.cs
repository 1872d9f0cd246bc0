using NUnit.Framework;
using Plimsoll.Learning.Training;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>When a run looks up, under a clock that the test moves.</summary>
public sealed class TrainingPaceTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Test]
    public void A_checkpoint_is_due_when_the_interval_is_over_and_not_before()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, 30 * Second);
        clock.Pass(29.9);
        Assert.That(pace.Look(1, 1), Is.False);
        clock.Pass(0.2);
        Assert.That(pace.Look(2, 1), Is.True);
        clock.Pass(0.1);
        pace.Saved();
        clock.Pass(29.9);
        Assert.That(pace.Look(3, 1), Is.False);
        clock.Pass(0.2);
        Assert.That(pace.Look(4, 1), Is.True);
    }

    [Test]
    public void On_a_slow_disk_checkpoints_take_a_hundredth_of_the_time()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, 30 * Second);
        clock.Pass(31);
        Assert.That(pace.Look(1, 1), Is.True);
        clock.Pass(2);
        pace.Saved();
        clock.Pass(199);
        Assert.That(pace.Look(2, 1), Is.False);
        clock.Pass(2);
        Assert.That(pace.Look(3, 1), Is.True);
    }

    [Test]
    public void An_interval_of_zero_makes_every_look_due()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, TimeSpan.Zero);
        for (var step = 1; step < 5; step++)
        {
            Assert.That(pace.Look(step, 1), Is.True);
            clock.Pass(3);
            pace.Saved();
        }
    }

    [TestCase(20e-6)]
    [TestCase(1e-3)]
    [TestCase(0.03)]
    [TestCase(5)]
    public void Whatever_a_step_takes_looks_come_every_tenth_of_a_second_or_every_step(double secondsAStep)
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, 30 * Second);
        for (var look = 0; look < 100; look++)
        {
            var portion = pace.Portion;
            Assert.That(portion == 1 || portion * secondsAStep <= 0.1, $"{portion} steps at look {look}");
            clock.Pass(portion * secondsAStep);
            pace.Look(look, portion);
        }
        Assert.That(pace.Portion * secondsAStep, Is.GreaterThan(0.01));
    }

    [Test]
    public void Steps_that_become_slower_shorten_the_portions()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, 30 * Second);
        for (var look = 0; look < 100; look++)
        {
            var portion = pace.Portion;
            clock.Pass(portion * 1e-5);
            pace.Look(look, portion);
        }
        var fast = pace.Portion;
        for (var look = 0; look < 20; look++)
        {
            var portion = pace.Portion;
            clock.Pass(portion * 1e-2);
            pace.Look(look, portion);
        }
        Assert.That(fast, Is.GreaterThan(1000));
        Assert.That(pace.Portion, Is.LessThanOrEqualTo(10));
    }

    [Test]
    public void A_portion_that_something_else_cut_short_does_not_make_the_next_one_longer()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, 30 * Second);
        for (var look = 0; look < 50; look++)
        {
            clock.Pass(1e-5);
            pace.Look(look, 1);
        }
        Assert.That(pace.Portion, Is.EqualTo(2));
    }

    [Test]
    public void A_negative_interval_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new TimedPace(new Clock(), -Second));

    [Test]
    public void The_longest_interval_is_never_due()
    {
        var clock = new Clock();
        var pace = new TimedPace(clock, TimeSpan.MaxValue);
        clock.Pass(1e9);
        Assert.That(pace.Look(1, 1), Is.False);
    }

    private sealed class Clock : TimeProvider
    {
        private double seconds = 1000;

        public override long TimestampFrequency => 1_000_000_000;

        public override long GetTimestamp() => (long)(seconds * TimestampFrequency);

        internal void Pass(double time) => seconds += time;
    }
}
