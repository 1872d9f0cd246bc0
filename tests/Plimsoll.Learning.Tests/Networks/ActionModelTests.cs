using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Networks;

/// <summary>What the conditional VAE, the perturbation and the actor keep with any weights.</summary>
public sealed class ActionModelTests
{
    private static readonly Axis Batch = new("B", 50);
    private static readonly Axis S = new("S", 3);
    private static readonly Axis A = new("A", 2);
    private static readonly RandomRoot Draws = RandomRoot.Of(5, "test");

    [Law]
    public bool A_perturbed_action_stays_within_reach_and_within_bounds(Fraction reach, Length seed)
    {
        using var c = new Calculation();
        var phi = (float)reach.Value;
        var actor = PerturbationActor.Create(
            c.State, "actor", S.Size, A.Size, [8], RandomRoot.Of(seed.Value, "test"), phi);
        Widen(c, actor.Parameters.Select(p => p.Name));
        var proposal = c.Graph.Uniform(Draws.Stream("proposal"), new Shape(Batch, A)) * 2f - 1f;
        var acted = c.Value(actor.Act(c.Graph, Observations(c), proposal));
        return acted.Zip(c.Value(proposal)).All(p =>
            Math.Abs(p.First) <= 1 && Math.Abs(p.First - p.Second) <= phi + 1.2e-7);
    }

    [Test]
    public void Without_reach_the_proposal_is_taken_as_it_is()
    {
        using var c = new Calculation();
        var actor = PerturbationActor.Create(
            c.State, "actor", S.Size, A.Size, [8], RandomRoot.Of(1, "test"), 0f);
        var proposal = c.Graph.Uniform(Draws.Stream("proposal"), new Shape(Batch, A)) * 2f - 1f;
        Assert.That(c.Value(actor.Act(c.Graph, Observations(c), proposal)), Is.EqualTo(c.Value(proposal)));
    }

    [Law]
    public bool Decoded_actions_are_actions_and_divergences_are_not_negative(Length seed)
    {
        using var c = new Calculation();
        var vae = Vae(c, seed.Value);
        Widen(c, vae.Parameters.Select(p => p.Name));
        var (s, a) = (Observations(c), Actions(c));
        var posterior = vae.Encode(c.Graph, s, a);
        var loss = vae.Loss(c.Graph, s, a, Draws.Stream("posterior"));
        return c.Value(vae.Decode(c.Graph, s, posterior.Mean)).All(v => v is >= -1 and <= 1)
            && c.Value(GaussianDivergence.ToStandard(c.Graph, posterior)).All(v => v >= -1e-6)
            && c.Value(posterior.LogDeviation).All(v => v is >= -4 and <= 15)
            && c.Value(loss.Total)[0] == c.Value(loss.Reconstruction + loss.Divergence * 0.5f)[0];
    }

    [Test]
    public void An_extreme_encoder_leaves_the_loss_and_its_gradient_finite()
    {
        using var c = new Calculation();
        var vae = Vae(c, 1);
        c.State["vae/encoder/1/bias"].Values.Fill(40);
        var loss = vae.Loss(c.Graph, Observations(c), Actions(c), Draws.Stream("posterior")).Total;
        Assert.That(c.Value(loss), Has.All.Matches<float>(float.IsFinite));
        Assert.That(
            c.Slope(loss, c.Graph.Read(c.State["vae/encoder/1/bias"])),
            Has.All.Matches<float>(float.IsFinite));
    }

    [Test]
    public void The_order_of_a_batch_does_not_matter()
    {
        using var c = new Calculation();
        var vae = Vae(c, 1);
        var states = c.Value(Observations(c)).Select(v => (double)v).ToArray();
        var actions = c.Value(Actions(c)).Select(v => (double)v).ToArray();
        double[] Turned(double[] x, int width) => [.. x.Chunk(width).Reverse().SelectMany(r => r)];
        float[] Means(double[] s, double[] a) => c.Value(
            vae.Encode(c.Graph, c.Given(s, Batch, S), c.Given(a, Batch, A)).Mean);
        var turned = Means(Turned(states, 3), Turned(actions, 2)).Chunk(4).Reverse().SelectMany(r => r);
        Assert.That(turned, Is.EqualTo(Means(states, actions)));
    }

