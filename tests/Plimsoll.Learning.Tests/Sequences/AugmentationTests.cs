using NUnit.Framework;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Tests.Sequences;

public sealed class AugmentationTests
{
    private static readonly AugmentationSettings Usual = new(Share: 0.5);

    [Law]
    public bool The_pareto_set_is_what_no_point_beats(Length seed, Length count)
    {
        var (costs, returns) = Episodes.Cloud(seed.Value, 1 + count.Value % 60);
        var all = Enumerable.Range(0, costs.Length);
        var expected = all.Where(i => !all.Any(k =>
            costs[k] <= costs[i] && returns[k] >= returns[i] && (costs[k] < costs[i] || returns[k] > returns[i])));
        var set = ParetoSet.Of(costs, returns);
        return set.Order().SequenceEqual(expected)
            && set.Zip(set.Skip(1)).All(p => costs[p.First] <= costs[p.Second]);
    }

    [Law]
    public bool A_polynomial_is_found_again_from_its_own_points(Sample coefficients, Scale scale, Moderate shift)
    {
        var degree = Math.Min(coefficients.Values.Length - 1, 6);
        double[] xs = [.. Enumerable.Range(0, 20).Select(i => shift.Value + scale.Value * i)];
        double At(double x)
        {
            var (u, sum) = ((x - shift.Value) / scale.Value / 10 - 1, 0.0);
            for (var k = degree; k >= 0; k--) sum = sum * u + coefficients.Values[k];
            return sum;
        }
        var fit = PolynomialFit.Of(xs, [.. xs.Select(At)], degree);
        // Between the points and beyond them.
        return fit.Degree == degree && Enumerable.Range(-4, 60).All(i =>
            Math.Abs(fit.At(shift.Value + scale.Value * i / 2.0) - At(shift.Value + scale.Value * i / 2.0)) < 1e-6);
    }

    /// <summary>The normal equations: what is left over is orthogonal to every power up to the
    /// degree.</summary>
    [Law]
    public bool What_a_fit_leaves_over_holds_no_power_up_to_its_degree(Length seed, Length size)
    {
        var (xs, ys) = Episodes.Cloud(seed.Value, 2 + size.Value % 40);
        var fit = PolynomialFit.Of(xs, ys, size.Value % 5);
        var left = xs.Zip(ys, (x, y) => y - fit.At(x)).ToArray();
        return Enumerable.Range(0, fit.Degree + 1).All(k =>
            Math.Abs(xs.Zip(left, (x, e) => Math.Pow(x / 100, k) * e).Sum()) < 1e-7);
    }

    [TestCase(new[] { 2.0 }, 3, 0)]
    [TestCase(new[] { 2.0, 2, 2 }, 3, 0)]
    [TestCase(new[] { 2.0, 5, 2 }, 3, 1)]
    [TestCase(new[] { 2.0, 5, 7, 9, 10 }, 3, 3)]
    // Two x so near to each other that they are one on the scale of all.
    [TestCase(new[] { 0, 1e-20, 10 }, 3, 1)]
    public void A_degree_is_lowered_to_what_the_points_determine(double[] xs, int asked, int expected)
    {
        var fit = PolynomialFit.Of(xs, [.. xs.Select((_, i) => (double)i)], asked);
        Assert.That(fit.Degree, Is.EqualTo(expected));
        Assert.That(xs.Select(fit.At), Has.All.Matches<double>(double.IsFinite));
        if (expected == 0) Assert.That(fit.At(2), Is.EqualTo((xs.Length - 1) / 2.0).Within(1e-12), "the mean");
    }

