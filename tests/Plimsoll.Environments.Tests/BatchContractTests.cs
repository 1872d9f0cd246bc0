using NUnit.Framework;
using Plimsoll.Environments.Tests.Support;

namespace Plimsoll.Environments.Tests;

/// <summary>What every task owes its callers.</summary>
public class BatchContractTests
{
    private static readonly string[] Names = [.. Tasks.All.Select(task => task.Name)];

    /// <summary>Not those in which whoever does nothing falls.</summary>
    private static readonly string[] Patient =
        [.. Names.Except(["AntCircle", "AntRun", "HopperVelocity", "Walker2dVelocity"])];

    /// <summary>Not the one that starts where it always does.</summary>
    private static readonly string[] Drawn = [.. Names.Except(["PixelWorld"])];

    /// <summary>All arrays of a batch, and what a run over them leaves.</summary>
    private sealed class Batch(string task, int count)
    {
        public BatchedEnvironment Environment { get; } = Created(task, count);

        public float[] Actions { get; } = new float[count * Tasks.Find(task)!.ActionSize];

        public float[] Observations { get; } = new float[count * Tasks.Find(task)!.ObservationSize];

        public float[] Rewards { get; } = new float[count];

        public float[] Costs { get; } = new float[count];

        public bool[] Terminated { get; } = new bool[count];

        public bool[] Truncated { get; } = new bool[count];

        public void Step(int start, int end) =>
            Environment.Step(start, end, Actions, Observations, Rewards, Costs, Terminated, Truncated);

        public void Reset(int index, IUniformSource random)
        {
            var s = Environment.Facts.ObservationSize;
            Environment.Reset(index, random, Observations.AsSpan(index * s, s));
        }

        public void DrawActions(int index, SplitMix random)
        {
            for (var k = 0; k < Environment.Facts.ActionSize; k++)
            {
                Actions[index * Environment.Facts.ActionSize + k] = random.NextAction();
            }
        }

        /// <summary>All that is visible of one environment, as bits.</summary>
        public string Trace(int index)
        {
            var s = Environment.Facts.ObservationSize;
            float[] numbers = [.. Observations.AsSpan(index * s, s), Rewards[index], Costs[index]];
            return string.Join(' ', numbers.Select(BitConverter.SingleToUInt32Bits))
                + Terminated[index] + Truncated[index];
        }
    }

    /// <summary>Ignores the test where the task's engine is missing.</summary>
    private static BatchedEnvironment Created(string task, int count)
    {
        Needs.EngineOf(task);
        return Tasks.Create(task, count);
    }

    /// <summary>Trace of each environment i, driven by a stream of its own, under a way to step.</summary>
    private static string[] Run(string task, int count, int firstStream, int steps, Action<Batch> step)
    {
        var batch = new Batch(task, count);
        var streams = Enumerable.Range(0, count).Select(i => new SplitMix(firstStream + i)).ToArray();
        for (var i = 0; i < count; i++)
        {
            batch.Reset(i, streams[i]);
        }

        var traces = new string[count];
        for (var t = 0; t < steps; t++)
        {
            for (var i = 0; i < count; i++)
            {
                batch.DrawActions(i, streams[i]);
            }

            step(batch);
            for (var i = 0; i < count; i++)
            {
                traces[i] += batch.Trace(i) + '\n';
            }
        }

        return traces;
    }

    /// <summary>A native world takes a hundred times as long to step as a task in C#.</summary>
    private static int Fewer(string task, int many, int few) =>
        Tasks.Find(task)!.Engine == Engine.Managed ? many : few;

    private static void Whole(Batch batch) => batch.Step(0, batch.Environment.Count);

    [Test]
    public void The_catalogue_creates_each_task_with_its_facts([ValueSource(nameof(Names))] string task)
    {
        var facts = Tasks.Find(task)!;
        Assert.That(Created(task, 3).Facts, Is.EqualTo(facts));
        Assert.That(Created(task, 3).Count, Is.EqualTo(3));
        Assert.That(facts.ObservationNames, Is.Unique.And.Count.EqualTo(facts.ObservationSize));
        Assert.That(facts.CostSize, Is.EqualTo(1));
    }

    [Test]
    public void An_unknown_task_is_named_with_the_known_ones()
    {
        Assert.That(Tasks.Find("BallSquare"), Is.Null);
        Assert.That(
            () => Tasks.Create("BallSquare", 1),
            Throws.ArgumentException.With.Message.Contains("'BallSquare'").And.Message.Contains("PointNav"));
    }

