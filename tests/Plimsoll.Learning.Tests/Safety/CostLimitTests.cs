using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class CostLimitTests
{
    private const Bootstrapping Endless = Bootstrapping.ThroughTimeouts;
    private const Bootstrapping Finite = Bootstrapping.StopsAtTimeouts;

    // Sums and products of up to 1000 terms in another order: some 1e3 roundings of 1e-16, far below 1e-11.
    private const double Rounding = 1e-11;

    // The table is printed to 6 digits; decimal arithmetic (28 digits) remakes it term by term.
    [TestCase(100, 10, 6.339677)]
    [TestCase(200, 10, 4.330102)]
    [TestCase(300, 10, 3.169864)]
    [TestCase(300, 40, 12.679455)]
    [TestCase(500, 20, 3.973718)]
    [TestCase(1000, 20, 1.999914)]
    [TestCase(1000, 80, 7.999655)]
    public void The_discounted_threshold_is_the_discounted_sum_of_the_uniform_rate(
        int horizon, int kappa, double golden)
    {
        var sum = 0m;
        for (var (t, power) = (0, 1m); t < horizon; t++, power *= 0.99m)
        {
            sum += power * kappa / horizon;
        }
        var limit = new CostLimit(kappa, horizon, 0.99, Finite);
        Assert.That((double)sum, Is.EqualTo(golden).Within(5e-7));
        Assert.That(limit.DiscountedThreshold, Is.EqualTo((double)sum).Within(1e-12));
        Assert.That(limit.OccupancyThreshold, Is.EqualTo((double)(0.01m * sum)).Within(1e-12));
    }

    [TestCase(100, 0.634, 5e-4)]
    [TestCase(200, 0.866, 5e-4)]
    [TestCase(300, 0.951, 5e-4)]
    [TestCase(500, 0.993, 5e-4)]
    [TestCase(1000, 0.99996, 5e-6)]
    public void The_two_estimates_differ_by_one_less_gamma_to_the_horizon(
        int horizon, double golden, double printed)
    {
        var endless = new CostLimit(10, horizon, 0.99, Endless);
        var finite = new CostLimit(10, horizon, 0.99, Finite);
        var factor = endless.EpisodicCost(3.7) / finite.EpisodicCost(3.7);
        Assert.That(factor, Is.EqualTo(golden).Within(printed));
        Assert.That(factor, Is.EqualTo(1.0 - Math.Pow(0.99, horizon)).Within(Rounding));
    }

    [Test]
    public void The_endless_forms_are_the_rate_over_one_less_gamma_and_the_rate()
    {
        var limit = new CostLimit(20, 500, 0.99, Endless);
        Assert.That(limit.DiscountedThreshold, Is.EqualTo(4.0).Within(1e-12));
        Assert.That(limit.OccupancyThreshold, Is.EqualTo(0.04).Within(1e-14));
        Assert.That(limit.EpisodicCost(1.0), Is.EqualTo(5.0).Within(1e-12), "L (1 - gamma) V");
    }

    [Law]
    public bool A_value_at_the_threshold_is_an_episode_at_the_limit(
        Scale kappa, Length horizon, Fraction gamma, bool endless)
    {
        var limit = new CostLimit(kappa.Value, horizon.Value, gamma.Value, endless ? Endless : Finite);
        return Close(limit.EpisodicCost(limit.DiscountedThreshold), kappa.Value)
            && Close(limit.EpisodicCost(limit.OccupancyThreshold / (1.0 - gamma.Value)), kappa.Value);
    }

    [Law]
    public bool Thresholds_are_proportional_to_the_limit(
        Scale kappa, Scale factor, Length horizon, Fraction gamma, bool endless)
    {
        var mask = endless ? Endless : Finite;
        var one = new CostLimit(kappa.Value, horizon.Value, gamma.Value, mask);
        var many = new CostLimit(kappa.Value * factor.Value, horizon.Value, gamma.Value, mask);
        return Close(many.DiscountedThreshold, factor.Value * one.DiscountedThreshold)
            && Close(many.OccupancyThreshold, factor.Value * one.OccupancyThreshold);
    }

    [Law]
    public bool A_constant_cost_rate_is_estimated_exactly_under_either_mask(
        Scale rate, Length horizon, Fraction gamma)
    {
        // The values that a perfect critic learns with each mask, summed from the end of the episode.
        var finite = 0.0;
        for (var t = 0; t < horizon.Value; t++)
        {
            finite = rate.Value + gamma.Value * finite;
        }
        var endless = rate.Value / (1.0 - gamma.Value);
        var episode = rate.Value * horizon.Value;
        return Close(new CostLimit(1, horizon.Value, gamma.Value, Finite).EpisodicCost(finite), episode)
            && Close(new CostLimit(1, horizon.Value, gamma.Value, Endless).EpisodicCost(endless), episode);
    }

    [Law]
    public bool Without_discount_the_threshold_is_the_limit(Scale kappa, Length horizon)
    {
        var at = new CostLimit(kappa.Value, horizon.Value, 1.0, Finite);
        var near = new CostLimit(kappa.Value, horizon.Value, 1.0 - 1e-9, Finite);
        // 1 - gamma^t <= t (1 - gamma), so the mean over t < L is off by at most L/2 times 1e-9.
        return Close(at.DiscountedThreshold, kappa.Value)
            && Close(at.EpisodicCost(kappa.Value), kappa.Value)
            && Math.Abs(near.DiscountedThreshold / kappa.Value - 1.0) <= 0.5e-9 * horizon.Value + Rounding;
    }

    [Test]
    public void The_normalised_cost_adds_a_tenth_to_the_limit()
    {
        var limit = new CostLimit(10, 1000, 0.99, Endless);
        Assert.That(limit.Normalised(10.1), Is.EqualTo(1.0).Within(1e-15));
        Assert.That(limit.Normalised(5.0, epsilon: 0.0), Is.EqualTo(0.5).Within(1e-15));
        Assert.That(new CostLimit(0, 1000, 0.99, Endless).Normalised(0.2), Is.EqualTo(2.0).Within(1e-14));
    }

    [Test]
    public void Impossible_limits_are_refused()
    {
        Assert.Multiple(() =>
        {
            Refused(-1, 100, 0.99, Finite);
            Refused(double.NaN, 100, 0.99, Finite);
            Refused(double.PositiveInfinity, 100, 0.99, Finite);
            Refused(10, 0, 0.99, Finite);
            Refused(10, 100, -0.1, Finite);
            Refused(10, 100, 1.1, Finite);
            Refused(10, 100, 1.0, Endless);
            Refused(10, 100, double.NaN, Endless);
        });
    }

    private static void Refused(double kappa, int horizon, double gamma, Bootstrapping mask) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => _ = new CostLimit(kappa, horizon, gamma, mask));

    private static bool Close(double actual, double expected) =>
        Math.Abs(actual - expected) <= Rounding * Math.Abs(expected);
}
