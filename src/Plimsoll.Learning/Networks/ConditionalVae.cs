using Plimsoll.Learning.Losses;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>Terms of a <see cref="ConditionalVae"/>'s loss, scalars.</summary>
/// <param name="Total">Reconstruction + β Divergence.</param>
/// <param name="Reconstruction">Mean of (â - a)² over batch and components.</param>
/// <param name="Divergence">Mean of the divergence from the prior over batch and latent components.</param>
public readonly record struct VaeLoss(Node Total, Node Reconstruction, Node Divergence);

/// <summary>
/// A conditional variational autoencoder of the behaviour p(a | s) (Kingma and Welling, arXiv 1312.6114; Sohn
/// et al. 2015; as BCQ, arXiv 1812.02900, uses it): encoder [s, a] -> H -> H -> [μ, log σ] with log σ clamped
/// to [-4, 15], z = μ + σ ξ, decoder [s, z] -> H -> H -> tanh. ReLU between layers. Latent size Z = 2A unless
/// said otherwise. Shapes: s [B, S], a [B, A], z [B, Z]; N draws a state add a leading axis.
/// </summary>
public sealed class ConditionalVae
{
    public const float LowestLogDeviation = -4f;
    public const float HighestLogDeviation = 15f;

    /// <summary>Latents of the prior are clamped to ± this when actions are generated.</summary>
    public const float PriorClip = 0.5f;

    /// <summary>β of BCQ-Lag, BEAR-Lag and CPQ.</summary>
    public const float UsualBeta = 0.5f;

    private readonly Axis latent;

    private ConditionalVae(Mlp encoder, Mlp decoder) =>
        (Encoder, Decoder, latent) = (encoder, decoder, new Axis("Z", encoder.Widths[^1].Size / 2));

    public Mlp Encoder { get; }

    public Mlp Decoder { get; }

    public IReadOnlyList<StateArray> Parameters => [.. Encoder.Parameters, .. Decoder.Parameters];

    public int ActionSize => Decoder.Widths[^1].Size;

    public int LatentSize => latent.Size;

    /// <summary>Adds a network to the state, initialised as PyTorch's linear layers are.</summary>
    /// <param name="hidden">Widths of the hidden layers of both halves; [400, 400] in the published
    /// baselines.</param>
    /// <param name="latentSize">Z; null: 2A.</param>
    public static ConditionalVae Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        RandomRoot random, int? latentSize = null)
    {
        var z = latentSize ?? 2 * actionSize;
        return new ConditionalVae(
            Mlp.Create(
                state, $"{name}/encoder", Input(observationSize + actionSize), hidden, Code(z), null, random),
            Mlp.Create(
                state, $"{name}/decoder", Input(observationSize + z), hidden, new Axis("A", actionSize), null,
                random));
    }

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static ConditionalVae Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        int? latentSize = null)
    {
        var z = latentSize ?? 2 * actionSize;
        return new ConditionalVae(
            Mlp.Declare(state, $"{name}/encoder", Input(observationSize + actionSize), hidden, Code(z), null),
            Mlp.Declare(
                state, $"{name}/decoder", Input(observationSize + z), hidden, new Axis("A", actionSize),
                null));
    }

    /// <summary>q(z | s, a), [B, Z].</summary>
    public DiagonalGaussian Encode(GraphBuilder g, Node observation, Node action) =>
        DiagonalGaussian.FromColumns(
            g, Encoder.Forward(g, g.Concat("X", observation, action)), latent, LowestLogDeviation,
            HighestLogDeviation);

    /// <summary>The decoded action before its tanh, [B, A]; BEAR compares these.</summary>
    public Node DecodePreTanh(GraphBuilder g, Node observation, Node code) =>
        Decoder.Forward(g, g.Concat("X", observation, code));

    /// <summary>The decoded action, inside (-1, 1), [B, A].</summary>
    public Node Decode(GraphBuilder g, Node observation, Node code) =>
        g.Tanh(DecodePreTanh(g, observation, code));

    /// <summary>The terms of the evidence bound with one draw of z a row; β weighs the divergence.</summary>
    public VaeLoss Loss(
        GraphBuilder g, Node observation, Node action, StreamAddress stream, float beta = UsualBeta)
    {
        var posterior = Encode(g, observation, action);
        var reconstruction = g.Mean(g.Square(Decode(g, observation, posterior.Sample(g, stream)) - action));
        var divergence = g.Mean(GaussianDivergence.ToStandard(g, posterior));
        return new VaeLoss(reconstruction + divergence * beta, reconstruction, divergence);
    }

    /// <summary>One action a state from the clipped prior, [B, A].</summary>
    public Node Generate(GraphBuilder g, Node observation, StreamAddress stream) =>
        g.Tanh(GeneratePreTanh(g, observation, stream));

    /// <summary>The same before the tanh.</summary>
    public Node GeneratePreTanh(GraphBuilder g, Node observation, StreamAddress stream) =>
        DecodePreTanh(g, observation, Prior(g, observation.Shape.WithoutLast().Append(latent), stream));

    /// <summary>N actions a state from the clipped prior before their tanh, [N, B, A].</summary>
    public Node GenerateManyPreTanh(GraphBuilder g, Node observation, Axis draws, StreamAddress stream)
    {
        var repeated = Repeated.States(g, observation, draws);
        var code = Prior(g, repeated.Shape.WithLast(latent), stream);
        return Repeated.Split(g, DecodePreTanh(g, repeated, code), draws, observation.Shape[0]);
    }

    private static Node Prior(GraphBuilder g, Shape shape, StreamAddress stream) =>
        g.Clamp(g.Normal(stream, shape), -PriorClip, PriorClip);

    private static Axis Input(int size) => new("X", size);

    private static Axis Code(int latentSize) => new("M", 2 * latentSize);
}
