using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The gradient of DRCORL's policy losses with respect to a deterministic action (arXiv 2502.12391,
/// equation 21): ĝ = w(t)(ε_ψ(a_t, t, s) - b z) pulls towards the behaviour policy; with a critic the
/// direction is ĝ ∓ β ∇_a Q. t ~ U(0.02, 0.98) for each sample, z ~ N(0, I).
/// The baseline b is 1 (it leaves the mean and cuts the variance), but 0 for the score weight.
/// </summary>
internal static class PolicyDirection
{
    private const float FirstTime = 0.02f;
    private const float LastTime = 0.98f;

    /// <summary>ĝ [B, A] at the given action [B, A]; nothing flows back through it.</summary>
    internal static Node Pull(
        GraphBuilder g, ScoreNetwork behaviour, Node action, Node observation, DiffusionWeight weight, RandomRoot random) =>
        Pull(
            g, (noisy, time) => behaviour.Forward(g, noisy, time, observation, dropout: null),
            action, weight, random);

    /// <summary>The same for any noise predictor ε(a_t [B, A], t [B]) [B, A].</summary>
    internal static Node Pull(
        GraphBuilder g, Func<Node, Node, Node> predictor, Node action, DiffusionWeight weight, RandomRoot random)
    {
        var leaf = g.Detach(action);
        var batch = new Shape(leaf.Shape[0]);
        var time = g.Uniform(random.Stream("surrogate-time"), batch) * (LastTime - FirstTime) + FirstTime;
        var noise = g.Normal(random.Stream("surrogate-noise"), leaf.Shape);
        var (alpha, sigma) = DiffusionNodes.Schedule(g, time, VpSchedule.Default);
        var error = predictor(DiffusionNodes.Diffuse(g, leaf, noise, alpha, sigma), time);
        if (DiffusionWeights.SubtractsNoise(weight)) error = error - noise;
        return g.TimesColumn(error, DiffusionNodes.Weight(g, weight, alpha, sigma));
    }

    /// <summary>Parameter gradients of mean_s [direction · π(s)] for a fixed direction [B, A].</summary>
    internal static Node[] Gradients(GraphBuilder g, DiracPolicy policy, Node action, Node direction) =>
        g.VectorJacobian(action, direction * (1f / action.Shape[0].Size), [.. policy.Parameters.Select(g.Read)]);
}
