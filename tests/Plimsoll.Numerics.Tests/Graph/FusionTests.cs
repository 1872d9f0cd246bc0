using FsCheck;
using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>A layer with bias and rectifier in the product's store equals three operations, to the bit.</summary>
public sealed class FusionTests
{
    [FsCheck.NUnit.Property(MaxTest = 120)]
    public void Bias_and_rectifier_in_the_product_equal_separate_operations(
        PositiveInt m, PositiveInt n, PositiveInt k) =>
        Check(m.Get % 40 + 1, n.Get % 40 + 1, k.Get % 40 + 1);

    [TestCase(1, 1, 1)]
    [TestCase(13, 7, 64)]
    [TestCase(13, 8, 64)]
    [TestCase(70, 256, 130)]
    [TestCase(3, 1030, 2)]
    public void Bias_and_rectifier_equal_separate_operations_at_the_borders_of_blocks(int m, int n, int k) =>
        Check(m, n, k);

    private static void Check(int m, int n, int k)
    {
        var fused = Values(m, n, k, (g, x, w, b) => g.Linear(x, w, b, Activation.Relu));
        var apart = Values(m, n, k, (g, x, w, b) => g.Relu(g.Linear(x, w, null) + g.BroadcastLeading(b, x.Shape[0])));
        var half = Values(m, n, k, (g, x, w, b) => g.Relu(g.Linear(x, w, b)));
        Assert.Multiple(() =>
        {
            for (var i = 0; i < fused.Length; i++)
            {
                Assert.That(apart[i], Is.EqualTo(fused[i]), $"{Parts[i]} of {m} x {k} x {n}, three operations");
                Assert.That(half[i], Is.EqualTo(fused[i]), $"{Parts[i]} of {m} x {k} x {n}, two operations");
            }
        });
    }

    private static readonly string[] Parts = ["value", "input gradient", "weight gradient", "bias gradient"];

    private static int[][] Values(int m, int n, int k, Func<GraphBuilder, Node, Node, Node, Node> layer)
    {
        using var state = new TrainingState();
        var (rows, input, output) = (new Axis("B", m), new Axis("I", k), new Axis("O", n));
        var g = new GraphBuilder();
        var x = g.Read(state.Normal("x", new Shape(rows, input)));
        var w = g.Read(state.Normal("w", new Shape(input, output)));
        var b = g.Read(state.Normal("b", new Shape(output)));
        var y = layer(g, x, w, b);
        var upstream = g.Normal(Stream("upstream"), y.Shape);
        Node[] values = [y, .. g.VectorJacobian(y, upstream, x, w, b)];
        for (var i = 0; i < values.Length; i++) g.Output(Parts[i], values[i]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        return [.. Parts.Select(part => Bits(program.Output(part)))];
    }
}
