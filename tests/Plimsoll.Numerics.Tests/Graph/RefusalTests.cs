using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>What would read beyond an array, repeat draws or give a silently wrong result is refused at build time.</summary>
[TestFixture]
public sealed class RefusalTests
{
    private static readonly Axis B = new("B", 4);
    private readonly GraphBuilder g = new();

    [Test]
    public void Rows_are_drawn_from_at_least_one()
    {
        Assert.That(() => g.Rows(Stream("rows"), B, 0), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => g.Rows(Stream("rows"), B, -1), Throws.InstanceOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public unsafe void A_table_has_a_row() =>
        Assert.That(() => new Table("empty", null, 0, null), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [TestCase(0f)]
    [TestCase(1.5f)]
    [TestCase(float.NaN)]
    public void A_probability_to_keep_is_one(float keep) =>
        Assert.That(() => g.KeepMask(Stream("mask"), new Shape(B), keep), Throws.InstanceOf<ArgumentOutOfRangeException>());

    [Test]
    public void Columns_beyond_the_largest_number_do_not_wrap_around() =>
        Assert.That(
            () => g.Columns(g.Input("x", new Shape(B, new Axis("K", 3))), int.MaxValue, new Axis("C", 2)),
            Throws.InstanceOf<ShapeException>());

    [Test]
    public void Scalars_have_no_axis_to_run_over()
    {
        var scalar = g.Input("scalar", Shape.Scalar);
        Assert.Multiple(() =>
        {
            Assert.That(() => g.SumLast(scalar), Throws.InstanceOf<ShapeException>());
            Assert.That(() => g.SumLeading(scalar), Throws.InstanceOf<ShapeException>());
            Assert.That(() => g.Concat("C", scalar), Throws.InstanceOf<ShapeException>());
            Assert.That(() => g.Concat("C"), Throws.InstanceOf<ShapeException>());
            Assert.That(() => g.Columns(scalar, 0, new Axis("C", 1)), Throws.InstanceOf<ShapeException>());
        });
    }

    [Test]
    public void Dropout_on_attention_draws_nothing_twice()
    {
        var x = g.Input("x", new Shape(new Axis("B", 4096), new Axis("T", 1024), new Axis("D", 8)));
        Assert.That(
            () => g.Attention(x, x, x, 8, false, dropout: new AttentionDropout(Stream("weights"), 0.9f)),
            Throws.InstanceOf<ShapeException>().With.Message.Contains("draws"));
    }

    [Test]
    public void Gradient_descent_has_a_gradient_for_each_parameter()
    {
        using var state = new TrainingState();
        StateArray[] parameters = [state.Add("p", new Shape(B)), state.Add("q", new Shape(B))];
        Assert.That(
            () => g.Sgd(parameters, [g.Read(parameters[0])], g.Constant(1f)), Throws.InstanceOf<ShapeException>());
    }

    [Test]
    public void Adam_reads_no_moment_that_it_changes_and_later_reads_see_the_new_one()
    {
        using var state = new TrainingState();
        StateArray[] parameters = [state.Add("p", new Shape(B))];
        var adam = new AdamOptimiser(state, "adam", parameters);
        Assert.That(
            () => g.Adam(adam, [g.Read(adam.FirstMoments[0])], g.Constant(1f)),
            Throws.InvalidOperationException.With.Message.Contains("adam/m/p"));
        var before = g.Read(adam.SecondMoments[0]);
        g.Adam(adam, [g.Input("gradient", new Shape(B))], g.Constant(1f));
        Assert.That(g.Read(adam.SecondMoments[0]), Is.Not.SameAs(before));
    }

    [Test]
    public void Bounds_and_terms_that_differ_in_the_sign_of_zero_are_two_operations()
    {
        var x = g.Input("x", new Shape(B));
        Assert.That(g.Clamp(x, -0f, 1f), Is.Not.SameAs(g.Clamp(x, 0f, 1f)));
    }
}
