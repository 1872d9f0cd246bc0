using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;
using Activation = Plimsoll.Numerics.Kernels.Activation;

namespace Plimsoll.Learning.Networks;

/// <summary>Sizes of a <see cref="ScoreNetwork"/>.</summary>
/// <param name="Width">H, width of the trunk; the blocks widen it four times.</param>
/// <param name="Blocks">Residual blocks.</param>
/// <param name="Embedding">Width of the time embedding.</param>
/// <param name="Frequencies">Random Fourier frequencies of the time.</param>
/// <param name="Dropout">Probability of dropping an element while the network is trained.</param>
public sealed record ScoreNetworkSizes(
    int Width = 256, int Blocks = 3, int Embedding = 128, int Frequencies = 32, float Dropout = 0.1f);

/// <summary>
/// The noise predictor ε(a_t, t | s) of DRCORL (arXiv 2502.12391, section 4.1), after IDQL's and SRPO's
/// residual network: input [a_t, s, emb(t)], a linear layer to H, blocks
/// x + W2 Mish(W1 LayerNorm(Dropout(x))) with W1 to 4H, then Mish and a linear head to A.
/// emb(t) = W Mish(W [sin 2πft, cos 2πft]) with frozen frequencies f ~ 30 N(0, 1).
/// Shapes: a_t [B, A], t [B], s [B, S]; output [B, A].
/// </summary>
public sealed class ScoreNetwork
{
    /// <summary>Standard deviation of the frequencies.</summary>
    private const float FrequencyScale = 30f;

    private readonly StateArray frequencies;
    private readonly (StateArray Weight, StateArray Bias) time1, time2, first, head;
    private readonly List<Block> blocks = [];
    private readonly List<StateArray> parameters = [];

    private ScoreNetwork(TrainingState state, string name, int observationSize, int actionSize, ScoreNetworkSizes sizes)
    {
        Sizes = sizes;
        var features = new Axis("F", 2 * sizes.Frequencies);
        var embedding = new Axis("T", sizes.Embedding);
        var width = new Axis("H", sizes.Width);
        var wide = new Axis("W", 4 * sizes.Width);
        frequencies = state.GetOrAdd($"{name}/frequencies", new Shape(new Axis("I", 1), new Axis("F", sizes.Frequencies)));
        time1 = Layer("time/0", features, embedding);
        time2 = Layer("time/1", embedding.As("T0"), embedding);
        first = Layer("first", new Axis("X", actionSize + observationSize + sizes.Embedding), width);
        for (var i = 0; i < sizes.Blocks; i++)
        {
            var gain = Array($"block/{i}/gain", new Shape(width));
            var offset = Array($"block/{i}/offset", new Shape(width));
            blocks.Add(new Block(gain, offset, Layer($"block/{i}/0", width, wide), Layer($"block/{i}/1", wide, width)));
        }
        head = Layer("head", width, new Axis("A", actionSize));

        StateArray Array(string part, Shape shape)
        {
            var array = state.GetOrAdd($"{name}/{part}", shape);
            parameters.Add(array);
            return array;
        }

        (StateArray, StateArray) Layer(string part, Axis from, Axis to) =>
            (Array($"{part}/weight", new Shape(from, to)), Array($"{part}/bias", new Shape(to)));
    }

    public ScoreNetworkSizes Sizes { get; }

    /// <summary>What training changes; the frequencies are frozen.</summary>
    public IReadOnlyList<StateArray> Parameters => parameters;

    /// <summary>All that must be saved: the frequencies and the parameters.</summary>
    public IReadOnlyList<StateArray> Arrays => [frequencies, .. parameters];

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static ScoreNetwork Declare(
        TrainingState state, string name, int observationSize, int actionSize, ScoreNetworkSizes sizes) =>
        new(state, name, observationSize, actionSize, sizes);

    /// <summary>Adds a network to the state: frequencies drawn, gains 1, linear layers as PyTorch's.</summary>
    public static ScoreNetwork Create(
        TrainingState state, string name, int observationSize, int actionSize, ScoreNetworkSizes sizes, RandomRoot random)
    {
        var network = new ScoreNetwork(state, name, observationSize, actionSize, sizes);
        var draws = new SequentialRandom(random.Stream($"{name}/frequencies"), 0);
        foreach (ref var f in network.frequencies.Values) f = FrequencyScale * (float)draws.NextNormal();
        var layers = new List<(StateArray Weight, StateArray Bias)> { network.time1, network.time2, network.first, network.head };
        foreach (var block in network.blocks)
        {
            block.Gain.Values.Fill(1f);
            layers.Add(block.Widen);
            layers.Add(block.Narrow);
        }
        for (var i = 0; i < layers.Count; i++)
        {
            var (weight, bias) = layers[i];
            InitialWeights.Fill(
                weight.Values, bias.Values, weight.Shape[0].Size, random.Stream($"{name}/layer", i),
                Initialisation.TorchLinear);
        }
        return network;
    }

    /// <summary>ε(a_t, t | s) [B, A].</summary>
    /// <param name="dropout">The stream of the dropout masks while training; null: evaluation mode.</param>
    public Node Forward(GraphBuilder g, Node action, Node time, Node observation, RandomRoot? dropout)
    {
        var features = TimeFeatures.Fourier(g, time, g.Read(frequencies));
        var embedded = Apply(g, time2, Seen(g, g.Mish(Apply(g, time1, features)), "T0"));
        var x = Apply(g, first, g.Concat("X", action, observation, embedded));
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            var kept = dropout is null || Sizes.Dropout == 0f
                ? x
                : x * g.KeepMask(dropout.Stream("dropout", i), x.Shape, 1f - Sizes.Dropout);
            var normal = g.LayerNorm(kept, g.Read(block.Gain), g.Read(block.Offset));
            x = x + Apply(g, block.Narrow, g.Mish(Apply(g, block.Widen, normal)));
        }
        return Apply(g, head, g.Mish(x));
    }

    private static Node Apply(GraphBuilder g, (StateArray Weight, StateArray Bias) layer, Node x) =>
        g.Linear(x, g.Read(layer.Weight), g.Read(layer.Bias), Activation.None);

    /// <summary>The same values with the last axis under another name.</summary>
    private static Node Seen(GraphBuilder g, Node x, string axis) => g.Reshape(x, x.Shape.WithLast(x.Shape[^1].As(axis)));

    private sealed record Block(
        StateArray Gain, StateArray Offset, (StateArray Weight, StateArray Bias) Widen, (StateArray Weight, StateArray Bias) Narrow);
}
