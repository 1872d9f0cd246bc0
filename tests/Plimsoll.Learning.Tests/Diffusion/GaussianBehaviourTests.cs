using NUnit.Framework;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Diffusion;

public sealed class GaussianBehaviourTests
{
    private static readonly VpSchedule Schedule = VpSchedule.Default;

    [TestCase(0.05, 0.3, 0.4, 0.9)]
    [TestCase(0.3, 0.1, 0.4, -0.6)]
    [TestCase(0.3, 1.0, -0.2, 0.5)]
    [TestCase(0.9, 0.5, 0.4, 1.3)]
    public void The_exact_predictor_is_the_mean_of_the_noise_given_the_noised_action(
        double t, double deviation, double mean, double noised)
    {
        // Bayes by the trapezoid rule: prior N(0,1) on z, likelihood of a_t given z is N(sigma z + alpha m,
        // alpha^2 S^2). The rule converges exponentially for Gaussians; the step is a 14th of the narrowest
        // one here or less.
        var alpha = Schedule.Alpha(t);
        var sigma = Schedule.Sigma(t);
        double mass = 0.0, moment = 0.0;
        for (var i = -120_000; i <= 120_000; i++)
        {
            var z = i * 1e-4;
            var u = (noised - alpha * mean - sigma * z) / (alpha * deviation);
            var density = Math.Exp(-0.5 * (z * z + u * u));
            mass += density;
            moment += z * density;
        }
        var behaviour = new GaussianBehaviour(mean, deviation);
        Assert.That(behaviour.Noise(Schedule, noised, t), Is.EqualTo(moment / mass).Within(1e-9));
    }

    [Law]
    public bool The_score_is_the_slope_of_the_log_density(
        Fraction t, Fraction deviation, Moderate mean, Moderate noised)
    {
        var (alpha, sigma) = (Schedule.Alpha(t.Value), Schedule.Sigma(t.Value));
        var variance = alpha * alpha * deviation.Value * deviation.Value + sigma * sigma;
        double LogDensity(double x) => -0.5 * (x - alpha * mean.Value) * (x - alpha * mean.Value) / variance;
        // The central difference of a parabola is exact; the step spans the density's width, so rounding is
        // small beside the largest log density on the way.
        var h = Math.Sqrt(variance);
        var x = noised.Value;
        var slope = (LogDensity(x + h) - LogDensity(x - h)) / (2.0 * h);
        var score = new GaussianBehaviour(mean.Value, deviation.Value).Score(Schedule, x, t.Value);
        return Math.Abs(score - slope)
            <= 1e-12 * (1.0 + Math.Abs(LogDensity(x + h)) + Math.Abs(LogDensity(x - h))) / h;
    }

    [Law]
    public bool Of_a_single_action_the_noise_is_recovered(Fraction t, Moderate mean, Moderate noise)
    {
        var (alpha, sigma) = (Schedule.Alpha(t.Value), Schedule.Sigma(t.Value));
        var noised = alpha * mean.Value + sigma * noise.Value;
        // Rounding of a_t relative to the noise in it.
        var tolerance = 1e-15 * 4 * (Math.Abs(noised) + Math.Abs(alpha * mean.Value)) / sigma + 1e-15;
        return Math.Abs(new GaussianBehaviour(mean.Value, 0.0).Noise(Schedule, noised, t.Value) - noise.Value)
            <= tolerance + 4e-15 * Math.Abs(noise.Value);
    }

    // The deviation that T ancestral steps give with a perfect network: far below S for few steps.
    [TestCase(10.0, 5, 0.1, 0.01959)]
    [TestCase(10.0, 10, 0.1, 0.03592)]
    [TestCase(10.0, 20, 0.1, 0.05466)]
    [TestCase(10.0, 50, 0.1, 0.07320)]
    [TestCase(10.0, 100, 0.1, 0.08266)]
    [TestCase(10.0, 1000, 0.1, 0.09694)]
    [TestCase(10.0, 5, 0.3, 0.14146)]
    [TestCase(10.0, 10, 0.3, 0.19478)]
    [TestCase(10.0, 20, 0.3, 0.23051)]
    [TestCase(10.0, 50, 0.3, 0.26309)]
    [TestCase(10.0, 100, 0.3, 0.27852)]
    [TestCase(10.0, 1000, 0.3, 0.29716)]
    [TestCase(20.0, 5, 0.1, 0.01365)]
    [TestCase(20.0, 5, 0.3, 0.10863)]
    [TestCase(20.0, 100, 0.1, 0.07898)]
    [TestCase(20.0, 100, 0.3, 0.27196)]
    public void Ancestral_sampling_with_the_exact_predictor_is_under_dispersed(
        double high, int steps, double deviation, double golden)
    {
        var schedule = new VpSchedule(0.1, high);
        var behaviour = new GaussianBehaviour(0.4, deviation);
        double mean = 0.0, variance = 1.0;
        for (var i = steps - 1; i >= 0; i--)
        {
            var beta = schedule.DiscreteBeta(i, steps);
            var t = (i + 1.0) / steps;
            var kept = Math.Pow(schedule.Alpha(t), 2);
            var before = i == 0 ? 1.0 : Math.Pow(schedule.Alpha((double)i / steps), 2);
            double Clean(double x) =>
                (x - Math.Sqrt(1.0 - kept) * behaviour.Noise(schedule, x, t)) / Math.Sqrt(kept);
            double Step(double x) => Math.Sqrt(before) * beta / (1.0 - kept) * Clean(x)
                + Math.Sqrt(1.0 - beta) * (1.0 - before) / (1.0 - kept) * x;
            // The step is affine in x, so two points give what happens to mean and variance.
            var slope = Step(1.0) - Step(0.0);
            mean = Step(mean);
            variance = slope * slope * variance + (i == 0 ? 0.0 : beta * (1.0 - before) / (1.0 - kept));
        }
        Assert.That(Math.Sqrt(variance), Is.EqualTo(golden).Within(5.1e-6), "five decimals are printed");
        if (high == 10.0)
        {
            Assert.That(mean, Is.InRange(0.39975, 0.40001), "printed as .3998 to .4000");
        }
    }

    [Test]
    public void A_negative_deviation_is_refused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new GaussianBehaviour(0.0, -0.1));
}
