using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Runtime;

/// <summary>Buffers that are alive together never overlap, and the arena is as long as it says.</summary>
public sealed class PlacementTests
{
    private static readonly Gen<ArenaBuffer[]> Buffers =
        from sizes in Gen.Choose(1, 50).ArrayOf()
        from spans in Gen.Choose(0, 12).ArrayOf(sizes.Length)
        select sizes.Select((size, i) => new ArenaBuffer(16 * size, i, i + spans[i])).ToArray();

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property In_order_of_time() => Prop.ForAll(Buffers.ToArbitrary(), b => Check(b, Placement.InOrder(b)));

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public Property The_largest_first() => Prop.ForAll(Buffers.ToArbitrary(), b => Check(b, Placement.LargestFirst(b)));

    [Test]
    public void The_largest_first_does_not_leave_the_hole_that_the_order_of_time_leaves()
    {
        // A small one that stays lies above a gap that is too short for the large one to come.
        ArenaBuffer[] buffers = [new(32, 0, 0), new(16, 0, 3), new(64, 1, 2)];
        Assert.That(Placement.InOrder(buffers).Size, Is.EqualTo(112));
        Assert.That(Placement.LargestFirst(buffers).Size, Is.EqualTo(80));
    }

    private static void Check(ArenaBuffer[] buffers, Placement placement)
    {
        Assert.That(placement.Offsets, Has.Count.EqualTo(buffers.Length));
        var end = 0L;
        foreach (var a in buffers)
        {
            var from = placement.Offsets[a];
            end = Math.Max(end, from + a.Size);
            foreach (var b in buffers)
            {
                if (a == b || !a.Meets(b)) continue;
                Assert.That(from + a.Size <= placement.Offsets[b] || placement.Offsets[b] + b.Size <= from);
            }
        }
        Assert.That(placement.Size, Is.EqualTo(end));
    }
}
