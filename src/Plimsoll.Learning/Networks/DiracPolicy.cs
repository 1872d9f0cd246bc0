using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>A deterministic policy a = tanh(MLP(s)): [B, S] to [B, A], inside (-1, 1).</summary>
public sealed class DiracPolicy : ISurrogatePolicy
{
    private DiracPolicy(Mlp network) => Network = network;

    public Mlp Network { get; }

    public IReadOnlyList<StateArray> Parameters => Network.Parameters;

    public int ObservationSize => Network.Widths[0].Size;

    public int ActionSize => Network.Widths[^1].Size;

    /// <summary>Adds a policy to the state, initialised as PyTorch's linear layers are.</summary>
    public static DiracPolicy Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden, RandomRoot random) =>
        new(Mlp.Create(state, name, new Axis("S", observationSize), hidden, new Axis("A", actionSize), null, random));

    /// <summary>A policy whose weights are zeros, or are already in the state under that name.</summary>
    public static DiracPolicy Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden) =>
        new(Mlp.Declare(state, name, new Axis("S", observationSize), hidden, new Axis("A", actionSize), null));

    /// <inheritdoc/>
    public Node Act(GraphBuilder g, Node observation, Node? normals = null) => g.Tanh(Network.Forward(g, observation));
}
