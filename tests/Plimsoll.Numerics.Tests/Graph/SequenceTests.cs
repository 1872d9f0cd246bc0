using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Operations over sequences: what they compute, their gradients, and the axes they refuse.</summary>
public sealed class SequenceTests
{
    private static readonly Axis Two = new("B", 2);
    private static readonly Axis T = new("T", 5);
    private static readonly Axis D = new("D", 6);

    [Test]
    public void Attention_equals_its_composition_of_softmax_and_products([Values] bool causal, [Values] bool isMasked)
    {
        var g = new GraphBuilder();
        var shape = new Shape(Two, T, D);
        var (q, k, v) = (g.Normal(Stream("q"), shape), g.Normal(Stream("k"), shape), g.Normal(Stream("v"), shape));
        var mask = Constants(g, new Shape(Two, T), 1, 1, 0, 1, 1, 0, 0, 1, 1, 1);
        var upstream = g.Normal(Stream("u"), shape);
        var fused = g.Attention(q, k, v, 2, causal, isMasked ? mask : null);
        var composed = Composed(g, q, k, v, 2, causal, isMasked ? mask : null);
        g.Output("difference", fused - composed);
        var left = g.VectorJacobian(fused, upstream, q, k, v);
        var right = g.VectorJacobian(composed, upstream, q, k, v);
        for (var i = 0; i < 3; i++) g.Output($"difference {i}", left[i] - right[i]);
        g.Output("fused", fused);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        // The first two queries of the second sequence see no key where it is both causal and masked.
        for (var i = 0; i < shape.Count; i++)
        {
            var isBlind = causal && isMasked && i / D.Size is 5 or 6;
            if (isBlind) Assert.That(program.Output("fused")[i], Is.EqualTo(0f));
            else Assert.That(Math.Abs(program.Output("difference")[i]), Is.InRange(0, 2e-6), $"output {i}");
        }
        if (causal && isMasked) return;
        for (var i = 0; i < 3; i++)
            Assert.That(program.Output($"difference {i}").ToArray(), Is.All.InRange(-1e-5f, 1e-5f), $"gradient {i}");
    }

    [Test]
    public void Attention_has_the_gradients_of_its_central_differences(
        [Values] bool causal, [Values] bool isMasked, [Values] bool isDropped)
    {
        var shape = new Shape(Two, T, D);
        GradientCheck.Check(
            (g, x) =>
            {
                var mask = isMasked ? Constants(g, new Shape(Two, T), 0, 1, 0, 1, 1, 1, 0, 1, 1, 1) : null;
                var dropout = isDropped ? new AttentionDropout(Stream("drop"), 0.7f) : null;
                var o = g.Attention(x[0], x[1], x[2], 3, causal, mask, dropout);
                return g.Sum(g.Square(o) * g.Normal(Stream("weight"), shape)) * 0.1f;
            },
            Drawn("q", shape), Drawn("k", shape), Drawn("v", shape));
    }

    [Test]
    public void One_to_four_threads_give_the_same_bits_of_a_transformer_block_and_its_gradients()
    {
        var one = Block(1);
        Assert.Multiple(() =>
        {
            for (var threads = 2; threads <= 4; threads++)
                Assert.That(Bits(Block(threads)), Is.EqualTo(Bits(one)), $"{threads} threads");
        });
    }

