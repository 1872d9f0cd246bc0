using Plimsoll.Data;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// Relabelled trajectories, so that a target that contradicts itself, more return than its cost allows,
/// leads to what is safe (CDT, Liu et al., arXiv 2302.07351, in its release's form):
/// <list type="number">
/// <item>Trajectories are thinned on a grid over (cost, return).</item>
/// <item>A polynomial f is fitted through their Pareto set, the least cost for the most return.</item>
/// <item>Targets (C, R): C evenly spaced from the lowest to the highest cost, R uniform from f(C) + margin
/// to the ceiling; f(C) + margin itself where it is above the ceiling.</item>
/// <item>Each goes to the nearest trajectory that costs at most C. Where one trajectory p is the nearest of
/// several, it keeps the first; for each other target one is drawn among those with cost at most p's and
/// return at least p's less the decrease, with probability in proportion to 1/(distance to p +
/// softness).</item>
/// </list>
/// Distances are Euclidean, each axis in units of its range (published: in its own unit). Deterministic:
/// bitwise.
/// </summary>
public sealed class Augmentation
{
    /// <summary>In units of the range: the release's 1 on tasks whose returns span some 50 to 500
    /// (published: 1 itself).</summary>
    private const double Softness = 0.02, PublishedSoftness = 1;

    private readonly IReadOnlyList<Trajectory> kept;
    private readonly int[] indices;
    private readonly AugmentationSettings settings;
    private readonly double costUnit, returnUnit, softness, range, highest;

    private Augmentation(Dataset dataset, int[] indices, AugmentationSettings settings)
    {
        (this.indices, this.settings) = (indices, settings);
        kept = [.. indices.Select(i => dataset.Trajectories[i])];
        var published = settings.Published;
        (costUnit, returnUnit) = published
            ? (1, 1)
            : (Unit(kept.Select(t => t.Cost)), Unit(kept.Select(t => t.Return)));
        softness = published ? PublishedSoftness : Softness;
        highest = dataset.Trajectories.Max(t => t.Return);
        range = highest - dataset.Trajectories.Min(t => t.Return);
    }

    /// <summary>The relabelled trajectories, by ascending cost of their targets.</summary>
    public static IReadOnlyList<LabelledTrajectory> Of(
        Dataset dataset, AugmentationSettings settings, RandomRoot random)
    {
        var count = (int)(settings.Share * dataset.Trajectories.Count);
        if (count == 0) return [];
        var draws = new SequentialRandom(random.Stream("augmentation"), 0);
        var indices = Thinned(dataset, settings, draws);
        var augmentation = new Augmentation(dataset, indices, settings);
        return augmentation.Assign(augmentation.Targets(count, draws), draws);
    }

    /// <summary>Indices of the trajectories on the grid; of all of them where every cell is sparse.</summary>
    private static int[] Thinned(Dataset dataset, AugmentationSettings settings, SequentialRandom draws)
    {
        var grid = new ThinningGrid(
            AugmentationSettings.CostCells, AugmentationSettings.ReturnCells,
            Math.Max(AugmentationSettings.MostPerCell, settings.SparseUpTo + 1), settings.SparseUpTo);
        var all = dataset.Trajectories;
        int[] indices = Thinning.Keep(
            [.. all.Select(t => t.Cost)], [.. all.Select(t => t.Return)], grid, draws.NextUniform);
        return indices.Length > 0 ? indices : [.. Enumerable.Range(0, all.Count)];
    }

    private (double Cost, double Return)[] Targets(int count, SequentialRandom draws)
    {
        var pareto = ParetoSet.Of([.. kept.Select(t => t.Cost)], [.. kept.Select(t => t.Return)]);
        var fit = PolynomialFit.Of(
            [.. pareto.Select(i => kept[i].Cost)], [.. pareto.Select(i => kept[i].Return)], settings.Degree);
        var (first, last) = (kept[pareto[0]].Cost, kept[pareto[^1]].Cost);
        var (least, most) = (kept.Min(t => t.Cost), kept.Max(t => t.Cost));
        var ceiling = highest + settings.Ceiling * range;
        var targets = new (double Cost, double Return)[count];
        for (var i = 0; i < count; i++)
        {
            var cost = count == 1 ? least : Math.Min(least + (most - least) * i / (count - 1), most);
            // Beyond the dearest of the Pareto set more cost buys nothing; a polynomial would say anything.
            var on = settings.Published ? cost : Math.Clamp(cost, first, last);
            var start = fit.At(on) + settings.Margin * range;
            targets[i] = (cost, start + Math.Max(ceiling - start, 0) * draws.NextUniform());
        }
        return targets;
    }

    private List<LabelledTrajectory> Assign((double Cost, double Return)[] targets, SequentialRandom draws)
    {
        var taken = new bool[kept.Count];
        var labelled = new List<LabelledTrajectory>(targets.Length);
        foreach (var (cost, reward) in targets)
        {
            var source = Nearest(cost, reward);
            if (taken[source]) source = StandIn(source, draws);
            else taken[source] = true;
            labelled.Add(new LabelledTrajectory(indices[source], reward, cost));
        }
        return labelled;
    }

    /// <summary>Among those that cost at most the target; there is one, since no target is below the lowest
    /// cost.</summary>
    private int Nearest(double cost, double reward)
    {
        var (nearest, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < kept.Count; i++)
        {
            if (kept[i].Cost > cost) continue;
            var distance = Distance(i, cost, reward);
            if (nearest < 0 || distance < least) (nearest, least) = (i, distance);
        }
        return nearest;
    }

    private int StandIn(int of, SequentialRandom draws)
    {
        var p = kept[of];
        var lowest = p.Return - settings.Decrease * range;
        var candidates = Enumerable.Range(0, kept.Count)
            .Where(i => kept[i].Cost <= p.Cost && kept[i].Return >= lowest).ToArray();
        var weights = candidates.Select(i => 1 / (Distance(i, p.Cost, p.Return) + softness)).ToArray();
        return candidates[new WeightedChoice(weights).Of(draws.NextIndex(WeightedChoice.Numbers))];
    }

    private double Distance(int i, double cost, double reward)
    {
        var (across, up) = ((kept[i].Cost - cost) / costUnit, (kept[i].Return - reward) / returnUnit);
        return Math.Sqrt(across * across + up * up);
    }

    /// <summary>The range of values; 1 where all are equal, so that their distances are 0.</summary>
    private static double Unit(IEnumerable<double> values)
    {
        var (least, most) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values) (least, most) = (Math.Min(least, value), Math.Max(most, value));
        return most > least ? most - least : 1;
    }
}
