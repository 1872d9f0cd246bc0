using NUnit.Framework;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Tests.Laws;
using static Plimsoll.Learning.Diffusion.PolicySurrogate;

namespace Plimsoll.Learning.Tests.Diffusion;

public sealed class PolicySurrogateTests
{
    private static readonly VpSchedule Schedule = VpSchedule.Default;

    private const double Low = 0.02;
    private const double High = 0.98;

    [Test]
    public void The_weights_are_sigma_squared_1_and_alpha_over_sigma()
    {
        foreach (var t in new[] { 0.001, 0.02, 0.5, 1.0 })
        {
            var (alpha, sigma) = (Schedule.Alpha(t), Schedule.Sigma(t));
            Assert.That(
                DiffusionWeights.At(DiffusionWeight.Vds, Schedule, t),
                Is.EqualTo(sigma * sigma).Within(1e-15));
            Assert.That(DiffusionWeights.At(DiffusionWeight.Stable, Schedule, t), Is.EqualTo(1.0));
            Assert.That(
                DiffusionWeights.At(DiffusionWeight.Score, Schedule, t),
                Is.EqualTo(alpha / sigma).Within(1e-13));
        }
        Assert.That(Enum.GetValues<DiffusionWeight>().Select(DiffusionWeights.SubtractsNoise),
            Is.EqualTo(new[] { true, true, false }));
    }

    // Printed to 6 decimals and remade here by the midpoint rule with 20000 and 40000 points, whose leading
    // error, in the square of the step, the extrapolation removes; what is left is below 1e-10.
    [TestCase(0.05, 0.234012, 0.889215, 3.360830)]
    [TestCase(0.10, 0.230057, 0.789422, 2.606737)]
    [TestCase(0.20, 0.219335, 0.627224, 1.615587)]
    [TestCase(0.50, 0.184900, 0.387902, 0.639580)]
    [TestCase(1.00, 0.141068, 0.235650, 0.266709)]
    public void The_restoring_coefficients(double deviation, double vds, double stable, double score)
    {
        double[] golden = [vds, stable, score];
        foreach (var weight in Enum.GetValues<DiffusionWeight>())
        {
            var independent =
                (4.0 * Midpoint(40_000, weight, deviation) - Midpoint(20_000, weight, deviation)) / 3.0;
            var coefficient = new GaussianBehaviour(0.4, deviation).RestoringCoefficient(Schedule, weight);
            Assert.That(independent, Is.EqualTo(golden[(int)weight]).Within(5.5e-7), $"{weight}");
            Assert.That(coefficient, Is.EqualTo(independent).Within(1e-9 * independent), $"{weight}");
        }
    }

    private static double Midpoint(int n, DiffusionWeight weight, double deviation)
    {
        var sum = 0.0;
        for (var i = 0; i < n; i++)
        {
            var t = Low + (High - Low) * (i + 0.5) / n;
            var a = Math.Exp(-0.25 * t * t * 19.9 - 0.05 * t);
            var s = Math.Sqrt(1.0 - a * a);
            var w = weight switch { DiffusionWeight.Vds => s * s, DiffusionWeight.Stable => 1.0, _ => a / s };
            sum += w * s * a / (a * a * deviation * deviation + s * s) / n;
        }
        return sum;
    }

    [Test]
    public void The_mean_of_the_drawn_gradients_is_the_restoring_coefficient_times_the_distance()
    {
        // 200000 fixed draws; 4.5 standard errors of the very sample, about 1 % of the value with the noise
        // subtracted.
        const int n = 200_000;
        var behaviour = new GaussianBehaviour(-0.3, 0.2);
        const double action = 0.5;
        foreach (var weight in Enum.GetValues<DiffusionWeight>())
        {
            foreach (var subtract in new[] { true, false })
            {
                var random = new Random(3);
                double sum = 0.0, squares = 0.0;
                for (var i = 0; i < n; i++)
                {
                    var t = Low + (High - Low) * random.NextDouble();
                    var z = Math.Sqrt(-2.0 * Math.Log(1.0 - random.NextDouble()))
                        * Math.Cos(2.0 * Math.PI * random.NextDouble());
                    var noised = Schedule.Alpha(t) * action + Schedule.Sigma(t) * z;
                    var g = Guidance(weight, Schedule, t, behaviour.Noise(Schedule, noised, t), z, subtract);
                    sum += g;
                    squares += g * g;
                }
                var mean = sum / n;
                var error = Math.Sqrt((squares / n - mean * mean) / n);
                var expected = behaviour.RestoringCoefficient(Schedule, weight) * (action - behaviour.Mean);
                Assert.That(mean, Is.EqualTo(expected).Within(4.5 * error), $"{weight}, b = {subtract}");
                Assert.That(
                    error, Is.InRange(0, 0.02 * expected), $"{weight}, b = {subtract}: the test sees 10 %");
            }
        }
    }