    [Law]
    public bool Targets_lie_between_the_costs_and_above_the_polynomial_and_go_to_what_costs_no_more(
        Length seed, Length count, Fraction share, bool published)
    {
        var (costs, returns) = Episodes.Cloud(seed.Value, 1 + count.Value % 80);
        using var data = Episodes.Points(costs, returns);
        var degree = seed.Value % 2 == 0 ? 0 : 3;
        var settings = Usual with
        {
            Share = 2 * share.Value,
            Degree = degree,
            Published = published,
            SparseUpTo = seed.Value % 3,
        };
        var labels = Augmentation.Of(data, settings, RandomRoot.Of(seed.Value, "test"));
        var ceiling = returns.Max() + 0.1 * (returns.Max() - returns.Min());
        return labels.Count == (int)(2 * share.Value * costs.Length)
            && labels.All(label =>
                label.Cost >= costs.Min() && label.Cost <= costs.Max() && costs[label.Source] <= label.Cost
                // A mean is below the ceiling; another polynomial may pass it.
                && double.IsFinite(label.Return) && (degree > 0 || label.Return <= ceiling + 1e-9))
            && labels.Zip(labels.Skip(1)).All(p => p.First.Cost <= p.Second.Cost);
    }

    /// <summary>A line as Pareto set: returns start at it and end at the ceiling, evenly.</summary>
    [Test]
    public void Returns_are_drawn_evenly_between_the_polynomial_and_the_ceiling()
    {
        double[] costs = [.. Enumerable.Range(0, 11).Select(i => 10.0 * i)];
        using var data = Episodes.Points(costs, [.. costs.Select(c => 100 + c)]);
        var settings = new AugmentationSettings(Share: 200, Degree: 1, Ceiling: 0.5, Margin: 0.1);
        var labels = Augmentation.Of(data, settings, RandomRoot.Of(3, "test"));
        // From 100 + C + 10 to 200 + 50.
        double[] places = [.. labels.Select(l => (l.Return - 110 - l.Cost) / (140 - l.Cost)).Order()];
        Assert.That(places, Has.Length.EqualTo(2200));
        Assert.That(places, Has.All.InRange(0, 1));
        // Kolmogorov-Smirnov at 0.001: 1.95 / sqrt(n).
        var largest = places.Select((u, i) => Math.Abs(u - (i + 0.5) / places.Length)).Max();
        Assert.That(largest, Is.LessThan(1.95 / Math.Sqrt(places.Length)));
        Assert.That(
            labels.Select(l => l.Cost),
            Is.EqualTo(Enumerable.Range(0, 2200).Select(i => 100.0 * i / 2199)).Within(1e-9));
    }

    [Test]
    public void Beyond_the_dearest_of_the_pareto_set_targets_stay_where_they_were()
    {
        // The dear ones bring nothing, so the Pareto set ends at cost 20: a falling parabola would follow it.
        double[] costs = [0, 10, 20, 60, 100];
        double[] returns = [0, 30, 40, 5, 5];
        using var data = Episodes.Points(costs, returns);
        var settings = new AugmentationSettings(Share: 20, Ceiling: 0);
        var ours = Augmentation.Of(data, settings, RandomRoot.Of(3, "test"));
        Assert.That(ours.Where(l => l.Cost >= 20).Select(l => l.Return), Has.All.EqualTo(40).Within(1e-9));
        var published = Augmentation.Of(data, settings with { Published = true }, RandomRoot.Of(3, "test"));
        Assert.That(published.Where(l => l.Cost >= 90).Select(l => l.Return).Min(), Is.LessThan(0));
    }

