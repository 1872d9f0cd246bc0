using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>The gradient of every operation equals its central difference.</summary>
public sealed class GradientTests
{
    private static readonly Axis B = new("B", 5);
    private static readonly Axis I = new("I", 9);
    private static readonly Axis O = new("O", 10);
    private static readonly Axis E = new("E", 3);

    private static readonly Dictionary<string, Func<GraphBuilder, Node, Node>> Unaries = new()
    {
        ["square"] = (g, x) => g.Square(x),
        ["sqrt"] = (g, x) => g.Sqrt(g.Square(x) + 0.5f),
        ["abs"] = (g, x) => g.Abs(x),
        ["exp"] = (g, x) => g.Exp(x),
        ["log"] = (g, x) => g.Log(g.Square(x) + 0.5f),
        ["tanh"] = (g, x) => g.Tanh(x),
        ["sigmoid"] = (g, x) => g.Sigmoid(x),
        ["softplus"] = (g, x) => g.Softplus(x),
        ["mish"] = (g, x) => g.Mish(x),
        ["relu"] = (g, x) => g.Relu(x),
        ["sin"] = (g, x) => g.Sin(x),
        ["cos"] = (g, x) => g.Cos(x),
        ["gelu"] = (g, x) => g.Gelu(x * 2f),
        ["silu"] = (g, x) => g.Silu(x * 2f),
        ["softmax"] = (g, x) => g.Square(g.Softmax(x * 3f)) * g.Normal(Graphs.Stream("weight"), x.Shape) * 3f,
        ["log softmax"] = (g, x) => g.Square(g.LogSoftmax(x * 2f)) * 0.1f,
        ["log-sum-exp over the last axis"] = (g, x) => g.Square(g.LogSumExpLast(x * 2f)) * 0.3f,
        ["log-sum-exp"] = (g, x) => g.Square(g.LogSumExp(x)) * 0.3f,
        ["log-mean-exp"] = (g, x) => g.Square(g.LogMeanExp(x * 2f) + 1f),
        ["log-mean-exp over the last axis"] = (g, x) => g.Square(g.LogMeanExpLast(x * 2f)),
        ["maximum over the last axis"] = (g, x) => g.Square(g.MaxLast(x)),
        ["minimum over the last axis"] = (g, x) => g.Square(g.MinLast(x)),
        ["transpose"] = (g, x) => g.Square(g.Transpose(x)) * g.Normal(Graphs.Stream("weight"), new Shape(I, B)),
        ["matmul with itself"] = (g, x) => g.Square(g.MatMul(x, g.Reshape(x, new Shape(O with { Size = 5 }, I)), true)),
        ["slice of the leading axis"] = (g, x) => g.Square(g.SliceLeading(x, 1, new Axis("S", 3))),
        ["merge and split"] = (g, x) => g.Square(
            g.MergeLeading(g.SplitLeading(g.MergeLeading(x, "F"), I, B), "F") + 1f),
        ["scale"] = (g, x) => x * -1.75f,
        ["add constant"] = (g, x) => g.Square(x + 0.25f),
        ["clamp"] = (g, x) => g.Square(g.Clamp(x, -0.41f, 0.37f)),
        ["reshape"] = (g, x) => g.Square(g.Reshape(x, new Shape(new Axis("F", x.Shape.Count)))),
        ["columns"] = (g, x) => g.Square(g.Columns(x, 2, new Axis("C", 4))),
        ["member"] = (g, x) => g.Square(g.Member(x, 1)),
        ["sum last"] = (g, x) => g.Square(g.SumLast(x)),
        ["sum leading"] = (g, x) => g.Square(g.SumLeading(x)),
        ["mean leading"] = (g, x) => g.Square(g.MeanLeading(x)),
        ["minimum leading"] = (g, x) => g.Square(g.MinLeading(x)),
        ["maximum leading"] = (g, x) => g.Square(g.MaxLeading(x)),
        ["deviation leading"] = (g, x) => g.DeviationLeading(x),
        ["mean"] = (g, x) => g.Square(g.Mean(x)),
        ["broadcast leading"] = (g, x) => g.Square(g.BroadcastLeading(x, E)),
        ["broadcast column"] = (g, x) => g.Square(g.BroadcastColumn(x, E)),
        ["broadcast scalar"] = (g, x) => g.Square(g.Broadcast(g.Sum(x), new Shape(E))) * 0.1f,
        ["detached factor"] = (g, x) => x * g.Constant(0.5f, x.Shape),
    };

