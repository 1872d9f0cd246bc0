namespace Plimsoll.Data.Tests;

public class ThinningTests
{
    private static (double[] Costs, double[] Returns) Plane(int seed, int number)
    {
        var random = new SplitMix(seed);
        var costs = Enumerable.Range(0, number).Select(_ => Math.Floor(80 * random.NextUniform())).ToArray();
        return (costs, [.. costs.Select(cost => 5 * cost * random.NextUniform())]);
    }

    private static (double, double) CellOf(int i, double[] costs, double[] returns, ThinningGrid grid) => (
        Math.Floor((costs[i] - costs.Min()) / ((costs.Max() - costs.Min()) / grid.CostCells)),
        Math.Floor((returns[i] - returns.Min()) / ((returns.Max() - returns.Min()) / grid.ReturnCells)));

    [Property]
    public bool Each_kept_cell_has_more_than_sparse_and_at_most_the_most(
        int seed, byte most, byte sparse, byte cells)
    {
        var (costs, returns) = Plane(seed, 300);
        var lowest = sparse % 4;
        var grid = new ThinningGrid(1 + cells % 12, 1 + cells / 12, lowest + 1 + most % 10, lowest);
        var kept = Thinning.Keep(costs, returns, grid, new SplitMix(seed).NextUniform);
        var after = kept.CountBy(i => CellOf(i, costs, returns, grid)).ToDictionary();
        var before = Enumerable.Range(0, 300).CountBy(i => CellOf(i, costs, returns, grid));
        return kept.SequenceEqual(kept.Distinct().Order()) && before.All(cell =>
            after.GetValueOrDefault(cell.Key) ==
                (cell.Value <= grid.SparseUpTo ? 0 : Math.Min(cell.Value, grid.MostPerCell)));
    }

    [Property]
    public bool A_grid_that_limits_nothing_keeps_all(int seed, byte number)
    {
        var (costs, returns) = Plane(seed, number);
        var kept = Thinning.Keep(
            costs, returns, new ThinningGrid(10, 20, int.MaxValue, 0), new SplitMix(0).NextUniform);
        return kept.SequenceEqual(Enumerable.Range(0, number));
    }

    [Property]
    public bool The_same_stream_keeps_the_same(int seed)
    {
        var (costs, returns) = Plane(seed, 200);
        var grid = new ThinningGrid(4, 4, 5, 1);
        return Thinning.Keep(costs, returns, grid, new SplitMix(seed).NextUniform)
            .SequenceEqual(Thinning.Keep(costs, returns, grid, new SplitMix(seed).NextUniform));
    }

    [Test]
    public void Every_member_of_an_overfull_cell_is_as_likely_to_stay()
    {
        var (costs, returns) = (new double[8], new double[8]);
        var stays = new int[8];
        var random = new SplitMix(1);
        for (var round = 0; round < 4000; round++)
        {
            foreach (var i in Thinning.Keep(costs, returns, new ThinningGrid(10, 10, 3, 0), random.NextUniform))
            {
                stays[i]++;
            }
        }

        // Each stays with probability 3/8: 1500 of 4000, standard deviation 31.
        Assert.That(stays, Has.All.InRange(1500 - 125, 1500 + 125));
        Assert.That(stays.Sum(), Is.EqualTo(12000));
    }

    [Test]
    public void The_maximum_lies_in_a_cell_of_its_own()
    {
        double[] costs = [0, 1, 2, 3, 4, 4];
        var kept = Thinning.Keep(costs, new double[6], new ThinningGrid(2, 1, 2, 1), () => 0.5);
        Assert.That(kept, Has.Length.EqualTo(6), "cells {0, 1}, {2, 3} and {4, 4}");
    }

    [Test]
    public void What_lies_outside_the_given_range_is_dropped()
    {
        double[] costs = [0, 10, 20, 30];
        double[] returns = [5, 5, 5, 500];
        var grid = new ThinningGrid(2, 2, 9, 0) { LowestCost = 5, HighestReturn = 100 };
        Assert.That(Thinning.Keep(costs, returns, grid, () => 0.5), Is.EqualTo(new[] { 1, 2 }));
    }

    [Test]
    public void Bad_input_is_refused()
    {
        Func<double> random = new SplitMix(0).NextUniform;
        Assert.That(
            () => Thinning.Keep([1, 2], [1], new ThinningGrid(1, 1, 1, 0), random),
            Throws.ArgumentException.With.Message.Contains("2 costs but 1 returns"));
        Assert.That(
            () => Thinning.Keep([1, double.NaN], [1, 1], new ThinningGrid(1, 1, 1, 0), random),
            Throws.ArgumentException.With.Message.Contains("finite"));
        Assert.That(
            () => Thinning.Keep([1], [1], new ThinningGrid(1, 1, 2, 2), random),
            Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(Thinning.Keep([], [], new ThinningGrid(1, 1, 1, 0), random), Is.Empty);
    }
}
