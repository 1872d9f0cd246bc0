using NUnit.Framework;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Runtime;

public sealed class DealtWorkTests
{
    [Test]
    public void Every_item_is_worked_on_once_each_time(
        [Values(0, 1, 7, 64, 1000)] int count, [Values(1, 2, 3)] int threads)
    {
        using var team = new Team(threads);
        var times = new int[count];
        var work = new DealtWork(team, count, (start, end) =>
        {
            for (var i = start; i < end; i++) Interlocked.Increment(ref times[i]);
        });
        for (var round = 1; round <= 3; round++)
        {
            work.Run();
            Assert.That(times, Has.All.EqualTo(round));
        }
    }

    [Test]
    public void Whoever_is_free_takes_what_is_left()
    {
        using var team = new Team(2);
        using var others = new CountdownEvent(15);
        var waited = true;
        new DealtWork(team, 16, (start, _) =>
        {
            // The first item waits for all others, which the other thread alone can do.
            if (start == 0) waited = others.Wait(TimeSpan.FromSeconds(30));
            else others.Signal();
        }).Run();
        Assert.That(waited);
    }

    [Test]
    public void A_round_allocates_nothing([Values(1, 2)] int threads)
    {
        using var team = new Team(threads);
        var sum = 0L;
        var work = new DealtWork(team, 100, (start, end) => Interlocked.Add(ref sum, end - start));
        work.Run();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++) work.Run();
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sum, Is.EqualTo(101 * 100));
    }
}