    [Test]
    public void Many_generated_actions_are_rows_of_decoded_codes_near_the_prior()
    {
        using var c = new Calculation();
        var vae = Vae(c, 1);
        var s = Observations(c);
        var draws = new Axis("N", 7);
        var many = vae.GenerateManyPreTanh(c.Graph, s, draws, Draws.Stream("codes"));
        var codes = c.Graph.Clamp(
            c.Graph.Normal(Draws.Stream("codes"), new Shape(draws, Batch, new Axis("Z", vae.LatentSize))),
            -0.5f, 0.5f);
        var fifth = vae.DecodePreTanh(c.Graph, s, c.Graph.Member(codes, 5));
        Assert.That(many.Shape, Is.EqualTo(new Shape(draws, Batch, A)));
        Assert.That(c.Value(c.Graph.Member(many, 5)), Is.EqualTo(c.Value(fifth)));
        Assert.That(vae.LatentSize, Is.EqualTo(4), "twice the action's size");
    }

    [Test]
    public void An_actors_draws_are_its_own_policys()
    {
        using var c = new Calculation();
        var actor = TanhGaussianActor.Create(
            c.State, "actor", S.Size, A.Size, [16], RandomRoot.Of(1, "test"));
        var policy = actor.Policy(c.Graph, Observations(c));
        var draws = policy.Samples(c.Graph, new Axis("N", 2000), Draws.Stream("draws"));
        var (u, mean, log) = (
            c.Value(draws.PreTanh), c.Value(policy.Base.Mean), c.Value(policy.Base.LogDeviation));
        Assert.That(draws.LogProbability.Shape, Is.EqualTo(new Shape(new Axis("N", 2000), Batch)));
        for (var k = 0; k < mean.Length; k++)
        {
            var sample = Enumerable.Range(0, 2000).Select(n => (double)u[n * mean.Length + k]).ToArray();
            var deviation = Math.Exp(log[k]);
            Assert.That(sample.Average(), Is.EqualTo(mean[k]).Within(5 * deviation / Math.Sqrt(2000)));
            Assert.That(
                sample.Average(v => (v - mean[k]) * (v - mean[k])),
                Is.EqualTo(deviation * deviation).Within(5 * deviation * deviation * Math.Sqrt(2.0 / 2000)));
        }
    }

    [Test]
    public void An_actors_width_is_clamped_and_its_scored_action_is_the_squashed_mean()
    {
        using var c = new Calculation();
        var actor = TanhGaussianActor.Create(
            c.State, "actor", S.Size, A.Size, [16], RandomRoot.Of(1, "test"));
        new[] { 0f, 0f, 100f, -100f }.CopyTo(c.State["actor/1/bias"].Values);
        var s = Observations(c);
        var policy = actor.Policy(c.Graph, s);
        Assert.That(c.Value(policy.Base.LogDeviation)[..2], Is.EqualTo(new[] { 2f, -20f }));
        Assert.That(
            c.Value(actor.MeanAction(c.Graph, s)), Is.EqualTo(c.Value(c.Graph.Tanh(policy.Base.Mean))));
        Assert.That(
            c.Value(policy.Sample(c.Graph, Draws.Stream("draws")).LogProbability),
            Has.All.Matches<float>(float.IsFinite));
        Assert.That(actor.Copy(c.State, "copy").ActionSize, Is.EqualTo(A.Size));
    }

    private static ConditionalVae Vae(Calculation c, int seed) =>
        ConditionalVae.Create(c.State, "vae", S.Size, A.Size, [8], RandomRoot.Of(seed, "test"));

    private static Node Observations(Calculation c) => c.Graph.Normal(Draws.Stream("s"), new Shape(Batch, S));

    private static Node Actions(Calculation c) =>
        c.Graph.Uniform(Draws.Stream("a"), new Shape(Batch, A)) * 2f - 1f;

    /// <summary>Weights ten times as large, so that tanh saturates and clamps act.</summary>
    private static void Widen(Calculation c, IEnumerable<string> names)
    {
        foreach (var name in names)
        {
            foreach (ref var w in c.State[name].Values) w *= 10;
        }
    }
}