    [Test]
    public void An_environment_does_not_notice_its_batch([ValueSource(nameof(Names))] string task)
    {
        var (count, steps) = (Fewer(task, 7, 3), Fewer(task, 120, 40));
        var together = Run(task, count, 100, steps, Whole);
        for (var i = 0; i < count; i++)
        {
            Assert.That(Run(task, 1, 100 + i, steps, Whole)[0], Is.EqualTo(together[i]));
        }
    }

    [Property(MaxTest = 30)]
    public bool Cutting_a_batch_into_ranges_changes_no_bit(byte cutA, byte cutB, int seed)
    {
        const int count = 9;
        var low = Math.Min(cutA, cutB) % (count + 1);
        var high = Math.Max(low, Math.Max(cutA, cutB) % (count + 1));
        return Tasks.All.Where(task => task.Engine == Engine.Managed)
            .All(task => CutEqualsWhole(task.Name, count, low, high, seed));
    }

    [Test]
    public void Cutting_a_batch_of_any_engine_changes_no_bit([ValueSource(nameof(Names))] string task) =>
        Assert.That(CutEqualsWhole(task, 9, 2, 7, 3), Is.True);

    private static bool CutEqualsWhole(string task, int count, int low, int high, int seed)
    {
        var steps = Fewer(task, 40, 5);
        return Run(task, count, seed, steps, Whole).SequenceEqual(Run(task, count, seed, steps, batch =>
        {
            batch.Step(high, count);
            batch.Step(0, low);
            batch.Step(low, high);
        }));
    }

    [Test]
    public void Two_threads_give_the_bits_of_one([ValueSource(nameof(Names))] string task)
    {
        var (count, steps) = (Fewer(task, 64, 8), Fewer(task, 60, 30));
        var half = count / 2 - 1;
        var one = Run(task, count, 5, steps, Whole);
        var two = Run(task, count, 5, steps, batch =>
            Parallel.Invoke(() => batch.Step(0, half), () => batch.Step(half, count)));
        Assert.That(two, Is.EqualTo(one));
    }

    [Test]
    public void Rows_outside_the_range_are_left_alone([ValueSource(nameof(Names))] string task)
    {
        var batch = new Batch(task, 3);
        for (var i = 0; i < 3; i++)
        {
            batch.Reset(i, new SplitMix(i));
        }

        Array.Fill(batch.Observations, -77);
        Array.Fill(batch.Rewards, -77);
        Array.Fill(batch.Costs, -77);
        batch.Step(1, 2);
        Assert.That(batch.Rewards[0], Is.EqualTo(-77));
        Assert.That(batch.Rewards[1], Is.Not.EqualTo(-77));
        Assert.That(batch.Costs[2], Is.EqualTo(-77));
        var untouched = batch.Observations.Count(x => x == -77);
        Assert.That(untouched, Is.EqualTo(2 * batch.Environment.Facts.ObservationSize));
    }

    [Test]
    public void An_episode_that_does_not_end_is_cut_off_at_the_horizon(
        [ValueSource(nameof(Patient))] string task)
    {
        var solo = new Solo(Created(task, 1));
        solo.Reset(task == "PointNav" ? new Given(0.9, 0.9) : new SplitMix(1));
        var idle = task == "PixelWorld" ? [-1, 0] : new float[solo.Facts.ActionSize];
        for (var t = 1; t < solo.Facts.Horizon; t++)
        {
            Assert.That(solo.Step(idle).Ended, Is.False, $"step {t}");
        }

        var last = solo.Step(idle);
        Assert.That((last.Terminated, last.Truncated), Is.EqualTo((false, true)));
    }

    [Test]
    public void After_its_end_an_environment_stands_still_until_reset(
        [ValueSource(nameof(Names))] string task)
    {
        var solo = new Solo(Created(task, 1));
        var random = new SplitMix(8);
        solo.Reset(random);
        Outcome last;
        do
        {
            last = solo.Step([.. Enumerable.Range(0, solo.Facts.ActionSize).Select(_ => random.NextAction())]);
        }
        while (!last.Ended);
        var after = solo.Step(Alternating(solo.Facts.ActionSize, 1, -1));
        Assert.That(after.Observation, Is.EqualTo(last.Observation));
        Assert.That((after.Reward, after.Cost), Is.EqualTo((0f, 0f)));
        Assert.That((after.Terminated, after.Truncated), Is.EqualTo((last.Terminated, last.Truncated)));
        solo.Reset(random);
        Assert.That(solo.Step(Alternating(solo.Facts.ActionSize, -1, 0)).Ended, Is.False);
    }

