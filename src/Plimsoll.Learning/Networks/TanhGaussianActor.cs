using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// A stochastic policy a = tanh(u), u ~ N(μ(s), σ(s)²), with [μ, log σ] an MLP of the state, ReLU after every
/// hidden layer, log σ clamped to [-20, 2] (SAC, arXiv 1801.01290; the actor of BEAR-Lag, CPQ and COptiDICE).
/// Both heads are one layer of width 2A, so that one product serves them. Shapes: s [B, S], a [B, A], inside
/// [-1, 1]. As a policy that is scored it is deterministic and takes tanh(μ(s)).
/// </summary>
public sealed class TanhGaussianActor : IMarkovPolicy
{
    public const float LowestLogDeviation = -20f;
    public const float HighestLogDeviation = 2f;

    private readonly Axis action;

    private TanhGaussianActor(Mlp network) =>
        (Network, action) = (network, new Axis("A", network.Widths[^1].Size / 2));

    public Mlp Network { get; }

    public IReadOnlyList<StateArray> Parameters => Network.Parameters;

    public int ObservationSize => Network.Widths[0].Size;

    public int ActionSize => action.Size;

    /// <summary>Adds an actor to the state, initialised as PyTorch's linear layers are.</summary>
    public static TanhGaussianActor Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        RandomRoot random) =>
        new(Mlp.Create(state, name, Input(observationSize), hidden, Output(actionSize), null, random));

    /// <summary>An actor whose weights are zeros, or are already in the state under that name.</summary>
    public static TanhGaussianActor Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden) =>
        new(Mlp.Declare(state, name, Input(observationSize), hidden, Output(actionSize), null));

    /// <summary>A copy under another name, such as the target that BEAR's critics look at.</summary>
    public TanhGaussianActor Copy(TrainingState state, string name) => new(Network.Copy(state, name));

    /// <summary>π(·|s), rows [B].</summary>
    public TanhGaussian Policy(GraphBuilder g, Node observation) => new(DiagonalGaussian.FromColumns(
        g, Network.Forward(g, observation), action, LowestLogDeviation, HighestLogDeviation));

    /// <summary>tanh(μ(s)) [B, A], which the policy takes when it is scored.</summary>
    public Node MeanAction(GraphBuilder g, Node observation) => Policy(g, observation).MeanAction(g);

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null) => MeanAction(g, observation);

    private static Axis Input(int size) => new("S", size);

    private static Axis Output(int actionSize) => new("M", 2 * actionSize);
}
