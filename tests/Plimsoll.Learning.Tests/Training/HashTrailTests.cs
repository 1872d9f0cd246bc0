using NUnit.Framework;
using Plimsoll.Learning.Training;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>What a trail notes, and what two of them say about where runs part.</summary>
public sealed class HashTrailTests
{
    [TestCase(1, 1)]
    [TestCase(10, 4)]
    [TestCase(4096, 1)]
    [TestCase(4097, 1)]
    [TestCase(100_000, 1000)]
    [TestCase(100_000, 1)]
    [TestCase(12_289, 100_000)]
    public void A_trail_has_at_most_4096_fine_entries_and_a_state_at_guards_and_at_the_end(long steps, long guard)
    {
        var lines = Lines(Trail(new(steps, guard)));
        var stride = (steps + 4095) / 4096;
        var fine = lines.Where(l => l.Kind == "losses").Select(l => l.Step).ToList();
        var states = lines.Where(l => l.Kind == "state").Select(l => l.Step).ToList();
        Assert.Multiple(() =>
        {
            Assert.That(fine, Is.EqualTo(Multiples(stride, steps)));
            Assert.That(fine, Has.Count.LessThanOrEqualTo(4096));
            Assert.That(states[^1], Is.EqualTo(steps));
            if (guard >= stride) Assert.That(states, Is.EqualTo(Multiples(guard, steps)));
            Assert.That(states, Has.Count.LessThanOrEqualTo(4097));
            Assert.That(lines.Select(l => l.Step), Is.Ordered);
            Assert.That(lines.Select(l => l.Hash), Has.All.Length.EqualTo(16));
        });
    }

    [TestCase(1)]
    [TestCase(7)]
    [TestCase(1L << 40)]
    public void Portions_do_not_change_a_trail(long portion) =>
        Assert.That(Trail(new(30_000, 700), portion), Is.EqualTo(Trail(new(30_000, 700))));

    [Test]
    public void A_flipped_bit_is_found_within_the_stride_in_which_it_happened()
    {
        var length = new TrainingLength(30_000, 700);
        var sound = Trail(length);
        foreach (var step in new[] { 0L, 1, 699, 700, 4095, 12_345, 29_999 })
        {
            var flipped = Trail(length, flipsAt: step);
            var found = (TrailComparison.Differs)TrailComparison.Of(sound, flipped);
            // The loss of the step sees the bit at once; entries come every 8 steps here.
            Assert.That(step + 1, Is.GreaterThan(found.LastEqual).And.LessThanOrEqualTo(found.Step), $"step {step}");
            Assert.That(found.Step - found.LastEqual, Is.LessThanOrEqualTo(8));
        }
    }

    [Test]
    public void A_bit_of_the_state_that_no_loss_sees_is_found_at_the_next_guard()
    {
        var lines = Trail(new(20, 5)).Split('\n');
        var at = Array.FindIndex(lines, l => l.StartsWith("10 ", StringComparison.Ordinal) && l.EndsWith("state", StringComparison.Ordinal));
        lines[at] = "10 0123456789abcdef state";
        Assert.That(
            TrailComparison.Of(Trail(new(20, 5)), string.Join('\n', lines)),
            Is.EqualTo(new TrailComparison.Differs(10, 9, "state")));
    }

    [Test]
    public void Equal_trails_are_equal() =>
        Assert.That(TrailComparison.Of(Trail(new(50, 7)), Trail(new(50, 7))), Is.EqualTo(new TrailComparison.Equal()));

    [Test]
    public void Two_empty_trails_are_equal() =>
        Assert.That(TrailComparison.Of("", ""), Is.EqualTo(new TrailComparison.Equal()));

    [TestCase("1 0000000000000001 losses\n", "1 0000000000000002 losses\n", 1, 0)]
    [TestCase("1 0000000000000001 losses\n2 0000000000000001 losses\n", "1 0000000000000001 losses\n", 2, 1)]
    [TestCase("", "8 0000000000000001 losses\n", 8, 0)]
    [TestCase("2 0000000000000001 losses\n4 0000000000000001 losses\n", "2 0000000000000001 losses\n3 0000000000000001 losses\n", 3, 2)]
    public void The_first_difference_and_the_last_equal_step_are_named(string one, string other, long step, long lastEqual)
    {
        Assert.That(TrailComparison.Of(one, other), Is.EqualTo(new TrailComparison.Differs(step, lastEqual, "losses")));
        Assert.That(TrailComparison.Of(other, one), Is.EqualTo(new TrailComparison.Differs(step, lastEqual, "losses")));
    }

    [TestCase("1 0000000000000001 losses")]
    [TestCase("1 00000001 losses\n")]
    [TestCase("1 0000000000000001\n")]
    [TestCase("-1 0000000000000001 losses\n")]
    [TestCase("1 000000000000000g losses\n")]
    [TestCase("\n")]
    public void A_text_that_is_no_trail_is_named(string text)
    {
        Assert.That(TrailComparison.Of(text, ""), Is.EqualTo(new TrailComparison.Unreadable(1, 1)));
        Assert.That(TrailComparison.Of("", text), Is.EqualTo(new TrailComparison.Unreadable(2, 1)));
    }

    private static string Trail(TrainingLength length, long portion = 1000, long flipsAt = -1)
    {
        using var training = new Counting { FlipsAt = flipsAt };
        return TrainingLoop.Run(
            training, length, new(null, new Pace(portion, _ => false), _ => { }, _ => { }, default)).Trail.Text();
    }

    private static List<(long Step, string Hash, string Kind)> Lines(string text) =>
        [.. text.TrimEnd('\n').Split('\n').Select(l => l.Split(' ')).Select(p => (long.Parse(p[0]), p[1], p[2]))];

    private static List<long> Multiples(long of, long end)
    {
        var steps = new List<long>();
        for (var step = of; step < end; step += of) steps.Add(step);
        steps.Add(end);
        return steps;
    }
}
