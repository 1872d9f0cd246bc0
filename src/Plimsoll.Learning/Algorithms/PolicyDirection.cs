using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Algorithms;

/// <summary>ĝ [B, A] with the times that it was read at, as α(t) and σ(t) [B].</summary>
internal readonly record struct BehaviourPull(Node Direction, Node Alpha, Node Sigma, DiffusionWeight Weight)
{
    /// <summary>
    /// The same surrogate's derivative by log σ_π, [B, A], that comes from the policy's own entropy: at time
    /// t the policy's deviation is √(α²σ_π² + σ²), so the divergence holds -½ log(α²σ_π² + σ²) (arXiv
    /// 2502.12391, equation 8; w σ/α is the surrogate's weight of it): -w α σ σ_π²/(α²σ_π² + σ²). Descending
    /// it widens the policy.
    /// </summary>
    internal Node OfLogDeviation(GraphBuilder g, Node logDeviation)
    {
        var components = logDeviation.Shape[^1];
        var variance = g.Exp(logDeviation * 2f);
        var noised = g.TimesColumn(variance, g.Square(Alpha)) + g.BroadcastColumn(g.Square(Sigma), components);
        var weight = DiffusionNodes.Weight(g, Weight, Alpha, Sigma) * Alpha * Sigma;
        return g.TimesColumn(variance / noised, weight * -1f);
    }
}

/// <summary>
/// The gradient of DRCORL's policy losses with respect to an action (arXiv 2502.12391, equation 21):
/// ĝ = w(t)(ε_ψ(a_t, t, s) - b z) pulls towards the behaviour policy; with a critic the
/// direction is ĝ ∓ β ∇_a Q. t ~ U(0.02, 0.98) for each sample, z ~ N(0, I).
/// The baseline b is 1 (it leaves the mean and cuts the variance), but 0 for the score weight.
/// </summary>
internal static class PolicyDirection
{
    private const float FirstTime = 0.02f;
    private const float LastTime = 0.98f;

    /// <summary>ĝ [B, A] at the given action [B, A]; nothing flows back through it.</summary>
    internal static BehaviourPull Pull(
        GraphBuilder g, ScoreNetwork behaviour, Node action, Node observation, DiffusionWeight weight,
        RandomRoot random) =>
        Pull(
            g, (noisy, time) => behaviour.Forward(g, noisy, time, observation, dropout: null),
            action, weight, random);

    /// <summary>The same for any noise predictor ε(a_t [B, A], t [B]) [B, A].</summary>
    internal static BehaviourPull Pull(
        GraphBuilder g, Func<Node, Node, Node> predictor, Node action, DiffusionWeight weight, RandomRoot random)
    {
        var leaf = g.Detach(action);
        var batch = new Shape(leaf.Shape[0]);
        var time = g.Uniform(random.Stream("surrogate-time"), batch) * (LastTime - FirstTime) + FirstTime;
        var noise = g.Normal(random.Stream("surrogate-noise"), leaf.Shape);
        var (alpha, sigma) = DiffusionNodes.Schedule(g, time, VpSchedule.Default);
        var error = predictor(DiffusionNodes.Diffuse(g, leaf, noise, alpha, sigma), time);
        if (DiffusionWeights.SubtractsNoise(weight)) error = error - noise;
        var direction = g.TimesColumn(error, DiffusionNodes.Weight(g, weight, alpha, sigma));
        return new BehaviourPull(direction, alpha, sigma, weight);
    }
}
