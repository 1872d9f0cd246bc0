using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Diffusion;

/// <summary>The sampler as a graph, against what is known exactly.</summary>
public sealed class DdpmSamplerTests
{
    private const int Draws = 40_000;
    private static readonly RandomRoot Root = RandomRoot.Of(0, "ddpm-test");
    private static readonly Shape Samples = new(new Axis("B", Draws), new Axis("A", 1));

    // Clean actions of N(.4, .1²) never come near the clip.
    [TestCase(1)]
    [TestCase(5)]
    [TestCase(20)]
    public void With_the_exact_predictor_samples_have_the_known_mean_and_deviation(int steps)
    {
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, steps);
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var samples = DdpmSampler.Sample(
            g, schedule,
            (x, i) =>
            {
                var (slope, centre) = GaussianChain.Predictor(schedule, i, 0.4, 0.1);
                return (x - (float)centre) * (float)slope;
            },
            k => g.Normal(Root.Stream("draw", k), Samples));
        var (mean, deviation) = Moments(calculation.Value(samples));
        var exact = GaussianChain.Samples(schedule, 0.4, 0.1);
        Assert.That(mean, Is.EqualTo(exact.Mean).Within(4 * exact.Deviation / Math.Sqrt(Draws) + 1e-6));
        Assert.That(deviation, Is.EqualTo(exact.Deviation).Within(4 * exact.Deviation / Math.Sqrt(2.0 * Draws) + 1e-6));
    }

    /// <summary>Two modes N(±.5, .03²): E[a | x] = S²αx/v + (1 - S²α²/v) m tanh(αmx/v), v = α²S² + σ². The shares are
    /// those of a simulation in another language, 4,000 draws each.</summary>
    [TestCase(5, 0.474)]
    [TestCase(10, 0.867)]
    [TestCase(20, 0.989)]
    public void Between_two_modes_a_perfect_predictor_leaves_a_share_of_few_steps_in_the_gap(int steps, double near)
    {
        const double m = 0.5, s = 0.03;
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, steps);
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var samples = calculation.Value(DdpmSampler.Sample(
            g, schedule,
            (x, i) =>
            {
                var (action, noise) = schedule.Forward(i);
                var v = action * action * s * s + noise * noise;
                var clean = x * (float)(s * s * action / v)
                    + g.Tanh(x * (float)(action * m / v)) * (float)((1 - s * s * action * action / v) * m);
                return (x - clean * (float)action) * (float)(1 / noise);
            },
            k => g.Normal(Root.Stream("draw", k), Samples)));
        // 4 standard errors of the simulation.
        var error = 4 * Math.Sqrt(near * (1 - near) / 4000);
        Assert.That(samples.Average(a => Math.Abs(Math.Abs(a) - m) < 0.15 ? 1.0 : 0.0), Is.EqualTo(near).Within(error));
        Assert.That(samples.Average(a => a > 0 ? 1.0 : 0.0), Is.EqualTo(0.5).Within(0.01));
    }

    [TestCase(0)]
    [TestCase(4)]
    public void A_noised_action_has_the_mean_and_variance_of_its_step(int step)
    {
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var table = ImprovementObjective.StepTable(calculation.State, new DdpmSchedule(NoiseGrowth.Vp, 5));
        Assert.That(table.Values[3 * step], Is.EqualTo(step));
        var noisy = g.Constant(0.7f, Samples) * table.Values[3 * step + 1]
            + g.Normal(Root.Stream("noise"), Samples) * table.Values[3 * step + 2];
        var (mean, deviation) = Moments(calculation.Value(noisy));
        var t = (step + 1) / 5.0;
        var alpha = Math.Exp(-0.25 * t * t * 9.9 - 0.5 * t * 0.1);
        var sigma = Math.Sqrt(1 - alpha * alpha);
        Assert.That(mean, Is.EqualTo(0.7 * alpha).Within(4 * sigma / Math.Sqrt(Draws)));
        Assert.That(deviation, Is.EqualTo(sigma).Within(4 * sigma / Math.Sqrt(2.0 * Draws)));
    }

    [TestCase(0)]
    [TestCase(3)]
    [TestCase(9)]
    public void The_true_noise_gives_the_clean_action_back_in_a_graph(int step)
    {
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, 10);
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var (action, noise) = schedule.Forward(step);
        double[] clean = [-1.2, -0.9, -0.1, 0, 0.3, 0.99, 1.5], drawn = [0.3, -1, 2, 0.1, -0.7, 1.1, -2];
        var x = calculation.Batch([.. clean.Zip(drawn, (a, z) => action * a + noise * z)]);
        var back = calculation.Value(DdpmSampler.Clean(g, schedule, x, calculation.Batch(drawn), step));
        // Binary32 noise, 1/√ᾱ <= 12.5 times larger.
        Assert.That(back, Is.EqualTo(clean.Select(a => Math.Clamp(a, -1, 1))).Within(5e-6));
    }

    [Test]
    public void The_last_step_gives_the_clean_action_to_the_bit()
    {
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, 1);
        using var calculation = new Calculation();
        var g = calculation.Graph;
        float[] start = [-2f, -0.03f, 0f, 0.01f, 0.4f];
        var x = calculation.Batch([.. start.Select(v => (double)v)]);
        var sample = calculation.Value(DdpmSampler.Sample(g, schedule, (noisy, _) => noisy * 0.25f, _ => x));
        var (noisy, noise) = schedule.Clean(0);
        Assert.That(
            sample,
            Is.EqualTo(start.Select(v => Math.Clamp(v * (float)noisy - v * 0.25f * (float)noise, -1f, 1f)))
                .Within(1).Ulps);
    }

    [Test]
    public void A_clipped_clean_action_passes_no_gradient_and_others_that_of_the_coefficients()
    {
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, 3);
        using var calculation = new Calculation();
        var g = calculation.Graph;
        // Of the two rows one is far outside at every step.
        var shift = calculation.Given([0.01, 50], new Axis("B", 2), new Axis("A", 1));
        var zero = g.Constant(0f, shift.Shape);
        var sample = DdpmSampler.Sample(g, schedule, (x, _) => -shift, _ => zero);
        var slope = calculation.Slope(sample, shift);
        // x = 0 at the start: clean_2 = c_2 shift; x_1 = mean_2 clean_2; and so on.
        var x = 0.0;
        for (var i = 2; i >= 0; i--)
        {
            var (noisy, noise) = (1 / Math.Sqrt(schedule.Kept(i)), Math.Sqrt(1 / schedule.Kept(i) - 1));
            var clean = noisy * x + noise;
            x = i == 0 ? clean : schedule.Mean(i).Clean * clean + schedule.Mean(i).Noisy * x;
        }
        Assert.That(slope[0], Is.EqualTo(x).Within(1e-5 * x));
        Assert.That(slope[1], Is.EqualTo(0));
    }

    [Test]
    public void Any_network_samples_within_the_bounds_and_the_same_again_from_the_same_draws()
    {
        float[] Sampled(int seed)
        {
            using var calculation = new Calculation();
            var g = calculation.Graph;
            var network = NoiseNetwork.Create(calculation.State, "noise", 3, 2, [16], RandomRoot.Of(1, "test"));
            // Far from any trained network.
            foreach (ref var w in network.Parameters[^2].Values) w *= 40;
            var batch = new Axis("B", 500);
            var state = g.Normal(Root.Stream("state"), new Shape(batch, new Axis("S", 3)));
            var normals = g.Normal(RandomRoot.Of(seed, "test").Stream("z"), new Shape(batch, new Axis("Z", 10)));
            return calculation.Value(
                network.Sample(g, new DdpmSchedule(NoiseGrowth.Vp, 5), state, normals));
        }

        var samples = Sampled(0);
        Assert.That(samples, Has.All.InRange(-1f, 1f));
        Assert.That(samples.Count(a => Math.Abs(a) == 1), Is.InRange(1, samples.Length - 1), "some are clipped");
        Assert.That(Sampled(0), Is.EqualTo(samples));
        Assert.That(Sampled(1), Is.Not.EqualTo(samples));
    }

    [Test]
    public void One_step_for_all_rows_is_the_same_as_a_step_for_each()
    {
        using var calculation = new Calculation();
        var g = calculation.Graph;
        var network = NoiseNetwork.Create(calculation.State, "noise", 3, 2, [16, 9], RandomRoot.Of(1, "test"));
        var batch = new Axis("B", 70);
        var state = g.Normal(Root.Stream("state"), new Shape(batch, new Axis("S", 3)));
        var noisy = g.Normal(Root.Stream("noisy"), new Shape(batch, new Axis("A", 2)));
        var each = calculation.Value(network.Forward(g, noisy, g.Constant(3f, new Shape(batch)), state));
        Assert.That(calculation.Value(network.At(g, noisy, 3, state)), Is.EqualTo(each));
        Assert.That(calculation.Value(network.At(g, noisy, 2, state)), Is.Not.EqualTo(each));
    }

    private static (double Mean, double Deviation) Moments(float[] x)
    {
        var mean = x.Average(v => (double)v);
        return (mean, Math.Sqrt(x.Average(v => (v - mean) * (v - mean))));
    }
}
