using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

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
    private readonly LinearLayer time1, time2, first, head;
    private readonly List<Block> blocks = [];
    private readonly Layers layers;

    private ScoreNetwork(TrainingState state, string name, int observationSize, int actionSize, ScoreNetworkSizes sizes)
    {
        Sizes = sizes;
        var features = new Axis("F", 2 * sizes.Frequencies);
        var embedding = new Axis("T", sizes.Embedding);
        var width = new Axis("H", sizes.Width);
        var wide = new Axis("W", 4 * sizes.Width);
        frequencies = state.GetOrAdd($"{name}/frequencies", new Shape(new Axis("I", 1), new Axis("F", sizes.Frequencies)));
        layers = new Layers(state, name);
        time1 = layers.Linear("time/0", features, embedding);
        time2 = layers.Linear("time/1", embedding.As("T0"), embedding);
        first = layers.Linear("first", new Axis("X", actionSize + observationSize + sizes.Embedding), width);
        for (var i = 0; i < sizes.Blocks; i++)
        {
            blocks.Add(
                new Block(
                    layers.Norm($"block/{i}", width), layers.Linear($"block/{i}/0", width, wide),
                    layers.Linear($"block/{i}/1", wide, width)));
        }
        head = layers.Linear("head", width, new Axis("A", actionSize));
    }

    public ScoreNetworkSizes Sizes { get; }

    /// <summary>What training changes; the frequencies are frozen.</summary>
    public IReadOnlyList<StateArray> Parameters => layers.Parameters;

    /// <summary>All that must be saved: the frequencies and the parameters.</summary>
    public IReadOnlyList<StateArray> Arrays => [frequencies, .. layers.Parameters];

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
        foreach (var block in network.blocks) block.Norm.Gain.Values.Fill(1f);
        LinearLayer[] linear =
        [
            network.time1, network.time2, network.first, network.head,
            .. network.blocks.SelectMany(block => new[] { block.Widen, block.Narrow }),
        ];
        for (var i = 0; i < linear.Length; i++)
        {
            var (weight, bias) = linear[i];
            InitialWeights.Fill(
                weight.Values, bias.Values, weight.Shape[0].Size, random.Stream($"{name}/layer", i),
                Initialisation.TorchLinear);
        }
        return network;
    }

    /// <summary>ε(a_t, t | s) [B, A].</summary>
    /// <param name="dropout">The masks while training; null: evaluation mode.</param>
    public Node Forward(GraphBuilder g, Node action, Node time, Node observation, DropoutStreams? dropout)
    {
        var features = TimeFeatures.Fourier(g, time, g.Read(frequencies));
        var embedded = time2.Of(g, Seen(g, time1.Of(g, features, Nonlinearity.Mish), "T0"));
        var x = first.Of(g, g.Concat("X", action, observation, embedded));
        for (var i = 0; i < blocks.Count; i++)
        {
            var block = blocks[i];
            var kept = dropout?.Apply(g, x, Sizes.Dropout, i) ?? x;
            x = x + block.Narrow.Of(g, block.Widen.Of(g, block.Norm.Of(g, kept), Nonlinearity.Mish));
        }
        return head.Of(g, g.Mish(x));
    }

    /// <summary>The same values with the last axis under another name.</summary>
    private static Node Seen(GraphBuilder g, Node x, string axis) => g.Reshape(x, x.Shape.WithLast(x.Shape[^1].As(axis)));

    private sealed record Block(NormLayer Norm, LinearLayer Widen, LinearLayer Narrow);
}
