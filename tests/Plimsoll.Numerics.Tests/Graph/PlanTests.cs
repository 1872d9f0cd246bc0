using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>What the printed plan says of each instruction and of memory.</summary>
public sealed class PlanTests
{
    private static readonly Axis Rows = new("B", 32);
    private static readonly Axis Inputs = new("I", 10);
    private static readonly Axis Outputs = new("O", 20);

    [Test]
    public void A_layer_counts_its_product_and_every_byte_once() => Check(Layer(), "linear + relu", program =>
    {
        var layer = program.Plan.Single(i => i.Operation == "linear + relu");
        Assert.That(layer.FloatingPointOperations, Is.EqualTo(2 * 32 * 10 * 20));
        Assert.That(layer.BytesMoved, Is.EqualTo(4 * (32 * 10 + 10 * 20 + 20 + 32 * 20)));
    });

    [Test]
    public void Updates_count_what_they_read_and_write_of_the_state()
    {
        using var state = new TrainingState();
        StateArray[] weights = [state.Add("a", new Shape(Inputs)), state.Add("b", new Shape(Outputs))];
        StateArray[] targets = [state.Add("c", new Shape(Inputs)), state.Add("d", new Shape(Outputs))];
        var g = new GraphBuilder();
        var rate = g.Constant(1f);
        g.Adam(
            new AdamOptimiser(state, "adam", weights), [g.Constant(1f, weights[0].Shape), g.Constant(1f, weights[1].Shape)],
            rate);
        g.Polyak(targets, weights, 0.5f);
        Check(g, "adam a and 1 more", program =>
        {
            // Gradient, and parameter and two moments both ways; learning rate, scale and a place for nothing.
            var adam = program.Plan.Single(i => i.Operation == "adam a and 1 more");
            Assert.That(adam.BytesMoved, Is.EqualTo(4 * (7 * 30 + 3)));
            Assert.That(adam.FloatingPointOperations, Is.EqualTo(12 * 30));
            var polyak = program.Plan.Single(i => i.Operation == "polyak c and 1 more");
            Assert.That(polyak.BytesMoved, Is.EqualTo(4 * (3 * 30 + 1)));
        });
    }

    [Test]
    public void The_predicted_time_is_that_of_the_slower_of_arithmetic_and_movement()
    {
        var limits = new MachineLimits(1e9, 1e8);
        Assert.That(limits.Seconds(2000, 100), Is.EqualTo(2e-6).Within(1e-12));
        Assert.That(limits.Seconds(2000, 1000), Is.EqualTo(1e-5).Within(1e-12));
    }

    [Test]
    public void The_printed_plan_ends_with_totals_and_memory() => Check(Layer(), "linear + relu", program =>
    {
        var lines = program.Describe(new MachineLimits(1e9, 1e9)).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Multiple(() =>
        {
            Assert.That(lines, Has.Length.EqualTo(program.Plan.Count + 3), "a head, a line an instruction, two of totals");
            Assert.That(lines[^2], Does.Contain($"{program.FloatingPointOperations:N0}"));
            // 12,800 flop and 6,720 bytes at a thousand million a second.
            Assert.That(lines.Single(l => l.Contains("linear + relu")), Does.Contain("12.80"));
            Assert.That(lines[^1], Does.Contain($"{program.ArenaFloats * 4:N0} bytes, 1.000 of"));
        });
    });

    [FsCheck.NUnit.Property(MaxTest = 100)]
    public void An_arena_holds_its_lower_bound(byte[] codes) =>
        Arena(codes, program => Assert.That(program.ArenaFloats, Is.GreaterThanOrEqualTo(program.ArenaLowerBound)));

    // A heuristic places the buffers: how near it comes is measured of these graphs and no law of all.
    [FsCheck.NUnit.Property(MaxTest = 100, Replay = "20261120,1")]
    public void An_arena_is_little_more_than_its_lower_bound(byte[] codes) =>
        Arena(codes, program =>
            Assert.That(program.ArenaFloats, Is.LessThanOrEqualTo(1.3 * program.ArenaLowerBound)));

    private static void Arena(byte[] codes, Action<Program> check)
    {
        using var state = new TrainingState();
        var g = new GraphBuilder();
        var nodes = RandomGraph.Build(g, state, codes, _ => { });
        g.Output("last", nodes[^1]);
        Check(g, "output last", check);
    }

    private static GraphBuilder Layer()
    {
        var g = new GraphBuilder();
        var y = g.Linear(
            g.Normal(Stream("x"), new Shape(Rows, Inputs)), g.Normal(Stream("w"), new Shape(Inputs, Outputs)),
            g.Normal(Stream("b"), new Shape(Outputs)), Plimsoll.Numerics.Kernels.Activation.Relu);
        g.Output("y", y);
        return g;
    }

    /// <param name="operation">Has to be there, so that no check passes for want of it.</param>
    private static void Check(GraphBuilder g, string operation, Action<Program> check)
    {
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        Assert.That(program.Plan.Select(i => i.Operation), Does.Contain(operation));
        check(program);
    }
}
