using NUnit.Framework;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Diffusion;

public sealed class DdpmScheduleTests
{
    private static readonly int[] Lengths = [1, 2, 5, 10, 50, 1000];

    private static DdpmSchedule Of(Length steps, Length growth) =>
        new((NoiseGrowth)(growth.Value % 3), steps.Value);

    // Printed to 6 digits; remade here from the definition by the C library.
    [Test]
    public void The_betas_of_five_steps()
    {
        double[] printed = [0.195875, 0.458818, 0.635781, 0.754878, 0.835031];
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, 5);
        for (var i = 0; i < 5; i++)
        {
            var defined = 1 - Math.Exp(-0.1 / 5 - 0.5 * 9.9 * (2 * (i + 1) - 1) / 25);
            Assert.That(defined, Is.EqualTo(printed[i]).Within(5.1e-7));
            Assert.That(schedule.Beta(i), Is.EqualTo(defined).Within(1e-15));
        }
    }

    [TestCaseSource(nameof(Lengths))]
    public void The_chain_has_the_marginals_of_continuous_time(int steps)
    {
        var schedule = new DdpmSchedule(NoiseGrowth.Vp, steps);
        for (var i = 0; i < steps; i++)
        {
            var t = (i + 1.0) / steps;
            var continuous = Math.Exp(-0.5 * t * t * 9.9 - t * 0.1);
            Assert.That(schedule.Kept(i), Is.EqualTo(continuous).Within(1e-12 * continuous), $"step {i}");
        }
        Assert.That(schedule.Kept(steps - 1), Is.EqualTo(0.00640933345).Within(1e-11));
    }

    [Law]
    public bool The_squares_sum_to_1_and_the_action_fades(Length steps, Length growth)
    {
        var schedule = Of(steps, growth);
        return schedule.Kept(-1) == 1 && Enumerable.Range(0, steps.Value).All(i =>
        {
            var (action, noise) = schedule.Forward(i);
            return Math.Abs(action * action + noise * noise - 1) <= 1e-15 && schedule.Kept(i) < schedule.Kept(i - 1)
                && schedule.Beta(i) is > 0 and < 1;
        });
    }

    /// <summary>Step by step, x ← √(1-β) x + √β z.</summary>
    [Law]
    public bool Noise_upon_noise_is_the_noise_of_the_later_step(Length steps, Length growth, Length from, Length to)
    {
        var schedule = Of(steps, growth);
        var (a, b) = (from.Value % steps.Value, to.Value % steps.Value);
        var (i, j) = (Math.Min(a, b), Math.Max(a, b));
        var (mean, variance) = schedule.Forward(i);
        variance *= variance;
        for (var k = i + 1; k <= j; k++)
        {
            mean *= Math.Sqrt(1 - schedule.Beta(k));
            variance = (1 - schedule.Beta(k)) * variance + schedule.Beta(k);
        }
        var (action, noise) = schedule.Forward(j);
        return Math.Abs(mean - action) <= 1e-12 && Math.Abs(variance - noise * noise) <= 1e-12;
    }

    [Law]
    public bool The_true_noise_gives_the_clean_action_back(Length steps, Length growth, Moderate clean, Moderate noise)
    {
        var schedule = Of(steps, growth);
        return Enumerable.Range(0, steps.Value).All(i =>
        {
            var forward = schedule.Forward(i);
            var x = forward.Action * clean.Value + forward.Noise * noise.Value;
            var back = schedule.Clean(i);
            // Cancellation of the noise, which is 1/√ᾱ times larger than the action at most.
            return Math.Abs(back.Noisy * x - back.Noise * noise.Value - clean.Value)
                <= 1e-13 * (1 + back.Noisy) * (1 + Math.Abs(clean.Value) + Math.Abs(noise.Value));
        });
    }

    /// <summary>The product of the forward step's density at x_i and of the marginal at i - 1 is, up to a factor, a
    /// Gaussian in x_{i-1}: precisions add.</summary>
    [Law]
    public bool A_step_back_is_the_forward_step_turned_round_by_Bayes_rule(Length steps, Length growth, Length at)
    {
        var schedule = Of(steps, growth);
        var i = at.Value % steps.Value;
        if (i == 0) return schedule.Mean(0) == (1.0, 0.0) && schedule.Deviation(0) == 0;
        var (beta, before) = (schedule.Beta(i), schedule.Kept(i - 1));
        var precision = (1 - beta) / beta + 1 / (1 - before);
        var (clean, noisy) = schedule.Mean(i);
        // 1 - ᾱ of the first linear step, 1e-4, has lost 4 digits of 16.
        return Near(schedule.Deviation(i), Math.Sqrt(1 / precision))
            && Near(clean, Math.Sqrt(before) / (1 - before) / precision)
            && Near(noisy, Math.Sqrt(1 - beta) / beta / precision);
    }

    // Mean .3998 to .4000 and these deviations, printed to 5 decimals, for a ~ N(.4, S²) and the exact predictor.
    [TestCase(5, 0.1, 0.01959)]
    [TestCase(10, 0.1, 0.03592)]
    [TestCase(20, 0.1, 0.05466)]
    [TestCase(50, 0.1, 0.07320)]
    [TestCase(100, 0.1, 0.08266)]
    [TestCase(1000, 0.1, 0.09694)]
    [TestCase(5, 0.3, 0.14146)]
    [TestCase(10, 0.3, 0.19478)]
    [TestCase(20, 0.3, 0.23051)]
    [TestCase(50, 0.3, 0.26309)]
    [TestCase(100, 0.3, 0.27852)]
    [TestCase(1000, 0.3, 0.29716)]
    public void Samples_of_a_perfect_predictor_are_narrower_than_the_data(int steps, double s, double printed)
    {
        var (mean, deviation) = GaussianChain.Samples(new DdpmSchedule(NoiseGrowth.Vp, steps), 0.4, s);
        Assert.That(mean, Is.InRange(0.3998 - 5e-5, 0.4 + 5e-5));
        Assert.That(deviation, Is.EqualTo(printed).Within(5.1e-6));
    }

    [Test]
    public void The_other_schedules_are_those_of_their_papers()
    {
        var linear = new DdpmSchedule(NoiseGrowth.Linear, 1000);
        Assert.That((linear.Beta(0), linear.Beta(999)), Is.EqualTo((1e-4, 2e-2)));
        Assert.That(linear.Beta(500) - linear.Beta(499), Is.EqualTo((2e-2 - 1e-4) / 999).Within(1e-15));
        var cosine = new DdpmSchedule(NoiseGrowth.Cosine, 100);
        double Squared(double u) => Math.Pow(Math.Cos((u + 0.008) / 1.008 * Math.PI / 2), 2);
        for (var i = 0; i < 99; i++)
            Assert.That(cosine.Kept(i), Is.EqualTo(Squared((i + 1) / 100.0) / Squared(0)).Within(1e-12));
        Assert.That(cosine.Beta(99), Is.EqualTo(0.999), "the last would be 1");
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(DdpmSchedule.MostSteps + 1)]
    public void There_is_no_chain_of_so_many_steps(int steps) =>
        Assert.That(() => new DdpmSchedule(NoiseGrowth.Vp, steps), Throws.TypeOf<ArgumentOutOfRangeException>());

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) <= 1e-10 * expected;
}