    /// <summary>Embeddings, attention, a layer with GELU, and losses over all that reduces; large enough to be split.</summary>
    private static float[] Block(int threads)
    {
        using var state = new TrainingState();
        var (b, t, d, n) = (new Axis("B", 13), new Axis("T", 40), new Axis("D", 48), new Axis("N", 30));
        var table = state.Normal("table", new Shape(n, d));
        var (row, gain) = (state.Normal("row", new Shape(d)), state.Normal("gain", new Shape(d)));
        var (weight, bias) = (state.Normal("w", new Shape(d, d.As("H"))), state.Normal("b", new Shape(d.As("H"))));
        var g = new GraphBuilder();
        var shape = new Shape(b, t, d);
        var numbers = g.Uniform(Stream("n"), new Shape(b, t)) * 30f;
        var x = g.AddRow(g.TimesRow(g.Lookup(table, g.ToRows(numbers, 30)), g.Read(gain)), g.Read(row));
        var mask = g.GreaterThan(numbers, g.Constant(6f, numbers.Shape));
        var o = g.Attention(x, g.Tanh(x), x, 4, true, mask, new AttentionDropout(Stream("drop"), 0.9f));
        var flat = g.MergeLeading(o, "BT");
        flat = g.LayerNorm(flat, g.Read(gain), g.Read(row));
        var hidden = g.Silu(g.Gelu(g.Linear(flat, g.Read(weight), g.Read(bias))));
        var y = g.Reshape(hidden, shape);
        var products = g.MatMul(g.Softmax(y), g.Transpose(g.Reshape(x, new Shape(b, t.As("S"), d))));
        var spread = g.ConcatLeading("C", g.LogSumExpLast(products), g.MaxLast(products), g.MinLast(g.LogSoftmax(products)));
        var loss = g.LogMeanExp(spread * 0.1f) + g.Mean(g.Square(g.SliceLeading(y, 3, new Axis("S", 5))))
            + g.Mean(products) + g.TimesScalar(g.Quantile(products, 0.9), g.Constant(1f));
        StateArray[] parameters = [table, row, gain, weight, bias];
        var gradients = g.Gradients(loss, [.. parameters.Select(g.Read)]);
        g.Output("loss", loss);
        for (var i = 0; i < gradients.Length; i++) g.Output($"gradient {i}", gradients[i]);
        g.Output("attention", o);
        using var team = new Team(threads);
        using var program = Program.Compile(g, team);
        program.Run(3);
        var before = GC.GetAllocatedBytesForCurrentThread();
        program.Run(3);
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero, "a step allocates nothing");
        return
        [
            .. program.Output("loss"), .. program.Output("attention"),
            .. Enumerable.Range(0, gradients.Length).SelectMany(i => program.Output($"gradient {i}").ToArray()),
        ];
    }

    [Test]
    public void Attention_refuses_axes_that_do_not_fit()
    {
        var g = new GraphBuilder();
        var x = g.Input("x", new Shape(Two, T, D));
        var other = g.Input("other", new Shape(Two, T, D.As("C")));
        var flat = g.Input("flat", new Shape(T, D));
        Assert.Multiple(() =>
        {
            Refuses(() => g.Attention(x, other, x, 2, false), "attention of [B=2, T=5, D=6] and [B=2, T=5, C=6]");
            Refuses(() => g.Attention(flat, flat, flat, 2, false), "queries, keys and values are [B, T, D]");
            Refuses(() => g.Attention(x, x, x, 4, false), "4 heads do not divide D=6");
            Refuses(() => g.Attention(x, x, x, 2, false, flat), "the mask is [B, T]");
            Assert.That(
                () => g.Attention(x, x, x, 2, false, null, new AttentionDropout(Stream("d"), 0f)),
                Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void A_lookup_takes_rows_and_its_gradient_adds_them_up_in_order()
    {
        using var state = new TrainingState();
        var table = state.Normal("table", new Shape(new Axis("N", 4), D));
        var g = new GraphBuilder();
        var numbers = Constants(g, new Shape(Two, T), 3, 0, 3.9f, 7, -2, float.NaN, 1, 3, 0, 1);
        int[] expected = [3, 0, 3, 3, 0, 0, 1, 3, 0, 1];
        var rows = g.ToRows(numbers, 4);
        var taken = g.Lookup(table, rows);
        Assert.That(taken.Shape, Is.EqualTo(new Shape(Two, T, D)));
        var upstream = g.Normal(Stream("u"), taken.Shape);
        g.Output("taken", taken);
        g.Output("upstream", upstream);
        g.Output("gradient", g.VectorJacobian(taken, upstream, g.Read(table))[0]);
        using var team = new Team(2);
        using var program = Program.Compile(g, team);
        program.Run(0);
        var gradient = new float[4 * D.Size];
        for (var i = 0; i < expected.Length * D.Size; i++)
        {
            var at = expected[i / D.Size] * D.Size + i % D.Size;
            Assert.That(program.Output("taken")[i], Is.EqualTo(table.Values[at]));
            gradient[at] += program.Output("upstream")[i];
        }
        Assert.That(Bits(program.Output("gradient")), Is.EqualTo(Bits(gradient)));
    }

    [Test]
    public unsafe void Windows_take_neighbouring_rows_and_stay_within_the_table()
    {
        var numbers = stackalloc float[] { 0, 10, 20, 30, 40 };
        var g = new GraphBuilder();
        var starts = g.ToRows(Constants(g, new Shape(Two), 1, 3), 5);
        var table = new Table("numbers", numbers, 5, null);
        var before = g.Gather(table, g.Windows(starts, new Axis("T", 3), -2));
        Assert.That(before.Shape, Is.EqualTo(new Shape(Two, new Axis("T", 3))));
        g.Output("before", before);
        g.Output("after", g.Gather(table, g.Windows(starts, new Axis("T", 3))));
        var few = new Table("few", numbers, 4, null);
        Refuses(() => g.Gather(few, starts), "gather from 4 rows of few");
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(program.Output("before").ToArray(), Is.EqualTo(new float[] { 0, 0, 10, 10, 20, 30 }));
        Assert.That(program.Output("after").ToArray(), Is.EqualTo(new float[] { 10, 20, 30, 30, 40, 40 }));
    }

    [Test]
    public void A_lookup_has_the_gradient_of_its_central_difference() =>
        GradientCheck.Check(
            (g, x) => g.Sum(g.Square(g.Lookup(x[0], g.Rows(Stream("rows"), T, 3)))),
            Drawn("table", new Shape(new Axis("N", 3), D)));

    [Test]
    public void A_lookup_refuses_row_numbers_that_reach_beyond_the_table()
    {
        var g = new GraphBuilder();
        var table = g.Input("table", new Shape(new Axis("N", 4), D));
        Refuses(() => g.Lookup(table, g.Rows(Stream("r"), T, 5)), "the row numbers go up to 4");
        Refuses(() => g.Lookup(table, g.ToRows(g.Constant(1f, new Shape(T)), 5)), "the row numbers go up to 4");
        Refuses(() => g.Lookup(g.Input("v", new Shape(T)), g.Rows(Stream("r"), T, 5)), "a table is [N, D]");
    }

    /// <summary>The textbook's way: one head after another.</summary>
    private static Node Composed(GraphBuilder g, Node q, Node k, Node v, int heads, bool causal, Node? mask)
    {
        var head = new Axis("head", D.Size / heads);
        var key = T.As("key");
        var barred = new float[Two.Size * T.Size * T.Size];
        float[] keep = [1, 1, 0, 1, 1, 0, 0, 1, 1, 1];
        for (var i = 0; i < barred.Length; i++)
        {
            var (b, query, at) = (i / T.Size / T.Size, i / T.Size % T.Size, i % T.Size);
            if ((causal && at > query) || (mask is not null && keep[b * T.Size + at] == 0f)) barred[i] = -1e9f;
        }
        var bar = Constants(g, new Shape(Two, T, key), barred);
        var parts = new Node[heads];
        for (var h = 0; h < heads; h++)
        {
            var kh = g.Reshape(g.Columns(k, h * head.Size, head), new Shape(Two, key, head));
            var vh = g.Reshape(g.Columns(v, h * head.Size, head), new Shape(Two, key, head));
            var scores = g.MatMul(g.Columns(q, h * head.Size, head), kh, true) * (1f / MathF.Sqrt(head.Size));
            parts[h] = g.MatMul(g.Softmax(scores + bar), vh);
        }
        return g.Concat("D", parts);
    }

    /// <summary>Given numbers as a node, one constant an element.</summary>
    private static Node Constants(GraphBuilder g, Shape shape, params float[] values) =>
        g.Reshape(
            g.ConcatLeading("all", [.. values.Select(v => g.Constant(v, new Shape(new Axis("one", 1))))]), shape);

    private static (Shape, float[]) Drawn(string name, Shape shape) =>
        (shape, [.. Enumerable.Range(0, shape.Count).Select(i => ReferencePhilox.Normal(i, Stream(name), 0))]);

    private static void Refuses(Func<object> action, string message) =>
        Assert.That(() => action(), Throws.TypeOf<ShapeException>().With.Message.Contains(message));
}
