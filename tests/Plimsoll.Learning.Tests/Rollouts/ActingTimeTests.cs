using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Tests.Sequences;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Rollouts;

/// <summary>What is measured, by a clock that only the policy moves.</summary>
public sealed class ActingTimeTests
{
    private sealed class Clock : TimeProvider
    {
        internal long Microseconds { get; set; }

        public override long TimestampFrequency => 1_000_000;

        public override long GetTimestamp() => Microseconds;
    }

    /// <summary>Takes as long as it is told by the number of the call, and counts.</summary>
    private sealed class Counting(Clock clock, Func<int, long> microseconds) : IHistoryPolicy
    {
        internal int Calls { get; private set; }

        internal int Told { get; private set; }

        internal List<float> Seen { get; } = [];

        public int ObservationSize => Episodes.S;

        public int ActionSize => Episodes.A;

        public Actor Compile(int count, Team team) => new Counter(this, count);

        private sealed class Counter(Counting policy, int count) : Actor
        {
            private readonly float[] observations = new float[count * Episodes.S];

            public override Span<float> Observations => observations;

            public override ReadOnlySpan<float> Act()
            {
                for (var row = 0; row < count && policy.Seen.Count < 2000; row++)
                    policy.Seen.Add(observations[row * Episodes.S]);
                policy.clock.Microseconds += policy.microseconds(policy.Calls++);
                return new float[count * Episodes.A];
            }

            public override void Told(int row, float reward, float cost) => policy.Told++;

            public override void Dispose()
            {
            }
        }

        private readonly Clock clock = clock;
        private readonly Func<int, long> microseconds = microseconds;
    }

    private static (double Seconds, Counting Policy) Measured(int batch, Func<int, long> microseconds)
    {
        using var data = Episodes.Of([7, 4], (_, _) => 0, (_, _) => 0);
        using var team = new Team(1);
        var clock = new Clock();
        var policy = new Counting(clock, microseconds);
        var seconds = ActingTime.Measure(policy, data, batch, team, clock);
        float[] expected = [.. Enumerable.Range(0, policy.Seen.Count)
            .Select(i => data.Observations[i % data.Count * Episodes.S])];
        Assert.That(policy.Seen, Is.EqualTo(expected), "the data's observations in their order");
        Assert.That(policy.Told, Is.EqualTo(policy.Calls * batch), "every row is told of every action");
        return (seconds, policy);
    }

    /// <summary>334 calls of 3 are 1,002 actions: seconds are for 1,000 of them.</summary>
    [TestCase(1, 1000)]
    [TestCase(3, 334)]
    [TestCase(1000, 1)]
    [TestCase(2500, 1)]
    public void Seconds_are_for_a_thousand_actions_whatever_the_batch(int batch, int calls)
    {
        var (seconds, policy) = Measured(batch, _ => 700);
        Assert.That(seconds, Is.EqualTo(calls * 700e-6 * 1000 / ((double)calls * batch)).Within(1e-12));
        Assert.That(policy.Calls % calls, Is.Zero, "whole rounds");
    }

    [Test]
    public void A_slow_policy_is_measured_in_five_rounds_after_one_to_get_warm()
    {
        var (_, policy) = Measured(1000, _ => 2_000_000);
        Assert.That(policy.Calls, Is.EqualTo(1 + 5));
    }

    /// <summary>150 rounds of 1 ms to get warm, then 101 at most.</summary>
    [Test]
    public void A_quick_policy_is_measured_in_at_most_a_hundred_and_one_rounds()
    {
        var (_, policy) = Measured(1000, _ => 1_000);
        Assert.That(policy.Calls, Is.EqualTo(150 + 101));
    }

    /// <summary>400 ms in rounds of 10 ms, after 15 to get warm.</summary>
    [Test]
    public void Rounds_end_when_enough_time_has_passed()
    {
        var (_, policy) = Measured(1000, _ => 10_000);
        Assert.That(policy.Calls, Is.EqualTo(15 + 40));
    }

    /// <summary>Rounds of 9, 1, 5, 1 and 30 s after the warm one: the middle one counts, not the mean.</summary>
    [Test]
    public void The_median_of_the_rounds_counts()
    {
        long[] seconds = [100, 9, 1, 5, 1, 30];
        var (measured, policy) = Measured(1000, call => 1_000_000 * seconds[call]);
        Assert.That(policy.Calls, Is.EqualTo(seconds.Length));
        Assert.That(measured, Is.EqualTo(5).Within(1e-9));
    }

    [Test]
    public void A_batch_of_none_is_refused() =>
        Assert.That(() => Measured(0, _ => 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
}
