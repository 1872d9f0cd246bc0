using NUnit.Framework;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Runtime;

/// <summary>Which thread of a team runs where.</summary>
public sealed class AffinityTests
{
    private int[] allowed = [];

    [SetUp]
    public void Only_where_CPUs_can_be_chosen()
    {
        allowed = Affinity.Allowed() ?? [];
        if (allowed.Length < 2) Assert.Ignore("this system does not let a thread choose between CPUs");
    }

    [Test]
    public void A_pinned_thread_keeps_to_its_CPUs() => OnAThread(() =>
    {
        Assert.That(Affinity.Pin(Affinity.Own, allowed[1]));
        Assert.That(Affinity.Allowed(), Is.EqualTo(new[] { allowed[1] }));
        Assert.That(Affinity.Current(), Is.EqualTo(allowed[1]));
    });

    [Test]
    public void No_CPU_at_all_is_refused() => OnAThread(() =>
    {
        Assert.That(Affinity.Pin(Affinity.Own), Is.False);
        Assert.That(Affinity.Pin(Affinity.Own, -1, 1 << 20), Is.False);
        Assert.That(Affinity.Allowed(), Is.EqualTo(allowed));
    });

    [Test]
    public void As_many_threads_as_CPUs_have_one_each_and_the_caller_stays_free() => OnAThread(() =>
    {
        Affinity.Pin(Affinity.Own, allowed[..2]);
        using var team = new Team(2);
        var sets = Sets(team);
        Assert.That(sets[0], Is.EqualTo(allowed[..2]));
        Assert.That(sets[1], Has.Length.EqualTo(1).And.SubsetOf(allowed[..2]));
    });

    [Test]
    public void A_caller_that_asks_is_pinned_apart_from_the_others_until_the_end() => OnAThread(() =>
    {
        Affinity.Pin(Affinity.Own, allowed[..2]);
        using (var team = new Team(2, pinCaller: true))
            Assert.That(Sets(team).Select(set => set.Single()), Is.EquivalentTo(allowed[..2]));
        Assert.That(Affinity.Allowed(), Is.EqualTo(allowed[..2]));
    });

    [Test]
    public void Other_numbers_of_threads_run_anywhere([Values(1, 3)] int size) => OnAThread(() =>
    {
        Affinity.Pin(Affinity.Own, allowed[..2]);
        using var team = new Team(size, pinCaller: true);
        var sets = Sets(team);
        Assert.That(sets[0], Is.EqualTo(allowed[..2]));
        Assert.That(sets.Skip(1).Select(set => set.Length), Is.All.GreaterThan(1));
    });

    private static int[][] Sets(Team team)
    {
        var sets = new int[team.Size][];
        // No part ends before all have begun, so that each is on its own thread.
        using var all = new Barrier(team.Size);
        team.Run((part, _) =>
        {
            all.SignalAndWait(TimeSpan.FromSeconds(20));
            sets[part] = Affinity.Allowed()!;
        });
        return sets;
    }

    /// <summary>A thread of its own, so that no other test runs on few CPUs.</summary>
    private static void OnAThread(Action body)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                body();
            }
            catch (Exception thrown)
            {
                failure = thrown;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null) throw failure;
    }
}
