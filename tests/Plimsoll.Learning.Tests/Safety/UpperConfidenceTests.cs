using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Safety;

public sealed class UpperConfidenceTests
{
    // A few dozen roundings of numbers below 1e5 (sums of squares below 1e3, factors up to 1e3).
    private const double Rounding = 1e-9;

    [Test]
    public void The_deviation_is_the_population_form()
    {
        // mean 5/2, mean square deviation 5/4.
        Assert.That(
            UpperConfidence.Of([1, 2, 3, 4], 2.0), Is.EqualTo(2.5 + 2.0 * Math.Sqrt(1.25)).Within(1e-15));
    }

    [Test]
    public void Each_state_has_its_own_deviation()
    {
        // States {1,3} and {2,6}: 2 + 2 and 4 + 4. Pooling members and states, or reading the table by state,
        // gives something else.
        Assert.That(
            UpperConfidence.MeanOverStates([1, 2, 3, 6], members: 2, k: 2.0), Is.EqualTo(6.0).Within(1e-15));
    }

    [Law]
    public bool Without_bonus_it_is_the_mean(Sample q) =>
        Near(UpperConfidence.Of(q.Values, 0.0), q.Values.Average());

    [Law]
    public bool A_single_member_has_no_bonus(Moderate q, Scale k) =>
        UpperConfidence.Of([q.Value], k.Value) == q.Value;

    [Law]
    public bool It_grows_with_the_bonus_factor_by_the_deviation(Sample q, Scale k, Scale more)
    {
        var mean = q.Values.Average();
        var deviation = Math.Sqrt(q.Values.Select(x => (x - mean) * (x - mean)).Average());
        var lower = UpperConfidence.Of(q.Values, k.Value);
        var higher = UpperConfidence.Of(q.Values, k.Value + more.Value);
        return higher >= lower && Near(higher - lower, more.Value * deviation);
    }

    [Law]
    public bool The_order_of_members_is_irrelevant(Sample q, Scale k) =>
        Near(UpperConfidence.Of(q.Values, k.Value), UpperConfidence.Of(
            q.Values.OrderBy(x => x).ToArray(), k.Value));

    [Law]
    public bool It_follows_positive_affine_maps(Sample q, Scale a, Moderate b)
    {
        var mapped = q.Values.Select(x => a.Value * x + b.Value).ToArray();
        return Near(UpperConfidence.Of(mapped, 2.0), a.Value * UpperConfidence.Of(q.Values, 2.0) + b.Value);
    }

    [Law]
    public bool Over_one_state_the_table_is_that_state(Sample q)
    {
        var single = q.Values.Select(x => (float)x).ToArray(); // exact: multiples of 1/64
        return UpperConfidence.MeanOverStates(single, single.Length, 2.0)
            == UpperConfidence.Of(q.Values, 2.0);
    }

    [Test]
    public void Empty_ensembles_ragged_tables_and_negative_bonuses_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => UpperConfidence.Of([], 2.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => UpperConfidence.Of([1.0], -1.0));
        Assert.Throws<ArgumentOutOfRangeException>(() => UpperConfidence.Of([1.0], double.NaN));
        Assert.Throws<ArgumentException>(() => UpperConfidence.MeanOverStates([1, 2, 3], 2, 2.0));
        Assert.Throws<ArgumentException>(() => UpperConfidence.MeanOverStates([], 2, 2.0));
    }

    private static bool Near(double actual, double expected) =>
        Math.Abs(actual - expected) <= Rounding * (1.0 + Math.Abs(expected));
}
