using System.Diagnostics;
using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Runtime;

/// <summary>Every part of every kernel runs once and is done when the run returns, whatever the threads were doing.
/// </summary>
public sealed class TeamTests
{
    /// <summary>What takes this long is taken to hang; all of it takes seconds where the cores are free.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [FsCheck.NUnit.Property(MaxTest = 40)]
    public Property Every_part_runs_once_and_is_done_when_the_run_returns() => Prop.ForAll(
        Gen.Choose(1, 4).ToArbitrary(), Gen.Choose(0, 150).ToArbitrary(), Work);

    // Threads go to sleep after some 50 microseconds: the pauses between the runs lie on both sides of that.
    [TestCase(2, 0)]
    [TestCase(2, 40)]
    [TestCase(2, 55)]
    [TestCase(2, 150)]
    [TestCase(4, 3)]
    [TestCase(4, 60)]
    public void No_call_is_lost_between_waking_and_sleeping(int size, int pause) => Within(() =>
    {
        using var team = new Team(size);
        var done = new int[size * 32];
        for (var run = 1; run <= 1000; run++)
        {
            team.Run((part, _) => done[part * 32]++);
            for (var part = 0; part < size; part++) Assert.That(done[part * 32], Is.EqualTo(run), $"part {part}");
            var end = Stopwatch.GetTimestamp() + (long)((pause + run % 16) * 1e-6 * Stopwatch.Frequency);
            while (pause > 0 && Stopwatch.GetTimestamp() < end) Thread.SpinWait(1);
        }
    });

    [Test]
    public void Threads_without_work_go_to_sleep_and_come_back()
    {
        using var team = new Team(3);
        for (var nap = 0; nap < 20; nap++)
        {
            Assert.That(SpinWait.SpinUntil(() => team.Sleeping == 2, Patience), "they still burn their cores");
            var done = 0;
            team.Run((_, _) => Interlocked.Increment(ref done));
            Assert.That(done, Is.EqualTo(3));
        }
    }

    [Test]
    public void A_caller_sleeps_too_while_a_long_part_runs() => Within(() =>
    {
        using var team = new Team(2);
        for (var run = 0; run < 50; run++)
        {
            var (begun, done) = (false, false);
            team.Run((part, _) =>
            {
                if (part == 0)
                {
                    SpinWait.SpinUntil(() => Volatile.Read(ref begun), Patience);
                    return;
                }
                Volatile.Write(ref begun, true);
                Thread.Sleep(run % 3);
                done = true;
            });
            Assert.That(done);
        }
    });

    [Test]
    public void A_part_that_its_thread_has_not_begun_is_the_callers() => Within(() =>
    {
        using var team = new Team(2);
        var (stolen, threads) = (0, new int[2]);
        for (var run = 0; run < 200; run++)
        {
            SpinWait.SpinUntil(() => team.Sleeping == 1, Patience);
            team.Run((part, _) => threads[part] = Environment.CurrentManagedThreadId);
            if (threads[0] == threads[1]) stolen++;
        }
        Assert.That(stolen, Is.Positive, "waking takes longer than doing nothing");
    });

    [Test]
    public void Parts_run_side_by_side() => Within(() =>
    {
        using var team = new Team(4);
        using var all = new Barrier(4);
        for (var run = 0; run < 100; run++)
            team.Run((_, _) => Assert.That(all.SignalAndWait(Patience), "somebody did not come"));
    });

    [Test]
    public void A_part_that_throws_is_told_and_the_team_goes_on([Values(2, 3, 4)] int size) => Within(() =>
    {
        using var team = new Team(size);
        for (var run = 0; run < 200; run++)
        {
            var failing = run % size;
            var others = 0;
            void Kernel(int part, int parts)
            {
                if (part == failing) throw new ArithmeticException($"part {part}");
                Interlocked.Increment(ref others);
            }

            if (failing == 0)
                Assert.That(() => team.Run(Kernel), Throws.TypeOf<ArithmeticException>());
            else
                Assert.That(
                    () => team.Run(Kernel),
                    Throws.InvalidOperationException.With.InnerException.Message.EqualTo($"part {failing}"));
            Assert.That(others, Is.EqualTo(size - 1), "the other parts were done when it was told");
        }
    });

    [Test]
    public void A_failure_beside_the_callers_own_is_not_told_at_the_next_run() => Within(() =>
    {
        using var team = new Team(2);
        Assert.That(
            () => team.Run((part, _) => throw new ArithmeticException($"part {part}")),
            Throws.TypeOf<ArithmeticException>().With.Message.EqualTo("part 0"));
        Assert.That(() => team.Run((_, _) => { }), Throws.Nothing);
    });

    [Test]
    public void A_team_ends_whatever_its_threads_are_doing() => Within(() =>
    {
        for (var i = 0; i < 300; i++)
        {
            var team = new Team(1 + i % 4);
            if (i % 3 > 0) team.Run((_, _) => { });
            if (i % 7 == 0) SpinWait.SpinUntil(() => team.Sleeping == team.Size - 1, Patience);
            team.Dispose();
            team.Dispose();
            Assert.That(() => team.Run((_, _) => { }), Throws.TypeOf<ObjectDisposedException>());
        }
    });

    [Test]
    public void Many_teams_at_once_do_not_disturb_each_other() => Within(() =>
    {
        var callers = Enumerable.Range(0, 8).Select(i => Task.Factory.StartNew(
            () => Work(1 + i % 4, 300), TaskCreationOptions.LongRunning));
        Assert.That(Task.WhenAll(callers).Result, Is.All.True);
    });

    [Test]
    public void A_run_allocates_nothing()
    {
        using var team = new Team(2);
        Kernel kernel = (_, _) => { };
        for (var run = 0; run < 1000; run++) team.Run(kernel);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var run = 0; run < 1000; run++) team.Run(kernel);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    /// <summary>Each run adds what the run before has left, so that a part that is late or early shows.</summary>
    private static bool Work(int size, int runs)
    {
        using var team = new Team(size);
        var values = new long[size];
        var sum = 1L;
        for (var run = 0; run < runs; run++)
        {
            team.Run((part, parts) =>
            {
                Assert.That(parts, Is.EqualTo(size));
                values[part] = sum + part;
            });
            var next = values.Sum();
            if (next != size * sum + size * (size - 1) / 2) return false;
            sum = next % 1_000_003;
        }
        return true;
    }

    private static void Within(Action body)
    {
        var run = Task.Factory.StartNew(body, TaskCreationOptions.LongRunning);
        Assert.That(run.Wait(Patience), "it hangs");
    }
}