    private static readonly Dictionary<string, Func<GraphBuilder, Node, Node, Node>> Binaries = new()
    {
        ["add"] = (g, x, y) => g.Square(x + y),
        ["subtract"] = (g, x, y) => g.Square(x - y),
        ["multiply"] = (g, x, y) => g.Square(x * y),
        ["divide"] = (g, x, y) => x / (g.Square(y) + 0.7f),
        ["minimum"] = (g, x, y) => g.Square(g.Minimum(x, y)),
        ["maximum"] = (g, x, y) => g.Square(g.Maximum(x, y)),
        ["select"] = (g, x, y) => g.Select(g.GreaterThan(x, g.Constant(0f, x.Shape)), g.Square(x), g.Square(y)),
        ["concat"] = (g, x, y) => g.Square(g.Concat("C", x, y)),
        ["concat along the leading axis"] = (g, x, y) => g.Square(g.ConcatLeading("C", x, y, x)),
        ["stack"] = (g, x, y) => g.Square(g.StackLeading("C", x, y)),
        ["add row"] = (g, x, y) => g.Square(g.AddRow(x, g.SumLeading(y))) * 0.3f,
        ["times row"] = (g, x, y) => g.Square(g.TimesRow(x, g.SumLeading(y))) * 0.3f,
        ["matmul"] = (g, x, y) => g.Square(g.MatMul(x, g.Transpose(g.Reshape(y, new Shape(O with { Size = 5 }, I))))),
        ["matmul, y transposed"] = (g, x, y) => g.Square(g.MatMul(x, g.Reshape(y, new Shape(O with { Size = 5 }, I)), true)),
        ["dot"] = (g, x, y) => g.Dot(x, y) * 0.3f,
        ["times scalar"] = (g, x, y) => g.TimesScalar(x, g.Mean(y)),
        ["times column"] = (g, x, y) => g.Square(g.TimesColumn(x, g.SumLast(y))),
    };

    [TestCaseSource(nameof(UnaryNames))]
    public void A_unary_operation_has_the_gradient_of_its_central_difference(string name) =>
        GradientCheck.Check((g, x) => g.Sum(Unaries[name](g, x[0])), Random(new Shape(B, I), 3));

    [TestCaseSource(nameof(BinaryNames))]
    public void A_binary_operation_has_the_gradients_of_its_central_differences(string name) =>
        GradientCheck.Check(
            (g, x) => g.Sum(Binaries[name](g, x[0], x[1])), Random(new Shape(B, I), 5), Random(new Shape(B, I), 7));

