using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// An ensemble of action values Q_e(s, a) with a Polyak-averaged target copy. Input order [a, s].
/// Shapes: a [B, A], s [B, S]; values [E, B].
/// </summary>
public sealed class Critic
{
    private Critic(Mlp online, Mlp target) => (Online, Target) = (online, target);

    public Mlp Online { get; }

    public Mlp Target { get; }

    public int Members => Online.Ensemble!.Value.Size;

    public IReadOnlyList<StateArray> Arrays => [.. Online.Parameters, .. Target.Parameters];

    /// <summary>Adds an ensemble to the state, initialised, its target an exact copy.</summary>
    public static Critic Create(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden, int members,
        RandomRoot random, Initialisation initialisation, MlpForm? form = null)
    {
        var online = Mlp.Create(
            state, name, Input(observationSize, actionSize), hidden, Output, new Axis("E", members), random,
            initialisation, form);
        return new Critic(online, online.Copy(state, $"{name}-target"));
    }

    /// <summary>An ensemble whose weights are zeros, or are already in the state under that name.</summary>
    public static Critic Declare(
        TrainingState state, string name, int observationSize, int actionSize, IReadOnlyList<int> hidden, int members)
    {
        var (input, ensemble) = (Input(observationSize, actionSize), new Axis("E", members));
        return new Critic(
            Mlp.Declare(state, name, input, hidden, Output, ensemble),
            Mlp.Declare(state, $"{name}-target", input, hidden, Output, ensemble));
    }

    /// <summary>Q_e(s, a) of the online or of the target networks, [E, B].</summary>
    public static Node Values(GraphBuilder g, Mlp network, Node action, Node observation) =>
        g.Squeeze(network.Forward(g, g.Concat("X", action, observation)));

    /// <summary>∇_a of the mean over members, [B, A]. The action is a leaf: nothing flows on into a policy.</summary>
    public static Node Guidance(GraphBuilder g, Mlp network, Node action, Node observation)
    {
        var leaf = g.Detach(action);
        return g.Gradients(g.Sum(g.MeanLeading(Values(g, network, leaf, observation))), leaf)[0];
    }

    /// <summary>Sum over members of mean over the batch of (Q - y)²; y is [E, B] or shared [B].</summary>
    public static Node Loss(GraphBuilder g, Node values, Node target)
    {
        var y = target.Shape.Rank == values.Shape.Rank ? target : g.BroadcastLeading(target, values.Shape[0]);
        return g.Sum(g.Square(values - y)) * (1f / values.Shape.Columns);
    }

    /// <summary>Q̄ &lt;- Q̄ + rate (Q - Q̄), with Q as it is where this is written.</summary>
    public void UpdateTarget(GraphBuilder g, float rate) => g.Polyak(Target.Parameters, Online.Parameters, rate);

    private static Axis Output => new("Q", 1);

    private static Axis Input(int observationSize, int actionSize) => new("X", actionSize + observationSize);
}
