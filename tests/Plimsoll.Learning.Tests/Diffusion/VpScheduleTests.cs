using NUnit.Framework;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Diffusion;

public sealed class VpScheduleTests
{
    private static readonly VpSchedule Schedule = VpSchedule.Default;

    // Printed to 9 decimals; remade by the C library from the naive form, which is good to 1e-13 from t =
    // 0.001 on (sigma^2 = 1e-4 there: 1e-16 of cancellation, halved and divided by sigma, is 5e-15).
    [TestCase(0.001, 0.999945027, 0.010485416)]
    [TestCase(0.02, 0.997014466, 0.077214995)]
    [TestCase(0.1, 0.946721799, 0.322052536)]
    [TestCase(0.25, 0.723657185, 0.690159604)]
    [TestCase(0.5, 0.281182881, 0.959654202)]
    [TestCase(0.75, 0.058663503, 0.998277814)]
    [TestCase(0.98, 0.008010597, 0.999967915)]
    [TestCase(1.0, 0.006571586, 0.999978407)]
    public void Alpha_and_sigma(double t, double alpha, double sigma)
    {
        var naive = Math.Exp(-0.25 * t * t * 19.9 - 0.05 * t);
        Assert.That(naive, Is.EqualTo(alpha).Within(5.1e-10));
        Assert.That(Math.Sqrt(1.0 - naive * naive), Is.EqualTo(sigma).Within(5.1e-10));
        Assert.That(Schedule.Alpha(t), Is.EqualTo(naive).Within(1e-14));
        Assert.That(Schedule.Sigma(t), Is.EqualTo(Math.Sqrt(1.0 - naive * naive)).Within(1e-13));
        Assert.That(Schedule.AlphaSingle((float)t), Is.EqualTo((float)Schedule.Alpha((float)t)));
        Assert.That(Schedule.SigmaSingle((float)t), Is.EqualTo((float)Schedule.Sigma((float)t)));
    }

    [Test]
    public void The_ends_are_exact()
    {
        Assert.That(Schedule.Alpha(0.0), Is.EqualTo(1.0));
        Assert.That(Schedule.Sigma(0.0), Is.EqualTo(0.0));
    }

    [Law]
    public bool The_squares_sum_to_1(Fraction t, Scale low, Scale rise)
    {
        var schedule = new VpSchedule(low.Value, low.Value + rise.Value);
        var (alpha, sigma) = (schedule.Alpha(t.Value), schedule.Sigma(t.Value));
        return Math.Abs(alpha * alpha + sigma * sigma - 1.0) <= 1e-15;
    }

    [Law]
    public bool Alpha_falls_and_sigma_rises(Fraction s, Fraction t)
    {
        var (early, late) = (Math.Min(s.Value, t.Value), Math.Max(s.Value, t.Value));
        return early == late
            || (Schedule.Alpha(early) > Schedule.Alpha(late) && Schedule.Sigma(early) < Schedule.Sigma(late));
    }

    // For small t, sigma^2 = x - x^2/2 + x^3/6 with x = -2 log alpha = 9.95 t^2 + 0.1 t; the next term is
    // x^4/24.
    [TestCase(1e-4)]
    [TestCase(1e-6)]
    [TestCase(1e-9)]
    [TestCase(1e-12)]
    public void Sigma_keeps_its_digits_at_small_times(double t)
    {
        var x = 9.95 * t * t + 0.1 * t;
        var exact = Math.Sqrt(x - x * x / 2.0 + x * x * x / 6.0);
        Assert.That(Schedule.Sigma(t), Is.EqualTo(exact).Within(1e-15 * 2 * exact));
        Assert.That(Schedule.SigmaSingle((float)t), Is.EqualTo((float)exact).Within(exact * 1.3e-7));
    }

