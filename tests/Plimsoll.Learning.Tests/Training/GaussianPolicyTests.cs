using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>
/// Gaussian policies against closed forms for a behaviour N(m, S²) and Q(a) = -q (a - a*)²/2: with
/// C(x) = E_t w α σ/(α²x² + σ²), the surrogate's expected gradient is C(S)(μ - m) + β q (μ - a*) in the mean and
/// σ_π² (C(S) + β q - C(σ_π)) in log σ_π, whatever the other is. So μ ends at the Dirac policy's optimum and σ_π where
/// C(σ_π) = C(S) + β q: at S itself without a critic.
/// </summary>
public sealed class GaussianPolicyTests
{
    private const double Mean = 0.25, Deviation = 0.2, Curvature = 2, Best = 0.6;

    [TestCase(DiffusionWeight.Vds, 0.0)]
    [TestCase(DiffusionWeight.Stable, 0.0)]
    [TestCase(DiffusionWeight.Score, 0.2)]
    [TestCase(DiffusionWeight.Stable, 0.05)]
    public void Mean_and_deviation_end_at_the_closed_form(DiffusionWeight weight, double beta)
    {
        var c = Coefficient(weight, Deviation);
        var force = beta * Curvature;
        var (mean, deviation) = Train(weight, beta, (state, random) =>
            GaussianPolicy.Create(state, "policy", 1, 1, [4], random), 0);
        Assert.Multiple(() =>
        {
            Assert.That(mean, Is.EqualTo((c * Mean + force * Best) / (c + force)).Within(0.01));
            Assert.That(deviation, Is.EqualTo(DeviationAt(weight, c + force)).Within(0.02 * Deviation));
        });
    }

    [TestCase(0.0)]
    [TestCase(0.05)]
    public void Draws_of_a_constant_deviation_leave_the_means_optimum(double beta)
    {
        var c = Coefficient(DiffusionWeight.Stable, Deviation);
        var (mean, _) = Train(DiffusionWeight.Stable, beta, (state, random) =>
            DiracPolicy.Create(state, "policy", 1, 1, [4], random), 0.1);
        var force = beta * Curvature;
        Assert.That(mean, Is.EqualTo((c * Mean + force * Best) / (c + force)).Within(0.01));
    }

    [Test]
    public void The_entropy_widens_a_policy_narrower_than_the_behaviour_and_narrows_a_wider_one()
    {
        foreach (var weight in Enum.GetValues<DiffusionWeight>())
        {
            foreach (var deviation in new[] { 0.05, 0.2, 0.6 })
            {
                var (gradient, error) = GradientOfLogDeviation(weight, deviation);
                var expected = deviation * deviation
                    * (Coefficient(weight, Deviation) - Coefficient(weight, deviation));
                Assert.That(gradient, Is.EqualTo(expected).Within(4.5 * error + 1e-6), $"{weight} {deviation}");
                // With the entropy's sign turned it would be this, which never widens.
                var collapse = deviation * deviation
                    * (Coefficient(weight, Deviation) + Coefficient(weight, deviation));
                Assert.That(Math.Abs(gradient - collapse), Is.GreaterThan(8 * error), $"{weight} {deviation}");
            }
        }
    }

    private static (double Mean, double Deviation) Train(
        DiffusionWeight weight, double beta, Func<TrainingState, RandomRoot, ISurrogatePolicy> create, double constant)
    {
        const int rows = 512, settling = 1200, averaged = 400;
        using var state = new TrainingState();
        var random = RandomRoot.Of(2, "test");
        var policy = create(state, random);
        var g = new GraphBuilder();
        var observation = g.Constant(1f, new Shape(new Axis("B", rows), new Axis("S", 1)));
        var action = SurrogateAction.Of(g, policy, constant, observation, random);
        var pull = PolicyDirection.Pull(g, ExactNoise(g), action.Action, weight, random);
        var slope = (g.Detach(action.Action) - (float)Best) * (float)(beta * Curvature);
        g.Record("mean", g.Mean(policy.Act(g, observation)));
        if (action.LogDeviation is { } log) g.Record("deviation", g.Mean(g.Exp(log)));
        g.Adam(
            new AdamOptimiser(state, "adam", policy.Parameters), action.Gradients(g, pull.Direction + slope, pull),
            g.PerStep("rate", step => step < settling / 2 ? 1e-2f : 1e-3f));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0, settling);
        foreach (var metric in program.Accumulators) metric.Take();
        program.Run(settling, averaged);
        var means = program.Accumulators.ToDictionary(a => a.Name, a => a.Take() is var t ? t.Sum / t.Count : 0);
        return (means["mean"], means.GetValueOrDefault("deviation"));
    }

    /// <summary>At the behaviour's mean, with its standard error.</summary>
    private static (double Gradient, double Error) GradientOfLogDeviation(DiffusionWeight weight, double deviation)
    {
        const int rows = 200_000;
        var random = RandomRoot.Of(9, "test");
        var shape = new Shape(new Axis("B", rows), new Axis("A", 1));
        using var state = new TrainingState();
        var logs = state.Add("log", shape);
        logs.Values.Fill((float)Math.Log(deviation));
        var g = new GraphBuilder();
        var log = g.Read(logs);
        var draws = g.Normal(random.Stream("draws"), shape);
        var spread = g.Exp(log) * draws;
        var pull = PolicyDirection.Pull(g, ExactNoise(g), spread + (float)Mean, weight, random);
        var each = pull.Direction * spread + pull.OfLogDeviation(g, log);
        g.Output("mean", g.Mean(each));
        g.Output("square", g.Mean(g.Square(each)));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        double mean = program.Output("mean")[0];
        return (mean, Math.Sqrt((program.Output("square")[0] - mean * mean) / rows));
    }

    private static Func<Node, Node, Node> ExactNoise(GraphBuilder g) => (noisy, time) =>
    {
        var (alpha, sigma) = DiffusionNodes.Schedule(g, time, VpSchedule.Default);
        var variance = g.Square(alpha) * (float)(Deviation * Deviation) + g.Square(sigma);
        return g.Unsqueeze(sigma * (g.Squeeze(noisy) - alpha * (float)Mean) / variance, "A");
    };

    /// <summary>C by the midpoint rule.</summary>
    private static double Coefficient(DiffusionWeight weight, double deviation)
    {
        const int n = 20_000;
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            var t = 0.02 + 0.96 * (i + 0.5) / n;
            var a = Math.Exp(-0.25 * t * t * 19.9 - 0.05 * t);
            var s = Math.Sqrt(1 - a * a);
            var w = weight switch { DiffusionWeight.Vds => s * s, DiffusionWeight.Stable => 1.0, _ => a / s };
            sum += w * s * a / (a * a * deviation * deviation + s * s) / n;
        }
        return sum;
    }

    /// <summary>C falls in the deviation: where it is this, by bisection.</summary>
    private static double DeviationAt(DiffusionWeight weight, double coefficient)
    {
        var (low, high) = (1e-4, 2.0);
        for (var k = 0; k < 40; k++)
        {
            var middle = (low + high) / 2;
            if (Coefficient(weight, middle) > coefficient) low = middle;
            else high = middle;
        }
        return low;
    }
}
