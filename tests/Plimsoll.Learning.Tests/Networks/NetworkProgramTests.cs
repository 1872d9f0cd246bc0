using NUnit.Framework;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Probe;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Networks;

/// <summary>Each network learns what is known exactly.</summary>
public sealed class NetworkProgramTests
{
    private Team team = null!;

    [OneTimeSetUp]
    public void Start() => team = new Team(1);

    [OneTimeTearDown]
    public void Stop() => team.Dispose();

    [Test]
    public void The_variational_autoencoder_reaches_the_likelihood_bound_and_not_beyond()
    {
        // With Z = 2A the loss is 2v (-ELBO - ½ log 2πv) a component, v = β/4, and -ELBO is at least the
        // entropy of the data, ½ log 2πe S² (Gibbs). So the loss is at least v (1 + log(S²/v)).
        const double beta = 0.04, deviation = 0.3;
        using var training = NetworkPrograms.Vae(
            RandomRoot.Of(0, "test"), team, 0.2f, (float)deviation, (float)beta);
        var bound = beta / 4 * (1 + Math.Log(deviation * deviation / (beta / 4)));
        training.Advance(0, 400);
        training.TakeMean("vae-loss");
        training.Advance(400, 200);
        var loss = training.TakeMean("vae-loss")!.Value;
        // Mean of 200 batches of 512 squares: a standard error well below 1 %.
        Assert.That(loss, Is.InRange(0.99 * bound, 1.15 * bound), $"bound {bound}");
    }

    [Test]
    public void With_a_heavy_prior_the_autoencoder_tells_nothing_and_reconstructs_the_mean()
    {
        using var training = NetworkPrograms.Vae(RandomRoot.Of(0, "test"), team, beta: 4);
        training.Advance(0, 300);
        training.TakeMean("reconstruction");
        training.TakeMean("vae-divergence");
        training.Advance(300, 100);
        Assert.That(
            training.TakeMean("reconstruction"), Is.EqualTo(0.09).Within(0.003), "the variance of the data");
        Assert.That(training.TakeMean("vae-divergence"), Is.InRange(-1e-6, 2e-3));
    }

    [Test]
    public void The_perturbation_moves_actions_towards_the_reward_by_its_reach()
    {
        using var training = NetworkPrograms.PerturbedActions(RandomRoot.Of(0, "test"), team);
        training.Advance(0, 300);
        training.TakeMean("move");
        training.Advance(300, 50);
        // Nearly all proposals lie below 0.5 - φ, so nearly all move up by φ = 0.2.
        Assert.That(training.TakeMean("move"), Is.InRange(0.12, 0.2));
    }

    [TestCase(MmdKernel.Gaussian, 0.5f)]
    [TestCase(MmdKernel.Laplacian, 0.5f)]
    public void Matching_a_sample_recovers_the_distribution_but_for_the_bias_of_few_draws(
        MmdKernel kernel, float bandwidth)
    {
        using var training = NetworkPrograms.MatchedSupport(
            RandomRoot.Of(0, "test"), team, 8, 0.3f, kernel, bandwidth);
        training.Advance(0, 20);
        var before = training.TakeMean("divergence");
        training.Advance(20, 380);
        training.TakeMean("divergence");
        training.Advance(400, 50);
        Assert.That(before, Is.GreaterThan(1), "the untrained actor is far away");
        // (1/N) E[1 - k(x, x')] stays in the biased estimate and narrows the policy: to 0.22 for the Gaussian
        // kernel.
        Assert.That(training.TakeMean("divergence"), Is.InRange(0, 0.12), "nats a component");
    }

    [Test]
    public void The_soft_actor_recovers_a_known_policy_with_its_width()
    {
        using var training = NetworkPrograms.MaximumEntropy(RandomRoot.Of(0, "test"), team);
        training.Advance(0, 350);
        training.TakeMean("divergence");
        training.TakeMean("loss");
        training.Advance(350, 50);
        Assert.That(training.TakeMean("divergence"), Is.InRange(-1e-6, 0.01));
        Assert.That(
            training.TakeMean("loss"), Is.EqualTo(0).Within(0.02), "the divergence again, by Monte Carlo");
    }

