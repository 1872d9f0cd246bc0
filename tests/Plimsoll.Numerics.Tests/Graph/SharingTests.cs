using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Equal expressions are one node, different ones are not, and what nobody needs is not computed.</summary>
public sealed class SharingTests
{
    private static readonly Shape Matrix = new(B, K);
    private static readonly Shape Transposed = new(K, B);

    private static readonly Dictionary<string, Func<GraphBuilder, Node>> Expressions = new()
    {
        ["constant"] = g => g.Constant(0.5f, Matrix),
        ["uniform"] = g => g.Uniform(Stream("a"), Matrix),
        ["keep mask"] = g => g.KeepMask(Stream("a"), Matrix, 0.5f),
        ["tanh"] = g => g.Tanh(g.Normal(Stream("a"), Matrix)),
        ["sum of products"] = g => g.Sum(g.Normal(Stream("a"), Matrix) * g.Normal(Stream("b"), Matrix)),
        ["linear"] = g => g.Linear(g.Normal(Stream("a"), Matrix), g.Normal(Stream("b"), Transposed.As("B", "O")), null),
        ["member"] = g => g.Member(g.Normal(Stream("a"), Matrix.Prepend(E)), 1),
        ["columns"] = g => g.Columns(g.Normal(Stream("a"), Matrix), 1, new Axis("C", 2)),
        ["deviation"] = g => g.DeviationLeading(g.Normal(Stream("a"), Matrix.Prepend(E))),
    };

    private static readonly Dictionary<string, Func<GraphBuilder, (Node, Node)>> Differences = new()
    {
        ["value of a constant"] = g => (g.Constant(1f, Matrix), g.Constant(2f, Matrix)),
        ["sign of a zero"] = g => (g.Constant(0f, Matrix), g.Constant(-0f, Matrix)),
        ["sign of a factor"] = g => (g.Constant(1f, Matrix) * 0f, g.Constant(1f, Matrix) * -0f),
        ["shape of a constant"] = g => (g.Constant(1f, Matrix), g.Constant(1f, Transposed)),
        ["axis name of a constant"] = g => (g.Constant(1f, Matrix), g.Constant(1f, new Shape(B, K.As("S")))),
        ["shape of a draw"] = g => (g.Normal(Stream("a"), Matrix), g.Normal(Stream("a"), Transposed)),
        ["stream of a draw"] = g => (g.Normal(Stream("a"), Matrix), g.Normal(Stream("b"), Matrix)),
        ["kind of a draw"] = g => (g.Normal(Stream("a"), Matrix), g.Uniform(Stream("a"), Matrix)),
        ["keep of a mask"] = g => (g.KeepMask(Stream("a"), Matrix, 0.5f), g.KeepMask(Stream("a"), Matrix, 0.6f)),
        ["order of operands"] = g =>
            (g.Constant(1f, Matrix) - g.Constant(2f, Matrix), g.Constant(2f, Matrix) - g.Constant(1f, Matrix)),
        ["member"] = g => (g.Member(g.Constant(1f, Matrix), 0), g.Member(g.Constant(1f, Matrix), 1)),
        ["start of columns"] = g =>
            (g.Columns(g.Constant(1f, Matrix), 0, new Axis("C", 2)),
                g.Columns(g.Constant(1f, Matrix), 1, new Axis("C", 2))),
        ["broadcast axis"] = g =>
            (g.BroadcastLeading(g.Constant(1f, Matrix), E), g.BroadcastLeading(g.Constant(1f, Matrix), E.As("R"))),
        ["host function"] = g => (g.PerStep("rate", s => s), g.PerStep("rate", s => 2 * s)),
        ["name of an input"] = g => (g.Input("a", Matrix), g.Input("b", Matrix)),
    };

    [TestCaseSource(nameof(ExpressionNames))]
    public void An_expression_written_twice_is_one_node(string name)
    {
        var g = new GraphBuilder();
        Assert.That(Expressions[name](g), Is.SameAs(Expressions[name](g)));
    }

    [TestCaseSource(nameof(DifferenceNames))]
    public void Expressions_that_differ_in_anything_are_two_nodes(string name)
    {
        var (x, y) = Differences[name](new GraphBuilder());
        Assert.That(x, Is.Not.SameAs(y));
    }

    [Test]
    public void A_shared_expression_is_computed_once()
    {
        var g = new GraphBuilder();
        var x = g.Normal(Stream("a"), Matrix);
        g.Output("twice", g.Exp(x) + g.Exp(x));
        Assert.That(Plan(g).Count(line => line.Contains("Exp", StringComparison.OrdinalIgnoreCase)), Is.EqualTo(1));
    }

    [Test]
    public void Reads_before_and_after_an_update_are_not_shared()
    {
        using var state = new TrainingState();
        var array = state.Normal("w", Matrix);
        var g = new GraphBuilder();
        var before = g.Read(array);
        Assert.That(g.Read(array), Is.SameAs(before));
        g.Sgd([array], [g.Constant(1f, Matrix)], g.Constant(1f));
        Assert.That(g.Read(array), Is.Not.SameAs(before));
    }

    [Test]
    public void What_no_effect_needs_is_not_scheduled()
    {
        var g = new GraphBuilder();
        var x = g.Normal(Stream("a"), Matrix);
        g.Output("kept", g.Square(x));
        var kept = Plan(g).Count;
        g.Exp(g.Tanh(x));
        g.PerStep("unused", _ => throw new InvalidOperationException("dead code ran"));
        g.Gradients(g.Sum(g.Sigmoid(x)), x);
        Assert.Multiple(() =>
        {
            Assert.That(kept, Is.EqualTo(3), "a draw, a square, an output");
            Assert.That(Plan(g), Has.Count.EqualTo(kept));
            Assert.That(() => Run(g, "kept"), Throws.Nothing);
        });
    }

    [Test]
    public void A_graph_without_effects_is_an_empty_program()
    {
        var g = new GraphBuilder();
        g.Tanh(g.Normal(Stream("a"), Matrix));
        Assert.That(Plan(g), Is.Empty);
    }

    [Test]
    public void A_gradient_is_built_only_towards_what_is_asked_for()
    {
        using var state = new TrainingState();
        var (w, frozen) = (state.Normal("w", Transposed.As("B", "O")), state.Normal("frozen", Matrix));
        var g = new GraphBuilder();
        var loss = g.Sum(g.Square(g.Linear(g.Read(frozen), g.Read(w), null)));
        g.Output("gradient", g.Gradients(loss, g.Read(w))[0]);
        Assert.That(Plan(g), Has.None.Contains("input gradient"));
    }

    private static IEnumerable<string> ExpressionNames() => Expressions.Keys;

    private static IEnumerable<string> DifferenceNames() => Differences.Keys;
}

internal static class ShapeNames
{
    /// <summary>The shape with one axis under another name.</summary>
    internal static Shape As(this Shape shape, string from, string to) =>
        new([.. shape.Axes.Select(a => a.Name == from ? a.As(to) : a)]);
}
