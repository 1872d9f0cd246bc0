namespace Plimsoll.Learning.Sequences;

/// <summary>How targets that no trajectory reaches are made up for training. Shares are of the range of the
/// data's returns.</summary>
/// <param name="Share">Relabelled trajectories, as a share of the data's; 0: none.</param>
/// <param name="Degree">Of the polynomial through the Pareto set, at least 0; lowered where that has too
/// few costs.</param>
/// <param name="Ceiling">How far above the highest return targets are drawn, at least 0.</param>
/// <param name="Margin">How far above the polynomial they begin, at least 0.</param>
/// <param name="Decrease">What a trajectory that stands in for another may return less than it, at least
/// 0.</param>
/// <param name="SparseUpTo">Cells of the grid with so many trajectories or fewer are outliers and left out;
/// 0: none are.</param>
/// <param name="Published">Distances in the units of cost and reward and the polynomial followed beyond the
/// Pareto set's costs, as CDT's release has it.</param>
public sealed record AugmentationSettings(
    double Share = 0.2, int Degree = 2, double Ceiling = 0.1, double Margin = 0, double Decrease = 0.15,
    int SparseUpTo = 0, bool Published = false)
{
    /// <summary>Cells along the cost and the return, and trajectories that a cell keeps: the
    /// release's.</summary>
    internal const int CostCells = 10, ReturnCells = 50, MostPerCell = 10;
}