    [Law]
    public bool Noise_added_in_two_steps_is_noise_added_in_one(Fraction s, Fraction t)
    {
        var (early, late) = (Math.Min(s.Value, t.Value), Math.Max(s.Value, t.Value));
        var (factor, deviation) = Schedule.Transition(early, late);
        var sigma = Schedule.Sigma(early);
        var variance = factor * factor * sigma * sigma + deviation * deviation;
        return Math.Abs(factor * Schedule.Alpha(early) - Schedule.Alpha(late)) <= 1e-15
            && Math.Abs(variance - Schedule.Sigma(late) * Schedule.Sigma(late)) <= 1e-15
            && Schedule.Transition(0.0, late) == (Schedule.Alpha(late), Schedule.Sigma(late));
    }

    [Test]
    public void Noised_actions_have_the_mean_and_the_deviation_of_the_schedule()
    {
        // An action carried through three steps of the chain; n samples give the mean within 4 sigma/sqrt(n)
        // and the variance within 4 sigma^2 sqrt(2/n) except once in 16000 draws, and the draws are fixed.
        const int n = 100_000;
        var random = new Random(11);
        double[] times = [0.0, 0.05, 0.2, 0.4];
        double sum = 0.0, squares = 0.0;
        for (var i = 0; i < n; i++)
        {
            var a = 0.7;
            for (var k = 1; k < times.Length; k++)
            {
                var (factor, deviation) = Schedule.Transition(times[k - 1], times[k]);
                a = factor * a + deviation * Normal(random);
            }
            sum += a;
            squares += a * a;
        }
        var sigma = Schedule.Sigma(0.4);
        var mean = sum / n;
        Assert.That(mean, Is.EqualTo(0.7 * Schedule.Alpha(0.4)).Within(4.0 * sigma / Math.Sqrt(n)));
        Assert.That(squares / n - mean * mean, Is.EqualTo(sigma * sigma).Within(
            4.0 * sigma * sigma * Math.Sqrt(2.0 / n)));
    }

    [TestCase(10.0, 5, 0.00640933345)]
    [TestCase(10.0, 10, 0.00640933345)]
    [TestCase(10.0, 100, 0.00640933345)]
    [TestCase(20.0, 5, 4.31857491e-5)]
    [TestCase(20.0, 100, 4.31857491e-5)]
    public void The_chain_of_T_steps_has_the_marginals_of_the_schedule(double high, int steps, double golden)
    {
        var schedule = new VpSchedule(0.1, high);
        var left = 1.0;
        for (var i = 0; i < steps; i++)
        {
            left *= 1.0 - schedule.DiscreteBeta(i, steps);
            var alpha = schedule.Alpha((i + 1.0) / steps);
            Assert.That(left, Is.EqualTo(alpha * alpha).Within(1e-12), $"step {i}");
        }
        Assert.That(left, Is.EqualTo(golden).Within(1e-8 * golden), "nine digits are printed");
        Assert.That(left, Is.EqualTo(Math.Exp(-(0.1 + high) / 2.0)).Within(1e-12 * left));
    }

    [Test]
    public void The_five_betas_of_diffusion_ql()
    {
        double[] golden = [0.195875, 0.458818, 0.635781, 0.754878, 0.835031];
        var schedule = new VpSchedule(0.1, 10.0);
        for (var i = 0; i < 5; i++)
        {
            Assert.That(schedule.DiscreteBeta(i, 5), Is.EqualTo(golden[i]).Within(5.1e-7));
        }
    }

    [Test]
    public void Times_and_rates_outside_their_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Alpha(-0.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Sigma(1.1));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Sigma(double.NaN));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.Transition(0.5, 0.4));
        Assert.Throws<ArgumentOutOfRangeException>(() => Schedule.DiscreteBeta(5, 5));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new VpSchedule(2.0, 1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new VpSchedule(-0.1, 1.0));
    }

    private static double Normal(Random random) =>
        Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble())) * Math.Cos(2.0 * Math.PI * random.NextDouble());
}
