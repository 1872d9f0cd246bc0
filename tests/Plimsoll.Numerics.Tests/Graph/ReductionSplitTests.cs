using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Reference;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Reductions that are cut over their outputs equal the scalar reference, to the bit, on any number of
/// threads.</summary>
public sealed unsafe class ReductionSplitTests
{
    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Rows_of_each_member_are_summed_as_by_the_reference() => Prop.ForAll(Cases, c =>
    {
        var ((members, rows, columns), threads) = c;
        var (e, k) = (new Axis("E", members), new Axis("K", columns));
        Check(threads, new Shape(e, new Axis("B", rows), k), new SumRows(true), new Shape(e, k), (y, x) =>
        {
            for (var i = 0; i < members; i++)
                ReferenceReductions.SumRows(y + i * columns, x + (nint)i * rows * columns, rows, columns, false);
        });
    });

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property Members_are_summed_as_by_the_reference() => Prop.ForAll(Cases, c =>
    {
        var ((members, rows, columns), threads) = c;
        var (b, k) = (new Axis("B", rows), new Axis("K", columns));
        Check(threads, new Shape(new Axis("E", members), b, k), new SumLeading(), new Shape(b, k), (y, x) =>
            ReferenceReductions.SumLeading(y, x, members, (nint)rows * columns));
    });

    [FsCheck.NUnit.Property(MaxTest = 60)]
    public Property A_member_is_placed_among_zeros() => Prop.ForAll(Cases, c =>
    {
        var ((members, rows, columns), threads) = c;
        var (e, b, k) = (new Axis("E", members), new Axis("B", rows), new Axis("K", columns));
        var chosen = rows % members;
        Check(threads, new Shape(b, k), new PlaceMember(chosen, e), new Shape(e, b, k), (y, x) =>
            new Span<float>(x, rows * columns).CopyTo(new Span<float>(y + (nint)chosen * rows * columns, rows * columns)));
    });

    private static Arbitrary<((int Members, int Rows, int Columns), int Threads)> Cases =>
        (from members in Gen.Choose(1, 5)
         from rows in Gen.Choose(1, 120)
         from columns in Gen.Choose(1, 300)
         from threads in Gen.Choose(1, 4)
         select ((members, rows, columns), threads)).ToArbitrary();

    private delegate void Reference(float* y, float* x);

    private static void Check(int threads, Shape from, Operation operation, Shape to, Reference reference)
    {
        using var state = new TrainingState();
        var x = state.Normal("x", from);
        var expected = new float[to.Count];
        fixed (float* y = expected) reference(y, x.Pointer);
        var g = new GraphBuilder();
        g.Output("y", g.Make(operation, [g.Read(x)], to));
        using var team = new Team(threads);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(Bits(program.Output("y")), Is.EqualTo(Bits(expected)));
    }
}