    [Test]
    public void Given_actions_recover_the_policy_by_likelihood()
    {
        using var state = new TrainingState();
        var one = new Shape(new Axis("I", 1), new Axis("A", 1));
        var (mean, log) = (state.Add("mean", one), state.Add("log", one));
        var g = new GraphBuilder();
        var random = RandomRoot.Of(0, "test");
        var ones = g.Constant(1f, new Shape(new Axis("B", 512), new Axis("I", 1)));
        var policy = new TanhGaussian(
            new(g.Linear(ones, g.Read(mean), null), g.Linear(ones, g.Read(log), null)));
        var u = g.Normal(random.Stream("u"), new Shape(new Axis("B", 512), new Axis("A", 1))) * 0.5f + 0.8f;
        var loss = -g.Mean(policy.LogProbability(g, g.Tanh(u)));
        g.Minimise(
            new AdamOptimiser(state, "adam", [mean, log]), loss,
            g.PerStep("rate", k => k < 200 ? 0.02f : 0.002f));
        using var program = Program.Compile(g, team);
        program.Run(0, 400);
        Assert.That(mean.Values[0], Is.EqualTo(0.8).Within(0.02));
        Assert.That(log.Values[0], Is.EqualTo(Math.Log(0.5)).Within(0.03));
    }

    [TestCase(0.1, -1.2815516)]
    [TestCase(0.5, 0.0)]
    [TestCase(0.9, 1.2815516)]
    public void Quantile_regression_finds_the_quantile(double tau, double expected)
    {
        using var state = new TrainingState();
        var guess = state.Add("guess", Shape.Scalar);
        var g = new GraphBuilder();
        var x = g.Normal(RandomRoot.Of(0, "test").Stream("x"), new Shape(new Axis("B", 1024)));
        var loss = g.Mean(QuantileLoss.Of(g, x - g.Broadcast(g.Read(guess), x.Shape), (float)tau));
        g.Sgd([guess], g.Gradients(loss, g.Read(guess)), g.PerStep("rate", k => k < 100 ? 1f : 0.1f));
        using var program = Program.Compile(g, team);
        program.Run(0, 300);
        Assert.That(guess.Values[0], Is.EqualTo(expected).Within(0.03));
    }

    [Test]
    public void The_variational_bound_recovers_a_known_divergence_from_below()
    {
        // P = N(1, 1), Q = N(0, 1): ½ nat, attained by T(x) = x.
        using var state = new TrainingState();
        var random = RandomRoot.Of(0, "test");
        var critic = Mlp.Create(state, "t", new Axis("X", 1), [32], new Axis("T", 1), null, random);
        var g = new GraphBuilder();
        var shape = new Shape(new Axis("B", 1024), new Axis("X", 1));
        var onP = g.Squeeze(critic.Forward(g, g.Normal(random.Stream("p"), shape) + 1f));
        var onQ = g.Squeeze(critic.Forward(g, g.Normal(random.Stream("q"), shape)));
        var bound = DonskerVaradhan.Bound(g, onP, onQ);
        g.Record("bound", bound);
        g.Minimise(new AdamOptimiser(state, "adam", critic.Parameters), -bound, g.Constant(3e-3f));
        using var training = new GraphTraining(new TrainingState(), Program.Compile(g, team));
        training.Advance(0, 300);
        training.TakeMean("bound");
        training.Advance(300, 200);
        Assert.That(training.TakeMean("bound"), Is.InRange(0.47, 0.51));
    }

    [Test]
    public void A_running_average_follows_its_network()
    {
        using var training = (GraphTraining)NetworkPrograms.All["averaged embedding"](
            RandomRoot.Of(0, "test"), team);
        float[] Average() => training.State["average/0/weight"].Values.ToArray();
        var first = Average();
        training.Advance(0, 4);
        Assert.That(Average(), Is.EqualTo(first), "before its start");
        training.Advance(4, 1);
        var second = Average();
        Assert.That(second, Is.Not.EqualTo(first));
        training.Advance(5, 1);
        Assert.That(Average(), Is.EqualTo(second), "between two updates");
        training.Advance(6, 400);
        training.TakeMean("average-loss");
        training.Advance(406, 50);
        Assert.That(
            training.TakeMean("average-loss"), Is.InRange(0, 0.02), "sin t for t in (0, 5), without dropout");
    }
}