    /// <summary>The nearest of each target, and who stands in for whom, by brute force.</summary>
    [Test]
    public void A_target_goes_to_the_nearest_and_repeats_to_others_that_cost_no_more_and_return_little_less(
        [Values] bool published)
    {
        var (costs, returns) = Episodes.Cloud(4, 30);
        using var data = Episodes.Points(costs, returns);
        var settings = Usual with { Share = 4, Decrease = 0.2, Published = published };
        var labels = Augmentation.Of(data, settings, RandomRoot.Of(6, "test"));
        var range = returns.Max() - returns.Min();
        var (costUnit, returnUnit) = published ? (1.0, 1.0) : (costs.Max() - costs.Min(), range);
        var first = new HashSet<int>();
        var moved = 0;
        Assert.Multiple(() =>
        {
            foreach (var label in labels)
            {
                var nearest = Enumerable.Range(0, costs.Length).Where(i => costs[i] <= label.Cost).MinBy(i =>
                    Math.Pow((costs[i] - label.Cost) / costUnit, 2)
                    + Math.Pow((returns[i] - label.Return) / returnUnit, 2));
                if (first.Add(nearest))
                {
                    Assert.That(label.Source, Is.EqualTo(nearest));
                    continue;
                }
                Assert.That(costs[label.Source], Is.LessThanOrEqualTo(costs[nearest]));
                Assert.That(returns[label.Source], Is.GreaterThanOrEqualTo(returns[nearest] - 0.2 * range));
                if (label.Source != nearest) moved++;
            }
        });
        Assert.That(first, Has.Count.GreaterThan(2));
        Assert.That(moved, Is.GreaterThan(5), "some repeats have moved");
    }

    /// <summary>Two points, so that every target after the first of each is a repeat with known
    /// chances.</summary>
    [Test]
    public void Who_stands_in_is_drawn_by_nearness()
    {
        // The dear one is nearest to every target from cost 50 on; the cheap one is a candidate, the poor one is not.
        using var data = Episodes.Points([50, 40, 50, 100], [100, 99, 0, 0]);
        var settings = new AugmentationSettings(Share: 2000, Degree: 0, Ceiling: 0, Decrease: 0.1);
        var labels = Augmentation.Of(data, settings, RandomRoot.Of(2, "test"));
        var counts = labels.Where(l => l.Cost > 51).GroupBy(l => l.Source).ToDictionary(g => g.Key, g => g.Count());
        // Units: 60 of cost, 100 of return. Softness 0.02.
        var distance = Math.Sqrt(Math.Pow(10 / 60.0, 2) + Math.Pow(1 / 100.0, 2));
        var weight = (Stay: 1 / 0.02, Move: 1 / (distance + 0.02));
        Assert.That(counts.Keys, Is.EquivalentTo(new[] { 0, 1 }));
        var n = counts.Values.Sum();
        var p = weight.Move / (weight.Move + weight.Stay);
        Assert.That(counts[1], Is.EqualTo(n * p).Within(3.3 * Math.Sqrt(n * p * (1 - p))));
    }

    [Test]
    public void Outliers_are_left_out_and_where_all_are_outliers_none_is()
    {
        double[] costs = [.. Enumerable.Repeat(10.0, 8), 0, 100];
        double[] returns = [.. Enumerable.Repeat(50.0, 8), 90, 0];
        using var data = Episodes.Points(costs, returns);
        IEnumerable<int> Sources(int sparse) =>
            Augmentation.Of(data, Usual with { Share = 3, SparseUpTo = sparse }, RandomRoot.Of(1, "test"))
                .Select(l => l.Source).Distinct();
        Assert.That(Sources(1), Is.All.LessThan(8));
        Assert.That(Sources(0), Does.Contain(8));
        Assert.That(Sources(8), Does.Contain(8));
    }

    [Test]
    public void Nothing_is_made_up_where_nothing_is_asked_for_or_the_data_are_few()
    {
        using var one = Episodes.Points([3], [4]);
        Assert.That(Augmentation.Of(one, new AugmentationSettings(), RandomRoot.Of(1, "test")), Is.Empty);
        Assert.That(
            Augmentation.Of(one, Usual with { Share = 1 }, RandomRoot.Of(1, "test")),
            Is.EqualTo(new[] { new LabelledTrajectory(0, 4, 3) }), "the only one: no range to go above it by");
    }

    [Test]
    public void A_seed_decides()
    {
        var (costs, returns) = Episodes.Cloud(9, 40);
        using var data = Episodes.Points(costs, returns);
        IReadOnlyList<LabelledTrajectory> Of(long seed) => Augmentation.Of(data, Usual, RandomRoot.Of(seed, "test"));
        Assert.That(Of(1), Is.EqualTo(Of(1)));
        Assert.That(Of(1), Is.Not.EqualTo(Of(2)));
    }
}
