using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>
/// A graph drawn from bytes: each takes an operation and its operands from what is there. Matrices [B, K],
/// vectors [B], scalars and ensembles [E, B, K] mix, views among them; at the end a loss and its gradients.
/// </summary>
internal sealed class RandomGraph
{
    private readonly GraphBuilder g;
    private readonly TrainingState state;
    private readonly List<Node> matrices = [];
    private readonly List<Node> vectors = [];
    private readonly List<Node> scalars = [];
    private readonly List<Node> ensembles = [];
    private readonly List<Node> created = [];
    private readonly Action<Node> onCreated;
    private int weights;

    private RandomGraph(GraphBuilder g, TrainingState state, Action<Node> onCreated) =>
        (this.g, this.state, this.onCreated) = (g, state, onCreated);

    /// <summary>All nodes of the graph that were drawn, in the order of their creation.</summary>
    internal static IReadOnlyList<Node> Build(GraphBuilder g, TrainingState state, byte[] codes, Action<Node> onCreated)
    {
        var graph = new RandomGraph(g, state, onCreated);
        var parameter = g.Read(state.Normal("p", new Shape(B, K)));
        graph.matrices.AddRange([parameter, graph.Keep(g.Normal(Stream("x"), new Shape(B, K)))]);
        graph.vectors.Add(graph.Keep(g.SumLast(parameter)));
        graph.scalars.Add(graph.Keep(g.Mean(parameter)));
        graph.ensembles.Add(graph.Keep(g.Normal(Stream("e"), new Shape(E, B, K))));
        for (var i = 0; i + 1 < codes.Length; i += 2) graph.Draw(codes[i], codes[i + 1]);
        var loss = graph.Keep(graph.scalars.Aggregate(g.Sum(graph.matrices[^1]), (sum, s) => sum + s));
        graph.Keep(g.Gradients(loss, parameter)[0]);
        return graph.created;
    }

    private void Draw(byte operation, byte operands)
    {
        var (x, y) = (Pick(matrices, operands), Pick(matrices, operands / 16));
        var (v, s) = (Pick(vectors, operands), Pick(scalars, operands));
        var e = Pick(ensembles, operands);
        switch (operation % 38)
        {
            case 0: matrices.Add(Keep(x + y)); break;
            case 1: matrices.Add(Keep(x - y)); break;
            case 2: matrices.Add(Keep(x * y * 0.5f)); break;
            case 3: matrices.Add(Keep(g.Maximum(x, y))); break;
            case 4: matrices.Add(Keep(g.Tanh(x))); break;
            case 5: matrices.Add(Keep(g.Mish(x))); break;
            case 6: matrices.Add(Keep(g.Clamp(x, -0.7f, 0.9f) + 0.25f)); break;
            case 7: matrices.Add(Keep(g.TimesScalar(x, g.Tanh(s)))); break;
            case 8: matrices.Add(Keep(g.TimesColumn(x, g.Sigmoid(v)))); break;
            case 9: matrices.Add(Keep(g.BroadcastColumn(v, K))); break;
            case 10: matrices.Add(Keep(g.Member(e, operands % 3))); break;
            case 11: matrices.Add(Keep(g.MinLeading(e))); break;
            case 12: matrices.Add(Keep(g.MeanLeading(e))); break;
            case 13: matrices.Add(Keep(Layer(x))); break;
            case 14: matrices.Add(Keep(g.Detach(x))); break;
            case 15: matrices.Add(Keep(g.Select(g.GreaterThan(x, y), y, x))); break;
            case 16: matrices.Add(Keep(Turned(x))); break;
            case 17: matrices.Add(Keep(g.Columns(g.Concat("C", x, y), operands % 5, K))); break;
            case 18: vectors.Add(Keep(g.SumLast(x))); break;
            case 19: vectors.Add(Keep(g.Softplus(v))); break;
            case 20: vectors.Add(Keep(v * Pick(vectors, operands / 16) * 0.5f)); break;
            case 21: scalars.Add(Keep(g.Mean(x))); break;
            case 22: scalars.Add(Keep(g.Tanh(g.Dot(x, y)))); break;
            case 23: ensembles.Add(Keep(g.BroadcastLeading(x, E) + e)); break;
            case 24: ensembles.Add(Keep(g.Relu(e))); break;
            case 25: ensembles.Add(Keep(g.Square(g.Tanh(e)))); break;
            default: DrawSequence(operation % 38, x, y, e); break;
        }
    }

    private void DrawSequence(int operation, Node x, Node y, Node e)
    {
        switch (operation)
        {
            case 26: matrices.Add(Keep(g.Softmax(x))); break;
            case 27: matrices.Add(Keep(g.Gelu(x) + g.Silu(y))); break;
            case 28: matrices.Add(Keep(g.Transpose(g.Tanh(g.Transpose(x))))); break;
            case 29: matrices.Add(Keep(g.AddRow(x, g.Tanh(g.SumLeading(y))))); break;
            case 30: matrices.Add(Keep(g.TimesRow(x, g.Tanh(g.SumLeading(y))))); break;
            case 31: matrices.Add(Keep(Mixed(x, y))); break;
            case 32: matrices.Add(Keep(g.Member(g.Attention(Batch(x), Batch(y), Batch(x), 1, true), 0))); break;
            case 33: vectors.Add(Keep(g.LogSumExpLast(x))); break;
            case 34: vectors.Add(Keep(g.MaxLast(x) - g.MinLast(g.LogSoftmax(y)))); break;
            case 35: scalars.Add(Keep(g.LogMeanExp(x))); break;
            case 36: ensembles.Add(Keep(g.ConcatLeading("E", g.SliceLeading(e, 1, E with { Size = 2 }), g.StackLeading("E", x)))); break;
            default: matrices.Add(Keep(g.Lookup(g.Reshape(x, new Shape(B.As("N"), K)), g.Rows(Stream("rows"), B, 6)))); break;
        }
    }

    /// <summary>Rows of y in the proportions of their products with those of x.</summary>
    private Node Mixed(Node x, Node y)
    {
        var rows = g.Reshape(y, new Shape(B.As("rows"), K));
        return g.MatMul(g.Softmax(g.MatMul(x, rows, true) * 0.3f), rows);
    }

    private Node Batch(Node x) => g.StackLeading("batch", x);

    private Node Layer(Node x)
    {
        var n = weights++;
        var out1 = K.As("O");
        var weight = g.Read(state.Normal($"w{n}", new Shape(K, out1)));
        var bias = g.Read(state.Normal($"b{n}", new Shape(out1)));
        var y = g.Linear(x, weight, bias, n % 2 == 0 ? Activation.Relu : Activation.None);
        return g.Reshape(y, new Shape(B, K));
    }

    /// <summary>Through a view of other axes and back: elementwise results meet views of their inputs.</summary>
    private Node Turned(Node x) =>
        g.Reshape(g.Sin(g.Reshape(x, new Shape(new Axis("F", x.Shape.Count)))), x.Shape) + x;

    private static Node Pick(List<Node> pool, int which) => pool[^(1 + which % pool.Count)];

    private Node Keep(Node node)
    {
        created.Add(node);
        onCreated(node);
        return node;
    }
}
