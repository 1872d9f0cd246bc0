using Plimsoll.Export.Onnx;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>Operations one by one, those that no policy has yet among them, and what cannot be exported.</summary>
public sealed class OperationTests
{
    private const int S = 6, Rows = 7;

    public sealed record Case(string Name, int Actions, Func<GraphBuilder, Node, Node> Act)
    {
        public override string ToString() => Name;
    }

    private static Case Same(string name, Func<GraphBuilder, Node, Node> act) => new(name, S, act);

    public static IReadOnlyList<Case> Cases { get; } =
    [
        Same("square", (g, s) => g.Square(s)),
        Same("square root and magnitude", (g, s) => g.Sqrt(g.Abs(s))),
        Same("exponential and logarithm", (g, s) => g.Log(g.Exp(s) + 1f)),
        Same("tanh, sigmoid, softplus", (g, s) => g.Tanh(s) + g.Sigmoid(s) * g.Softplus(s)),
        Same("mish", (g, s) => g.Mish(s * 3f)),
        Same("gelu", (g, s) => g.Gelu(s * 2f)),
        Same("silu", (g, s) => g.Silu(s)),
        Same("relu", (g, s) => g.Relu(s)),
        Same("sine and cosine", (g, s) => g.Sin(s * 3f) - g.Cos(s)),
        Same("quotient", (g, s) => s / (g.Square(s) + 1f)),
        Same("smaller and larger", (g, s) => g.Minimum(s, s * 2f) - g.Maximum(s, g.Constant(0.5f, s.Shape))),
        Same("choice between constants", (g, s) => g.Select(
            g.GreaterThan(s, g.Constant(0f, s.Shape)), g.Constant(2f, s.Shape), g.Constant(-3f, s.Shape))),
        Same("choice by a number", (g, s) => g.Select(g.Clamp(s, 0f, 1f), s, g.Square(s))),
        Same("constants alone", (g, s) => g.Detach(s) * 0f + g.Constant(0.25f, s.Shape)),
        Same("a large constant", (g, s) =>
        {
            var wide = g.Constant(0.5f, new Shape(s.Shape[0], new Axis("W", 3000)));
            return s + g.Columns(g.SumLeading(g.BroadcastLeading(wide, new Axis("N", 2))), 0, s.Shape[1]);
        }),
        Same("softmax", (g, s) => g.Softmax(s)),
        Same("log softmax", (g, s) => g.LogSoftmax(s)),
        new("log-sum-exp", 1, (g, s) => g.Unsqueeze(g.LogSumExpLast(s), "A")),
        new("extremes of a row", 1, (g, s) => g.Unsqueeze(g.MaxLast(s) - g.MinLast(s) * 2f, "A")),
        new("sums of a row", 1, (g, s) => g.Unsqueeze(g.SumLast(g.Square(s)), "A")),
        Same("times a column", (g, s) => g.TimesColumn(s, g.SumLast(s))),
        Same("a column repeated", (g, s) => s + g.BroadcastColumn(g.SumLast(s), s.Shape[1])),
        Same("members", (g, s) =>
        {
            var both = g.StackLeading("E", s, g.Square(s), s * 3f);
            return g.MinLeading(both) + g.MaxLeading(both) + g.MeanLeading(both) + g.DeviationLeading(both)
                + g.SumLeading(g.SliceLeading(both, 1, new Axis("E", 2)));
        }),
        Same("product with itself", (g, s) =>
        {
            var row = new Shape(s.Shape[0], new Axis("M", 1), s.Shape[1]);
            var x = g.Reshape(s, row);
            var outer = g.MatMul(g.Transpose(x), g.Reshape(x, new Shape(s.Shape[0], new Axis("M", 1), new Axis("N", S))));
            return g.Reshape(g.MatMul(x, outer), s.Shape);
        }),
        Same("product with a transpose", (g, s) =>
        {
            var x = g.Reshape(s, new Shape(s.Shape[0], new Axis("M", 2), new Axis("K", 3)));
            var y = g.Reshape(s * 0.5f, new Shape(s.Shape[0], new Axis("N", 2), new Axis("K", 3)));
            var scores = g.Reshape(g.MatMul(x, y, transposeY: true), new Shape(s.Shape[0], new Axis("P", 4)));
            return g.Concat("A", scores, g.Columns(s, 0, new Axis("Q", 2)));
        }),
        Same("more than one axis of the batch's size", (g, s) =>
        {
            var rows = g.MergeLeading(g.StackLeading("E", s, s * 2f), "R");
            return g.Member(g.SplitLeading(g.Tanh(rows), new Axis("E", 2), s.Shape[0]), 1);
        }),
        Same("attention without a mask", (g, s) =>
        {
            var x = g.Reshape(s, new Shape(s.Shape[0], new Axis("T", 3), new Axis("D", 2)));
            return g.Reshape(g.Attention(x, x * 2f, x * 3f, heads: 2, causal: false), s.Shape);
        }),
        Same("attention where a query sees no key", (g, s) =>
        {
            var x = g.Reshape(s, new Shape(s.Shape[0], new Axis("T", 3), new Axis("D", 2)));
            var hidden = g.Columns(s, 0, new Axis("J", 2)) * 0f;
            var last = g.Concat("T", hidden, g.Constant(1f, new Shape(s.Shape[0], new Axis("I", 1))));
            return g.Reshape(g.Attention(x, x * 2f, x * 3f, 1, causal: true, last), s.Shape);
        }),
        Same("sums over a network's weights", (g, s) =>
        {
            var weights = g.Constant(0.5f, new Shape(new Axis("S", S)));
            return g.TimesScalar(g.TimesRow(s, weights), g.Sum(weights) + g.Dot(weights, g.Square(weights)));
        }),
    ];

