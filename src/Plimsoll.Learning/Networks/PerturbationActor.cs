using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// BCQ's perturbation of a proposed action (Fujimoto et al., arXiv 1812.02900, section 4.2): a = clip(â + φ
/// ξ(s, â), -1, 1) with ξ = tanh(MLP([s, â])) and tanh between layers too. |a - â| &lt;= φ wherever â lies in
/// [-1, 1]. Shapes: s [B, S], â and a [B, A].
/// </summary>
public sealed class PerturbationActor
{
    /// <summary>φ of BCQ-Lag.</summary>
    public const float UsualReach = 0.05f;

    /// <summary>From one edge of the actions to the other: more moves nothing further.</summary>
    public const float LargestReach = 2f;

    private static readonly MlpForm Form = new(Nonlinearity.Tanh, Nonlinearity.Tanh);

    private PerturbationActor(Mlp network, float reach) => (Network, Reach) = (network, reach);

    public Mlp Network { get; }

    /// <summary>φ in [0, 2].</summary>
    public float Reach { get; }

    public IReadOnlyList<StateArray> Parameters => Network.Parameters;

    /// <summary>Adds an actor to the state, initialised as PyTorch's linear layers are.</summary>
    public static PerturbationActor Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        RandomRoot random, float reach = UsualReach) => new(
            Mlp.Create(
                state, name, new Axis("X", observationSize + actionSize), hidden, new Axis("A", actionSize),
                null, random, Initialisation.TorchLinear, Form),
            reach);

    /// <summary>An actor whose weights are zeros, or are already in the state under that name.</summary>
    public static PerturbationActor Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden,
        float reach = UsualReach) => new(
            Mlp.Declare(
                state, name, new Axis("X", observationSize + actionSize), hidden, new Axis("A", actionSize),
                null, Form),
            reach);

    /// <summary>A copy under another name, such as the target that the critics look at.</summary>
    public PerturbationActor Copy(TrainingState state, string name) => new(Network.Copy(state, name), Reach);

    /// <summary>The perturbed action [B, A].</summary>
    public Node Act(GraphBuilder g, Node observation, Node proposal) =>
        g.Clamp(proposal + Network.Forward(g, g.Concat("X", observation, proposal)) * Reach, -1f, 1f);
}