    [Law]
    public bool Descent_on_the_expected_reward_gradient_ends_at_the_closed_form(
        Moderate mean, Fraction deviation, Fraction beta, Fraction curvature, Moderate target)
    {
        var behaviour = new GaussianBehaviour(mean.Value, 0.02 + deviation.Value);
        var c = behaviour.RestoringCoefficient(Schedule, DiffusionWeight.Vds);
        var a = 0.0;
        for (var k = 0; k < 2000; k++)
        {
            // Q(a) = -q (a - a*)^2/2. The rate 0.5 contracts by 1 - 0.5 (C + beta q) <= 0.94 a step.
            a -= 0.5 * RewardGradient(
                c * (a - mean.Value), beta.Value, -curvature.Value * (a - target.Value));
        }
        return Math.Abs(a - behaviour.SurrogateOptimum(c, beta.Value, curvature.Value, target.Value))
            <= 1e-12;
    }

    [Law]
    public bool Raising_the_reward_moves_up_its_slope_and_lowering_the_cost_down_its_slope(
        Moderate guidance, Fraction beta, Scale slope) =>
        RewardGradient(guidance.Value, beta.Value, slope.Value)
            < CostGradient(guidance.Value, beta.Value, slope.Value)
        && Math.Abs(
            RewardGradient(guidance.Value, beta.Value, slope.Value)
            + CostGradient(guidance.Value, beta.Value, slope.Value) - 2.0 * guidance.Value) <= 1e-12;

    [Law]
    public bool Without_temperature_or_slope_every_loss_is_the_warm_start(
        Moderate guidance, Moderate slope) =>
        RewardGradient(guidance.Value, 0.0, slope.Value) == guidance.Value
        && CostGradient(guidance.Value, 0.0, slope.Value) == guidance.Value
        && RewardGradient(guidance.Value, 0.7, 0.0) == guidance.Value
        && CostGradient(guidance.Value, 0.7, 0.0) == guidance.Value;

    [Law]
    public bool Subtracting_the_noise_leaves_the_mean_and_multiplies_the_noise_by_the_known_factor(
        Fraction t, Fraction deviation, Moderate action)
    {
        var behaviour = new GaussianBehaviour(0.3, deviation.Value);
        var (alpha, sigma) = (Schedule.Alpha(t.Value), Schedule.Sigma(t.Value));
        return Enum.GetValues<DiffusionWeight>().All(weight =>
        {
            double At(double z, bool subtract) => Guidance(
                weight, Schedule, t.Value,
                behaviour.Noise(Schedule, alpha * action.Value + sigma * z, t.Value), z, subtract);
            // The gradient is affine in z, so its mean over z is its value at z = 0.
            var w = DiffusionWeights.At(weight, Schedule, t.Value);
            var narrow = alpha * alpha * deviation.Value * deviation.Value;
            var kept = (At(1, false) - At(-1, false)) / 2.0;
            var subtracted = (At(1, true) - At(-1, true)) / 2.0;
            var rounding = 1e-12 * w * (1.0 + Math.Abs(action.Value) / sigma);
            return At(0, true) == At(0, false)
                && Math.Abs(kept - w * sigma * sigma / (narrow + sigma * sigma)) <= rounding
                && Math.Abs(subtracted + w * narrow / (narrow + sigma * sigma)) <= rounding;
        });
    }

    [Law]
    public bool Over_all_times_subtracting_the_noise_lowers_the_variance_for_the_two_flat_weights(
        Fraction deviation)
    {
        var squared = deviation.Value * deviation.Value; // S <= 1
        return new[] { DiffusionWeight.Vds, DiffusionWeight.Stable }.All(weight =>
        {
            // The means are equal, so the mean squares of the noise's factors decide; midpoint rule.
            double kept = 0.0, subtracted = 0.0;
            for (var i = 0; i < 500; i++)
            {
                var t = Low + (High - Low) * (i + 0.5) / 500;
                var behaviour = new GaussianBehaviour(0.0, deviation.Value);
                double Factor(bool b) => Guidance(
                    weight, Schedule, t, behaviour.Noise(Schedule, Schedule.Sigma(t), t), 1.0, b);
                kept += Factor(false) * Factor(false);
                subtracted += Factor(true) * Factor(true);
            }
            return subtracted <= kept;
        });
    }

    [Test]
    public void For_the_score_weight_subtracting_the_noise_can_raise_the_variance()
    {
        // At t = 0.02 and S = 1 the kept factor is w sigma^2 = 0.077, the subtracted one w alpha^2 = 12.8.
        var behaviour = new GaussianBehaviour(0.0, 1.0);
        double Factor(bool b) => Guidance(
            DiffusionWeight.Score, Schedule, Low, behaviour.Noise(
                Schedule, Schedule.Sigma(Low), Low), 1.0, b);
        Assert.That(Math.Abs(Factor(true)), Is.GreaterThan(100.0 * Math.Abs(Factor(false))));
    }
}
