using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>A sample seen through exponential weights.</summary>
/// <param name="Weights">p_i = softmax(ℓ/τ)_i [B]; they add up to 1.</param>
/// <param name="Divergence">D(p ‖ uniform) = Σ p_i ℓ_i/τ - log mean exp(ℓ/τ), a scalar, in nats.</param>
public readonly record struct TiltedSample(Node Weights, Node Divergence);

/// <summary>
/// The variational form of the Kullback-Leibler divergence (Donsker and Varadhan 1983; MINE, Belghazi et al.,
/// arXiv 1801.04062, theorem 1): D(P ‖ Q) = sup over T of E_P[T] - log E_Q[e^T], and its dual, the worst case
/// of a mean over all distributions near the sample (COptiDICE, Lee et al., arXiv 2204.08957).
/// All logarithms of means subtract the maximum first.
/// </summary>
public static class DonskerVaradhan
{
    /// <summary>mean T on P - log mean e^T on Q, for values T [B] on either sample: a scalar; at most D(P ‖
    /// Q) in expectation over P, biased upwards by the logarithm of a mean over Q.</summary>
    public static Node Bound(GraphBuilder g, Node onP, Node onQ) => g.Mean(onP) - g.LogMeanExp(onQ);

    /// <summary>
    /// τ (ε + log mean exp(ℓ/τ)), a scalar; its least value over τ &gt; 0 is max Σ p_i ℓ_i over all weights p
    /// with D(p ‖ uniform) &lt;= ε. Gradients: p_i for ℓ_i, ε - D(p ‖ uniform) for τ.
    /// </summary>
    /// <param name="values">ℓ [B].</param>
    /// <param name="temperature">τ, a scalar above 0.</param>
    /// <param name="radius">ε in nats, at least 0.</param>
    public static Node WorstCase(GraphBuilder g, Node values, Node temperature, float radius) =>
        temperature * (g.LogMeanExp(Scaled(g, values, temperature)) + radius);

    /// <summary>The weights at which the worst case is taken, and how far they are from uniform.</summary>
    public static TiltedSample Tilt(GraphBuilder g, Node values, Node temperature)
    {
        var scaled = Scaled(g, values, temperature);
        var weights = g.Softmax(scaled);
        return new TiltedSample(weights, g.Dot(weights, scaled) - g.LogMeanExp(scaled));
    }

    private static Node Scaled(GraphBuilder g, Node values, Node temperature) =>
        g.TimesScalar(values, g.Constant(1f) / temperature);
}
