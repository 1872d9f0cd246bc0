using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>The batched direction of an action against DRCORL's closed forms.</summary>
public sealed class DirectionTests
{
    private const float Mean = 0.25f;
    private const float Deviation = 0.2f;

    /// <summary>C(S) of the surrogate for S = 0.2, by an independent quadrature (reference table).</summary>
    [TestCase(DiffusionWeight.Vds, 0.219335)]
    [TestCase(DiffusionWeight.Stable, 0.627224)]
    [TestCase(DiffusionWeight.Score, 1.615587)]
    public void The_expected_pull_of_a_Gaussian_behaviour_is_proportional_to_the_distance(
        DiffusionWeight weight, double expected)
    {
        const float action = -0.4f;
        var pull = Pull(weight, action, rows: 400_000, out var standardError);
        Assert.That(pull, Is.EqualTo(expected * (action - Mean)).Within(5 * standardError));
    }

    [Test]
    public void At_the_closed_form_optimum_pull_and_guidance_cancel()
    {
        // max over a of -q (a - a*)² / 2 with pull C (a - m): a = (C m + β q a*) / (C + β q).
        const double c = 0.219335, q = 2, best = 0.9, beta = 0.3;
        var optimum = (c * Mean + beta * q * best) / (c + beta * q);
        var pull = Pull(DiffusionWeight.Vds, (float)optimum, rows: 400_000, out var standardError);
        var guidance = -q * (optimum - best);
        Assert.That(pull - beta * guidance, Is.EqualTo(0).Within(5 * standardError + 1e-5));
    }

    [Test]
    public void Guidance_is_the_mean_members_gradient_with_respect_to_the_action()
    {
        using var state = new TrainingState();
        var critic = Critic.Create(
            state, "q", 3, 2, [16], 4, RandomRoot.Of(1, "test"), Initialisation.TorchLinear);
        var actions = state.Add("a", new Shape(new Axis("B", 5), new Axis("A", 2)));
        var g = new GraphBuilder();
        var action = g.Read(actions);
        var observation = g.Normal(RandomRoot.Of(2, "test").Stream("s"), new Shape(new Axis("B", 5), new Axis("S", 3)));
        g.Output("guidance", Critic.Guidance(g, critic.Online, action, observation));
        g.Output("value", g.Sum(g.MeanLeading(Critic.Values(g, critic.Online, action, observation))));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        var guidance = program.Output("guidance").ToArray();
        for (var i = 0; i < guidance.Length; i++)
        {
            const float h = 1f / 128;
            actions.Values[i] = h;
            program.Run(0);
            var above = program.Output("value")[0];
            actions.Values[i] = -h;
            program.Run(0);
            var below = program.Output("value")[0];
            actions.Values[i] = 0;
            Assert.That(guidance[i], Is.EqualTo((above - below) / (2 * h)).Within(2e-3));
        }
    }

    [Test]
    public void Combined_gradients_never_conflict_with_either_objective()
    {
        using var state = new TrainingState();
        var shape = new Shape(new Axis("P", 40));
        var (reward, cost) = (state.Add("r", shape), state.Add("c", shape));
        var g = new GraphBuilder();
        Node[] gr = [g.Read(reward)], gc = [g.Read(cost)];
        var combined = PolicyDescent.Combine(g, gr, gc);
        g.Output("with reward", g.Dot(combined, gr));
        g.Output("with cost", g.Dot(combined, gc));
        g.Output("combined", combined[0]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        var draws = new SequentialRandom(RandomRoot.Of(5, "test").Stream("gradients"), 0);
        for (var trial = 0; trial < 200; trial++)
        {
            foreach (ref var v in reward.Values) v = (float)draws.NextNormal();
            // From aligned to nearly opposite.
            var mix = (float)(2 * draws.NextUniform() - 1);
            for (var i = 0; i < 40; i++) cost.Values[i] = mix * reward.Values[i] + 0.3f * (float)draws.NextNormal();
            program.Run(0);
            Assert.That(program.Output("with reward")[0], Is.GreaterThan(-1e-3f));
            Assert.That(program.Output("with cost")[0], Is.GreaterThan(-1e-3f));
        }
        reward.Values.CopyTo(cost.Values);
        foreach (ref var v in cost.Values) v *= -1;
        program.Run(0);
        Assert.That(program.Output("combined").ToArray(), Is.All.EqualTo(0f), "opposite gradients stall");
    }

    private static double Pull(DiffusionWeight weight, float at, int rows, out double standardError)
    {
        var g = new GraphBuilder();
        var action = g.Constant(at, new Shape(new Axis("B", rows), new Axis("A", 1)));
        var pull = PolicyDirection.Pull(g, (noisy, time) => ExactNoise(g, noisy, time), action, weight, RandomRoot.Of(11, "test")).Direction;
        g.Output("mean", g.Mean(pull));
        g.Output("square", g.Mean(g.Square(pull)));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        double mean = program.Output("mean")[0];
        standardError = Math.Sqrt((program.Output("square")[0] - mean * mean) / rows);
        return mean;
    }

    /// <summary>ε* = σ (a_t - α m) / (α² S² + σ²) for a ~ N(m, S²).</summary>
    private static Node ExactNoise(GraphBuilder g, Node noisy, Node time)
    {
        var (alpha, sigma) = DiffusionNodes.Schedule(g, time, VpSchedule.Default);
        var variance = g.Square(alpha) * (Deviation * Deviation) + g.Square(sigma);
        var centred = g.Squeeze(noisy) - alpha * Mean;
        return g.Unsqueeze(sigma * centred / variance, "A");
    }
}
