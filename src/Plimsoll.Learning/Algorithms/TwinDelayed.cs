using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers of policy and critics, each at least 1.</param>
/// <param name="Batch">B, transitions an update.</param>
/// <param name="LearningRate">Of Adam for policy and critics, above 0; constant.</param>
/// <param name="Discount">γ in [0, 1).</param>
/// <param name="Polyak">Target rate in (0, 1].</param>
public record Td3Settings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Discount, double Polyak);

/// <summary>
/// What TD3 (Fujimoto et al., arXiv 1802.09477) is made of, whatever its reward and its policy's loss: twin critics
/// towards y = r + γ (1 - terminal) min_e Q̄_e(s', clip(π̄(s') + ε, -1, 1)), ε = clip(0.2 ξ, -0.5, 0.5), ξ ~ N(0, I), a
/// deterministic policy, and targets of both that follow when the policy moves. The paper's noise, clip and delay.
/// Shapes: s [B, S], a [B, A], Q [E=2, B].
/// </summary>
internal sealed class TwinDelayed
{
    internal const float TargetNoise = 0.2f;
    internal const float TargetNoiseClip = 0.5f;

    /// <summary>Steps from one move of the policy and the targets to the next.</summary>
    internal const int PolicyDelay = 2;

    private readonly TrainingState state;
    private readonly Td3Settings settings;
    private readonly RandomRoot random;
    private readonly DiracPolicy policyTarget;
    private readonly Critic critic;

    /// <summary>Declares and initialises critics, policy and targets.</summary>
    internal TwinDelayed(
        TrainingState state, int observationSize, int actionSize, Td3Settings settings, RandomRoot random)
    {
        (this.state, this.settings, this.random) = (state, settings, random);
        var (s, a, hidden) = (observationSize, actionSize, settings.Hidden);
        critic = Critic.Create(state, "critic", s, a, hidden, 2, random, Initialisation.TorchLinear);
        Policy = DiracPolicy.Create(state, PolicyArrays.Root, s, a, hidden, random);
        policyTarget = DiracPolicy.Declare(state, "policy-target", s, a, hidden);
        policyTarget.Network.Assign(Policy.Network);
    }

    internal DiracPolicy Policy { get; }

    /// <summary>y [B] for a reward [B].</summary>
    internal Node Target(GraphBuilder g, Node reward, Node terminal, Node nextObservation)
    {
        var proposed = policyTarget.Act(g, nextObservation);
        var noise = g.Clamp(
            g.Normal(random.Stream("target noise"), proposed.Shape) * TargetNoise, -TargetNoiseClip, TargetNoiseClip);
        var next = g.Clamp(proposed + noise, -1f, 1f);
        var value = g.MinLeading(Critic.Values(g, critic.Target, next, nextObservation));
        return g.Detach(reward + (1f - terminal) * value * (float)settings.Discount);
    }

    /// <summary>One step of the critics towards y; records critic-loss.</summary>
    internal void FitCritics(GraphBuilder g, Node observation, Node action, Node target)
    {
        var loss = Critic.Loss(g, Critic.Values(g, critic.Online, action, observation), target);
        g.Record("critic-loss", loss);
        Descend(g, "adam-critic", critic.Online.Parameters, loss);
    }

    /// <summary>Q_1(s, a) [B], through which gradients of the action flow.</summary>
    internal Node FirstValue(GraphBuilder g, Node observation, Node action) =>
        g.Member(Critic.Values(g, critic.Online, action, observation), 0);

    /// <summary>One step of the policy down the loss, then both targets; records policy-loss.</summary>
    internal void MovePolicy(GraphBuilder g, Node loss)
    {
        g.Record("policy-loss", loss);
        Descend(g, "adam-policy", Policy.Parameters, loss);
        var rate = (float)settings.Polyak;
        critic.UpdateTarget(g, rate);
        g.Polyak(policyTarget.Parameters, Policy.Parameters, rate);
    }

    private void Descend(GraphBuilder g, string optimiser, IReadOnlyList<StateArray> parameters, Node loss) =>
        g.Minimise(
            new AdamOptimiser(state, optimiser, parameters), loss, g.Constant((float)settings.LearningRate));
}