    private static float[] Observations(int rows)
    {
        var random = new SequentialRandom(RandomRoot.Of(2, "test").Stream("operations"), 0);
        return [.. Enumerable.Range(0, rows * S).Select(_ => (float)random.NextNormal())];
    }

    private static double Difference(FunctionPolicy policy, ReadModel model, int rows)
    {
        var observations = Observations(rows);
        return Exported.Difference(
            model, [new NamedNumbers("observation", [rows, S], observations)], policy.Run(observations));
    }

    [TestCaseSource(nameof(Cases))]
    public void An_operation_is_what_it_is_here_at_any_batch(Case one)
    {
        var policy = new FunctionPolicy(S, one.Actions, one.Act);
        var model = Exported.Model(policy);
        Assert.That(Exported.Written(policy).FixedBatch, Is.Null);
        foreach (var rows in new[] { 1, 2, Rows }) Assert.That(Difference(policy, model, rows), Is.LessThan(1e-5));
    }

    [Test]
    public void What_depends_on_the_size_of_the_batch_is_for_one_row()
    {
        var policy = new FunctionPolicy(S, S, (_, s) => s * (1f / s.Shape[0].Size));
        var written = Exported.Written(policy);
        var model = new ReadModel(new ProtobufMessage(written.Bytes.Span));
        Assert.That(written.FixedBatch, Is.EqualTo(1));
        Assert.That(model.Inputs[0].Dimensions[0], Is.EqualTo(new ReadDimension(1, "")));
        Assert.That(Difference(policy, model, 1), Is.LessThan(1e-6));
    }

    [Test]
    public void An_operation_without_a_counterpart_is_refused_by_name()
    {
        var policy = new FunctionPolicy(S, S, (g, s) => g.TimesScalar(s, g.Quantile(s, 0.5)));
        Assert.That(
            OnnxPolicy.Write(policy, Exported.Origin),
            Is.EqualTo(new OnnxOutcome.Refused(new ExportProblem.NoMapping("quantile 0.5", "[]"))));
    }

    [Test]
    public void Draws_inside_a_policy_are_refused()
    {
        var stream = RandomRoot.Of(1, "test").Stream("act");
        var policy = new FunctionPolicy(S, S, (g, s) => s + g.Normal(stream, s.Shape));
        Assert.That(
            OnnxPolicy.Write(policy, Exported.Origin),
            Is.EqualTo(new OnnxOutcome.Refused(new ExportProblem.NoMapping("draw Normal", "[B, 6]"))));
    }

    private sealed class Neither : IPolicy
    {
        public int ObservationSize => 1;

        public int ActionSize => 1;
    }

    [Test]
    public void A_policy_of_no_known_form_is_refused() => Assert.That(
        OnnxPolicy.Write(new Neither(), Exported.Origin),
        Is.EqualTo(new OnnxOutcome.Refused(new ExportProblem.UnknownPolicy(nameof(Neither)))));
}
