namespace Plimsoll.Data;

/// <summary>How trajectories are thinned on a grid over (cost, return).</summary>
/// <param name="CostCells">Cells of equal width along the cost axis, at least 1.</param>
/// <param name="ReturnCells">Cells of equal width along the return axis, at least 1.</param>
/// <param name="MostPerCell">A cell with more trajectories keeps this many, drawn at random.</param>
/// <param name="SparseUpTo">A cell with this many trajectories or fewer is dropped; 0 drops none.</param>
public sealed record ThinningGrid(int CostCells, int ReturnCells, int MostPerCell, int SparseUpTo)
{
    /// <summary>No trajectory with a smaller cost or return is kept.</summary>
    public double LowestCost { get; init; } = double.NegativeInfinity;

    /// <summary>No trajectory with a greater cost is kept.</summary>
    public double HighestCost { get; init; } = double.PositiveInfinity;

    public double LowestReturn { get; init; } = double.NegativeInfinity;

    public double HighestReturn { get; init; } = double.PositiveInfinity;
}

/// <summary>
/// DSRL's density filter: evens out how many trajectories a dataset holds of each (cost, return).
/// </summary>
public static class Thinning
{
    /// <summary>Chooses whole trajectories by their undiscounted cost and return.</summary>
    /// <remarks>
    /// Along each axis the grid spans [max(min x, lowest), min(max x, highest)]; what lies outside is
    /// dropped. The cell is floor((x - start) / width), so the maximum falls into a cell of its own beyond
    /// the last, as in DSRL's `pre_process_data`. A cell with more than `MostPerCell` members keeps that
    /// many, drawn without replacement; one with at most `SparseUpTo` members is dropped; so each kept
    /// cell ends with (SparseUpTo, MostPerCell] members. An axis along which all are equal has one cell.
    /// Random numbers: `MostPerCell` for each overfull cell, cells in ascending order of cost, then return.
    /// Deterministic given the stream.
    /// </remarks>
    /// <param name="costs">[N], episode costs, finite.</param>
    /// <param name="returns">[N], episode returns, finite.</param>
    /// <param name="grid">The cells.</param>
    /// <param name="uniform">The next number of a stream, uniform in (0, 1); chooses among the members of overfull
    /// cells.</param>
    /// <returns>Indices of the kept trajectories, ascending, each once.</returns>
    /// <exception cref="ArgumentException">Lengths differ, a number is not finite, or the grid keeps
    /// nothing by construction (MostPerCell not above SparseUpTo).</exception>
    public static int[] Keep(
        ReadOnlySpan<double> costs, ReadOnlySpan<double> returns, ThinningGrid grid, Func<double> uniform)
    {
        ArgumentNullException.ThrowIfNull(grid);
        ArgumentNullException.ThrowIfNull(uniform);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.CostCells, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(grid.ReturnCells, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(grid.SparseUpTo);
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(grid.MostPerCell, grid.SparseUpTo);
        if (costs.Length != returns.Length)
        {
            throw new ArgumentException(
                $"{costs.Length} costs but {returns.Length} returns.", nameof(returns));
        }

        if (costs.Length == 0)
        {
            return [];
        }

        var costAxis = Axis.Over(costs, grid.LowestCost, grid.HighestCost, grid.CostCells);
        var returnAxis = Axis.Over(returns, grid.LowestReturn, grid.HighestReturn, grid.ReturnCells);
        var cells = new SortedDictionary<(int Cost, int Return), List<int>>();
        for (var i = 0; i < costs.Length; i++)
        {
            if (costAxis.Holds(costs[i]) && returnAxis.Holds(returns[i]))
            {
                var cell = (costAxis.CellOf(costs[i]), returnAxis.CellOf(returns[i]));
                if (!cells.TryGetValue(cell, out var members))
                {
                    cells.Add(cell, members = []);
                }

                members.Add(i);
            }
        }

        var kept = new List<int>();
        foreach (var members in cells.Values)
        {
            if (members.Count > grid.MostPerCell)
            {
                MoveRandomOnesFirst(members, grid.MostPerCell, uniform);
                kept.AddRange(members.Take(grid.MostPerCell));
            }
            else if (members.Count > grid.SparseUpTo)
            {
                kept.AddRange(members);
            }
        }

        kept.Sort();
        return [.. kept];
    }

    /// <summary>The first steps of a Fisher-Yates shuffle.</summary>
    internal static void MoveRandomOnesFirst(List<int> members, int number, Func<double> uniform)
    {
        for (var k = 0; k < number; k++)
        {
            var left = members.Count - k;
            var chosen = k + Math.Min(left - 1, (int)(left * uniform()));
            (members[k], members[chosen]) = (members[chosen], members[k]);
        }
    }

    private readonly record struct Axis(double Start, double End, double Width)
    {
        public static Axis Over(ReadOnlySpan<double> values, double lowest, double highest, int cells)
        {
            var (smallest, largest) = (double.PositiveInfinity, double.NegativeInfinity);
            foreach (var value in values)
            {
                if (!double.IsFinite(value))
                {
                    throw new ArgumentException(
                        $"A trajectory's cost or return is {value}; it must be finite.");
                }

                smallest = Math.Min(smallest, value);
                largest = Math.Max(largest, value);
            }

            var start = Math.Max(smallest, lowest);
            var end = Math.Min(largest, highest);
            return new Axis(start, end, (end - start) / cells);
        }

        public bool Holds(double value) => value >= Start && value <= End;

        public int CellOf(double value) => Width > 0 ? (int)Math.Floor((value - Start) / Width) : 0;
    }
}
