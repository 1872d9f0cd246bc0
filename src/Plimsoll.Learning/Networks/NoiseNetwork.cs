using Plimsoll.Learning.Diffusion;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// The noise predictor ε(a_i, i | s) of Diffusion-QL (Wang et al., arXiv 2208.06193, appendix C): an MLP with Mish
/// on [a_i, emb(i), s], emb the <see cref="SinusoidalEmbedding"/> of the step, 16 wide.
/// Shapes: a_i [B, A], i [B], s [B, S]; output [B, A].
/// </summary>
public sealed class NoiseNetwork
{
    /// <summary>Width of the step's embedding.</summary>
    public const int EmbeddingWidth = 16;

    private readonly SinusoidalEmbedding embedding;

    private NoiseNetwork(SinusoidalEmbedding embedding, Mlp network) =>
        (this.embedding, Network) = (embedding, network);

    public Mlp Network { get; }

    public int ObservationSize => Network.Widths[0].Size - EmbeddingWidth - ActionSize;

    public int ActionSize => Network.Widths[^1].Size;

    /// <summary>What training changes; the frequencies are constants.</summary>
    public IReadOnlyList<StateArray> Parameters => [.. embedding.Parameters, .. Network.Parameters];

    /// <summary>All that must be saved.</summary>
    public IReadOnlyList<StateArray> Arrays => [.. embedding.Arrays, .. Network.Parameters];

    /// <summary>Adds a network to the state, initialised as PyTorch's linear layers are.</summary>
    public static NoiseNetwork Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        RandomRoot random) => new(
            SinusoidalEmbedding.Create(state, $"{name}/step", EmbeddingWidth, random),
            Mlp.Create(
                state, name, Input(observationSize, actionSize), hidden, new Axis("A", actionSize), null, random,
                Initialisation.TorchLinear, MlpForm.Mish));

    /// <summary>A network whose weights are zeros, or are already in the state under that name.</summary>
    public static NoiseNetwork Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden) => new(
            SinusoidalEmbedding.Declare(state, $"{name}/step", EmbeddingWidth),
            Mlp.Declare(
                state, name, Input(observationSize, actionSize), hidden, new Axis("A", actionSize), null,
                MlpForm.Mish));

    /// <summary>A copy under another name, such as the running average.</summary>
    public NoiseNetwork Copy(TrainingState state, string name)
    {
        var hidden = Network.Widths.Skip(1).SkipLast(1).Select(a => a.Size).ToList();
        var copy = Declare(state, name, ObservationSize, ActionSize, hidden);
        copy.Assign(this);
        return copy;
    }

    /// <summary>Takes over the weights of a network of the same sizes.</summary>
    public void Assign(NoiseNetwork source)
    {
        foreach (var (to, from) in Arrays.Zip(source.Arrays)) from.Values.CopyTo(to.Values);
    }

    /// <summary>ε [B, A] with a step of its own for each row, i [B] as numbers.</summary>
    public Node Forward(GraphBuilder g, Node noisy, Node step, Node observation) =>
        Network.Forward(g, g.Concat("X", noisy, embedding.Of(g, step), observation));

    /// <summary>ε [B, A] with one step for all rows: the same bits, and the step is embedded once.</summary>
    public Node At(GraphBuilder g, Node noisy, int step, Node observation)
    {
        var one = embedding.Of(g, g.Constant(step, new Shape(new Axis("B", 1))));
        var embedded = g.BroadcastLeading(g.Reshape(one, new Shape(one.Shape[^1])), noisy.Shape[0]);
        return Network.Forward(g, g.Concat("X", noisy, embedded, observation));
    }

    /// <summary>One action a row by T steps back, [B, A] in [-1, 1]; see <see cref="DdpmSampler"/>.</summary>
    public Node Sample(GraphBuilder g, DdpmSchedule schedule, Node observation, Func<int, Node> draws) =>
        DdpmSampler.Sample(g, schedule, (x, i) => At(g, x, i, observation), draws);

    /// <summary>The same from draws in one piece, N(0, 1) [B, T A].</summary>
    public Node Sample(GraphBuilder g, DdpmSchedule schedule, Node observation, Node normals) => Sample(
        g, schedule, observation, k => g.Columns(normals, k * ActionSize, new Axis("A", ActionSize)));

    /// <summary>Widths of the layers from first to last, as a file must have them.</summary>
    internal static int[] Layers(int observationSize, int actionSize, IReadOnlyList<int> hidden) =>
        [actionSize + EmbeddingWidth + observationSize, .. hidden, actionSize];

    private static Axis Input(int observationSize, int actionSize) =>
        new("X", Layers(observationSize, actionSize, [])[0]);
}