    [Test]
    public void Actions_beyond_the_limit_act_like_the_limit([ValueSource(nameof(Names))] string task)
    {
        var (wild, tame) = (new Solo(Created(task, 1)), new Solo(Created(task, 1)));
        var size = wild.Facts.ActionSize;
        wild.Reset(new SplitMix(2));
        tame.Reset(new SplitMix(2));
        for (var t = 0; t < 3; t++)
        {
            Assert.That(
                wild.Step(Alternating(size, 7, -0.25f)).Observation,
                Is.EqualTo(tame.Step(Alternating(size, 1, -0.25f)).Observation));
            Assert.That(
                wild.Step(Alternating(size, 0.5f, -1e15f)).Observation,
                Is.EqualTo(tame.Step(Alternating(size, 0.5f, -1)).Observation));
        }
    }

    /// <summary>What an action that nothing clips is priced at may be more than a reward can hold.</summary>
    [Test]
    public void A_reward_beyond_all_numbers_is_refused_and_ends_the_episode(
        [Values("AntRun", "AntCircle", "AntVelocity", "HopperVelocity")] string task)
    {
        using var solo = new Solo(Created(task, 1));
        var size = solo.Facts.ActionSize;
        solo.Reset(new SplitMix(2));
        Assert.That(
            () => solo.Step(Alternating(size, 3e38f, 0)),
            Throws.TypeOf<SimulationException>().With.Message.Contains(task)
                .And.Message.Contains("environment 0").And.Message.Contains("reward of step 0 is -Infinity"));
        var after = solo.Step(new float[size]);
        Assert.That((after.Reward, after.Cost, after.Terminated), Is.EqualTo((0f, 0f, true)), "it stands still");
        solo.Reset(new SplitMix(2));
        Assert.That(solo.Step(new float[size]).Terminated, Is.False);
    }

    /// <summary>No numbers for a start, as from a source that fails.</summary>
    [Test]
    public void A_reset_that_throws_leaves_no_half_of_a_start([ValueSource(nameof(Drawn))] string task)
    {
        using var solo = new Solo(Created(task, 1));
        solo.Reset(new SplitMix(2));
        Assert.That(() => solo.Reset(new Given(0.9)), Throws.InstanceOf<IndexOutOfRangeException>());
        Assert.That(
            () => solo.Step(new float[solo.Facts.ActionSize]),
            Throws.InvalidOperationException.With.Message.Contains("before it was reset"));
    }

    [Test]
    public void A_disposed_batch_can_be_disposed_again_and_not_used([ValueSource(nameof(Names))] string task)
    {
        var solo = new Solo(Created(task, 1));
        solo.Reset(new SplitMix(1));
        solo.Dispose();
        solo.Dispose();
        Assert.That(
            () => solo.Step(new float[solo.Facts.ActionSize]), Throws.InstanceOf<ObjectDisposedException>());
        Assert.That(() => solo.Reset(new SplitMix(1)), Throws.InstanceOf<ObjectDisposedException>());
    }

    private static float[] Alternating(int size, float even, float odd) =>
        [.. Enumerable.Range(0, size).Select(k => k % 2 == 0 ? even : odd)];

    [Test]
    public void A_step_allocates_nothing([ValueSource(nameof(Names))] string task)
    {
        var batch = new Batch(task, Fewer(task, 50, 4));
        for (var i = 0; i < batch.Environment.Count; i++)
        {
            batch.Reset(i, new SplitMix(i));
        }

        Whole(batch);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var t = 0; t < 20; t++)
        {
            Whole(batch);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread(), Is.EqualTo(before));
    }

    [Test]
    public void Misuse_is_refused_with_what_and_where([ValueSource(nameof(Names))] string task)
    {
        var batch = new Batch(task, 2);
        Assert.That(
            () => Whole(batch),
            Throws.InvalidOperationException.With.Message.Contains("before it was reset"));
        batch.Reset(0, new SplitMix(0));
        batch.Reset(1, new SplitMix(1));
        Assert.That(() => batch.Step(1, 3), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => batch.Step(2, 1), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => batch.Environment.Step(
                0,
                2,
                batch.Actions,
                batch.Observations,
                batch.Rewards,
                costs: new float[1],
                batch.Terminated,
                batch.Truncated),
            Throws.ArgumentException.With.Message.Contains("costs"));
        batch.Actions[batch.Environment.Facts.ActionSize + 1] = float.NaN;
        Assert.That(
            () => Whole(batch),
            Throws.TypeOf<ActionException>()
                .With.Message.Contains("component 1").And.Message.Contains("environment 1"));
    }
}
