using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// A policy N(tanh(μ(s)), σ(s)²) in each component with [μ, log σ] an MLP of the state, ReLU after every
/// hidden layer, log σ clamped to [-10, 1] (DRCORL, arXiv 2502.12391, section 4.2: N(m(s), Σ(s)) with a
/// learned diagonal Σ). It is trained by draws and acts by its mean, so its mean is what critics and scores
/// speak of. Shapes: s [B, S], a [B, A], the mean inside (-1, 1); draws may lie outside.
/// </summary>
public sealed class GaussianPolicy : ISurrogatePolicy
{
    public const float LowestLogDeviation = -10f;
    public const float HighestLogDeviation = 1f;

    private readonly Axis action;

    private GaussianPolicy(Mlp network) =>
        (Network, action) = (network, new Axis("A", network.Widths[^1].Size / 2));

    public Mlp Network { get; }

    public IReadOnlyList<StateArray> Parameters => Network.Parameters;

    public int ObservationSize => Network.Widths[0].Size;

    public int ActionSize => action.Size;

    /// <summary>Adds a policy to the state, initialised as PyTorch's linear layers are: σ is near 1 at
    /// first.</summary>
    public static GaussianPolicy Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        RandomRoot random) =>
        new(Mlp.Create(state, name, new Axis("S", observationSize), hidden, Output(actionSize), null, random));

    /// <summary>A policy whose weights are zeros, or are already in the state under that name.</summary>
    public static GaussianPolicy Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden) =>
        new(Mlp.Declare(state, name, new Axis("S", observationSize), hidden, Output(actionSize), null));

    /// <summary>π(·|s), rows [B].</summary>
    public DiagonalGaussian Distribution(GraphBuilder g, Node observation)
    {
        var columns = DiagonalGaussian.FromColumns(
            g, Network.Forward(g, observation), action, LowestLogDeviation, HighestLogDeviation);
        return columns with { Mean = g.Tanh(columns.Mean) };
    }

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null) => Distribution(g, observation).Mean;

    private static Axis Output(int actionSize) => new("M", 2 * actionSize);
}
