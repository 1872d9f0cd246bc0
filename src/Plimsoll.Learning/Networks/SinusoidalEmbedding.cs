using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// The step embedding of Diffusion-QL (Wang et al., arXiv 2208.06193, after DDPM): [sin fi, cos fi] of width
/// D, then D -> 2D -> D with Mish between. Steps i [B] are whole numbers as numbers; result [B, D]. D = 16 in
/// the paper's code.
/// </summary>
public sealed class SinusoidalEmbedding
{
    private readonly StateArray frequencies;

    private SinusoidalEmbedding(StateArray frequencies, Mlp network) =>
        (this.frequencies, Network) = (frequencies, network);

    public Mlp Network { get; }

    /// <summary>What training changes; the frequencies are constants.</summary>
    public IReadOnlyList<StateArray> Parameters => Network.Parameters;

    /// <summary>All that must be saved.</summary>
    public IReadOnlyList<StateArray> Arrays => [frequencies, .. Parameters];

    /// <summary>Adds an embedding of an even width, at least 4, to the state.</summary>
    public static SinusoidalEmbedding Create(
        TrainingState state, string name, int width, RandomRoot random) => new(
        Frequencies(state, name, width),
        Mlp.Create(
            state, name, new Axis("F", width), [2 * width], new Axis("T", width), null, random,
            Initialisation.TorchLinear, MlpForm.Mish));

    /// <summary>An embedding whose weights are zeros, or are already in the state under that name.</summary>
    public static SinusoidalEmbedding Declare(TrainingState state, string name, int width) => new(
        Frequencies(state, name, width),
        Mlp.Declare(state, name, new Axis("F", width), [2 * width], new Axis("T", width), null, MlpForm.Mish));

    /// <summary>[B] to [B, T].</summary>
    public Node Of(GraphBuilder g, Node step) =>
        Network.Forward(g, TimeFeatures.Sinusoidal(g, step, g.Read(frequencies)));

    private static StateArray Frequencies(TrainingState state, string name, int width) =>
        width % 2 == 0
            ? TimeFeatures.SinusoidalFrequencies(state, $"{name}/frequencies", width / 2)
            : throw new ArgumentOutOfRangeException(
                nameof(width), width, $"{name}: sines and cosines need an even width.");
}