/// <summary>Sampling from N(m, S²) with the exact predictor, where every x_i is Gaussian.</summary>
internal static class GaussianChain
{
    /// <summary>E[z | x_i] = slope (x_i - centre).</summary>
    internal static (double Slope, double Centre) Predictor(DdpmSchedule schedule, int step, double m, double s)
    {
        var (action, noise) = schedule.Forward(step);
        return (noise / (action * action * s * s + noise * noise), action * m);
    }

    /// <summary>Mean and deviation of the samples, by the recursion of both.</summary>
    internal static (double Mean, double Deviation) Samples(DdpmSchedule schedule, double m, double s)
    {
        var (mean, variance) = (0.0, 1.0);
        for (var i = schedule.Steps - 1; i >= 0; i--)
        {
            var kept = schedule.Kept(i);
            var before = i == 0 ? 1 : schedule.Kept(i - 1);
            var beta = schedule.Beta(i);
            var (slope, centre) = Predictor(schedule, i, m, s);
            // clean = (x - √(1-ᾱ) slope (x - centre))/√ᾱ
            var factor = (1 - Math.Sqrt(1 - kept) * slope) / Math.Sqrt(kept);
            var offset = Math.Sqrt(1 - kept) * slope * centre / Math.Sqrt(kept);
            var clean = Math.Sqrt(before) * beta / (1 - kept);
            var noisy = Math.Sqrt(1 - beta) * (1 - before) / (1 - kept);
            mean = clean * (factor * mean + offset) + noisy * mean;
            variance = Math.Pow(clean * factor + noisy, 2) * variance + beta * (1 - before) / (1 - kept);
        }
        return (mean, Math.Sqrt(variance));
    }
}
