using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>BEAR's discrepancy between an actor and the autoencoder that it is held to.</summary>
public sealed class ActorAgainstDecoderTests
{
    // Of N(0, 1) clipped to ±½: E z² = P(|z| < ½) - φ(½) + ¼ P(|z| > ½).
    private const double ClippedVariance = 0.3829249 - 0.3520653 + 0.25 * 0.6170751;
    private const double Slope = 2, Sigma = 500;

    /// <summary>Both are linear: u = 1.5 s - 0.3 + 2 (z₁ + z₂) of the decoder, and the actor with that mean and
    /// deviation. With σ = 500 the kernel is a parabola over such distances: it sees the first two moments.</summary>
    [Test]
    public void An_actor_equal_to_the_decoder_is_as_far_from_it_as_the_number_of_draws_makes_it()
    {
        var variance = 2 * Slope * Slope * ClippedVariance;
        // E MMD² = (1 - E k) (1/n + 1/n) for equal distributions, 1 - E k = E (u - u')²/(2σ) = 2 variance/(2σ).
        double Expected(int n) => 2.0 / n * variance / Sigma;
        foreach (var n in new[] { 5, 20 })
        {
            Assert.That(Square(n, off: 0), Is.EqualTo(Expected(n)).Within(0.1 * Expected(n)), $"{n} draws");
            // A mean that is off by two adds 2²/σ (twice 2²/(2σ)), which no number of draws takes away.
            var apart = Expected(n) + 4 / Sigma;
            Assert.That(Square(n, off: 2), Is.EqualTo(apart).Within(0.1 * apart), $"{n} draws");
        }
    }

    /// <summary>Mean of MMD² over states, without its floor.</summary>
    private static double Square(int n, double off)
    {
        const int states = 2000;
        using var c = new Calculation();
        var root = RandomRoot.Of(4, "test");
        var vae = ConditionalVae.Create(c.State, "vae", 1, 1, [], root);
        var actor = TanhGaussianActor.Create(c.State, "actor", 1, 1, [], root);
        ((float[])[1.5f, (float)Slope, (float)Slope]).CopyTo(c.State["vae/decoder/0/weight"].Values);
        c.State["vae/decoder/0/bias"].Values[0] = -0.3f;
        ((float[])[1.5f, 0]).CopyTo(c.State["actor/0/weight"].Values);
        var deviation = Math.Sqrt(2 * Slope * Slope * ClippedVariance);
        ((float[])[(float)(off - 0.3), (float)Math.Log(deviation)]).CopyTo(c.State["actor/0/bias"].Values);
        var s = c.Graph.Normal(root.Stream("s"), new Shape(new Axis("B", states), new Axis("S", 1)));
        var draws = new Axis("N", n);
        var distance = c.Value(MaximumMeanDiscrepancy.Of(
            c.Graph, actor.Policy(c.Graph, s).Samples(c.Graph, draws, root.Stream("actions")).PreTanh,
            vae.GenerateManyPreTanh(c.Graph, s, draws, root.Stream("codes")), MmdKernel.Gaussian, (float)Sigma));
        return distance.Average(d => (double)d * d) - MaximumMeanDiscrepancy.Floor;
    }
}