    [TestCase(Activation.None)]
    [TestCase(Activation.Relu)]
    public void Linear_has_the_gradients_of_its_central_differences(Activation activation) =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.Linear(x[0], x[1], x[2], activation))) * 0.1f,
            Random(new Shape(B, I), 1), Random(new Shape(I, O), 2), Random(new Shape(O), 3));

    [Test]
    public void Linear_with_a_narrow_output_has_the_gradients_of_its_central_differences()
    {
        var narrow = new Axis("O", 2);
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.Linear(x[0], x[1], x[2]))) * 0.1f,
            Random(new Shape(B, I), 1), Random(new Shape(I, narrow), 2), Random(new Shape(narrow), 3));
    }

    [Test]
    public void An_ensemble_with_shared_input_has_the_gradients_of_its_central_differences() =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.Linear(x[0], x[1], x[2], Activation.Relu))) * 0.05f,
            Random(new Shape(B, I), 1), Random(new Shape(E, I, O), 2), Random(new Shape(E, O), 3));

    [Test]
    public void An_ensemble_with_member_inputs_has_the_gradients_of_its_central_differences() =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.Linear(x[0], x[1], x[2]))) * 0.05f,
            Random(new Shape(E, B, I), 1), Random(new Shape(E, I, O), 2), Random(new Shape(E, O), 3));

    [Test]
    public void Layer_normalisation_has_the_gradients_of_its_central_differences() =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.LayerNorm(x[0], x[1], x[2]) - x[3])) * 0.2f,
            Random(new Shape(B, I), 1), Random(new Shape(I), 2), Random(new Shape(I), 3), Random(new Shape(B, I), 4));

    [Test]
    public void A_value_used_twice_gets_the_sum_of_its_gradients() =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Tanh(x[0]) * x[0] + g.Square(g.Tanh(x[0]))), Random(new Shape(B, I), 9));

    [TestCase("tanh")]
    [TestCase("sigmoid")]
    [TestCase("softplus")]
    [TestCase("mish")]
    [TestCase("relu")]
    [TestCase("gelu")]
    [TestCase("softmax")]
    [TestCase("log softmax")]
    [TestCase("log-sum-exp")]
    [TestCase("maximum over the last axis")]
    public void A_second_order_gradient_through_a_slope_is_refused_and_not_zero(string name)
    {
        var g = new GraphBuilder();
        var x = g.Input("x", new Shape(B, I));
        var slope = g.Gradients(g.Sum(Unaries[name](g, x)), x)[0];
        Assert.That(() => g.Gradients(g.Sum(slope), x), Throws.TypeOf<NotSupportedException>());
    }

    [Test]
    public void Gradients_flow_through_the_gradients_of_members_and_columns()
    {
        // d/dy of the inner product of (y placed among zeros) and x is the part of x where y lies.
        var g = new GraphBuilder();
        var (x, y) = (g.Input("x", new Shape(E, B)), g.Input("y", new Shape(B)));
        var placed = g.VectorJacobian(g.Member(x, 1), y, x)[0];
        g.Output("member", g.Gradients(g.Dot(placed, x), y)[0]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        for (var i = 0; i < program.Input("x").Length; i++) program.Input("x")[i] = i + 1;
        program.Run(0);
        Assert.That(
            program.Output("member").ToArray(), Is.EqualTo(program.Input("x").Slice(B.Size, B.Size).ToArray()));

        var c = new GraphBuilder();
        var part = new Axis("P", 2);
        var (w, z) = (c.Input("x", new Shape(B, I)), c.Input("y", new Shape(B, part)));
        var columns = c.VectorJacobian(c.Columns(w, 1, part), z, w)[0];
        c.Output("columns", c.Gradients(c.Dot(columns, w), z)[0]);
        using var other = Program.Compile(c, team);
        for (var i = 0; i < other.Input("x").Length; i++) other.Input("x")[i] = i + 1;
        other.Run(0);
        for (var i = 0; i < B.Size * 2; i++)
            Assert.That(other.Output("columns")[i], Is.EqualTo(i / 2 * I.Size + 1 + i % 2 + 1f), $"element {i}");
    }

    private static IEnumerable<string> UnaryNames() => Unaries.Keys;

    private static IEnumerable<string> BinaryNames() => Binaries.Keys;

    /// <summary>Values away from the kinks at 0, 0.37 and -0.41, and pairwise distinct.</summary>
    private static (Shape, float[]) Random(Shape shape, int seed)
    {
        var values = new float[shape.Count];
        for (var i = 0; i < values.Length; i++)
        {
            var u = (float)((i * 2654435761u + (uint)seed * 40503u) % 1000003) / 1000003f;
            var v = 2f * u - 1f;
            if (Math.Abs(v) < 0.02f) v += 0.05f;
            if (Math.Abs(v - 0.37f) < 0.01f || Math.Abs(v + 0.41f) < 0.01f) v += 0.03f;
            values[i] = v;
        }
        return (shape, values);
    }
}
