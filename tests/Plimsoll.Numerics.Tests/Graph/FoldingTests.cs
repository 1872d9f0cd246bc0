using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>What follows from constants alone is computed when the graph is built.</summary>
[TestFixture]
public sealed class FoldingTests
{
    private static readonly Shape Rows = new(new Axis("B", 5));

    [Test]
    public void Operations_on_constants_become_constants()
    {
        var g = new GraphBuilder();
        var scalar = g.Exp(g.Constant(0.5f)) * 3f - 1f;
        var folded = g.Broadcast(scalar, Rows) + g.Constant(2f, Rows);
        Assert.That(folded.Operation, Is.InstanceOf<Constant>());
        Assert.That(((Constant)folded.Operation).Value, Is.EqualTo(MathF.Exp(0.5f) * 3f - 1f + 2f).Within(1e-6));
    }

    [TestCase(0.3f)]
    [TestCase(-0f)]
    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(1e-42f)]
    public void A_folded_value_has_the_bits_of_a_computed_one(float value)
    {
        var g = new GraphBuilder();
        var input = g.Input("x", Rows);
        g.Output("folded", Chain(g, g.Constant(value, Rows)));
        g.Output("computed", Chain(g, input));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Input("x").Fill(value);
        program.Run(0);
        Assert.That(
            program.Output("folded").ToArray().Select(BitConverter.SingleToInt32Bits),
            Is.EqualTo(program.Output("computed").ToArray().Select(BitConverter.SingleToInt32Bits)));

        static Node Chain(GraphBuilder g, Node x) =>
            g.Select(g.GreaterThan(x, x * -1f), g.Tanh(x) / (x + 0.25f), g.Clamp(g.Square(x), -1f, 1f));
    }

    [Test]
    public void Upstream_gradients_that_are_constant_cost_no_instruction()
    {
        var g = new GraphBuilder();
        var x = g.Input("x", Rows);
        g.Output("gradient", g.Gradients(g.Mean(g.Square(x)), x)[0]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        Assert.That(program.FloatingPointOperations, Is.LessThanOrEqualTo(3 * 5), "2 x, times 1/5, copied out");
    }

    [Test]
    public void The_gradient_towards_a_constant_is_refused()
    {
        var g = new GraphBuilder();
        var constant = g.Constant(2f);
        var loss = g.Square(g.Input("x", Shape.Scalar)) * constant;
        Assert.That(() => g.Gradients(loss, constant), Throws.ArgumentException.With.Message.Contains("make it an input"));
    }
}
