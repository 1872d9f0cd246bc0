namespace Plimsoll.Environments.Exact;

/// <summary>A policy that no other beats in both return and cost.</summary>
/// <param name="Cost">Mean undiscounted cost an episode.</param>
/// <param name="Return">Mean undiscounted return of an episode.</param>
/// <param name="Price">A price of cost for which the policy is optimal, in reward per unit of cost.</param>
public readonly record struct FrontierPoint(double Cost, double Return, double Price);

/// <summary>
/// The reward-cost frontier of PointNav: the largest mean return for each bound on the mean cost.
/// </summary>
/// <remarks>
/// Points ascend in cost and in return; between them lies the chord, which a policy reaches that tosses a
/// coin at the start of each episode. The first point is the least cost that any policy can have.
/// </remarks>
/// <param name="Points">Corners of the concave frontier.</param>
/// <param name="ReturnError">How far the returns moved when the lattice was refined, see the solver.</param>
/// <param name="CostError">How far the costs moved when the lattice was refined.</param>
public sealed record PointNavFrontier(
    IReadOnlyList<FrontierPoint> Points, double ReturnError, double CostError)
{
    /// <summary>The largest mean return at a mean cost up to the limit; null below the least cost.</summary>
    public double? BestReturn(double costLimit)
    {
        if (!(costLimit >= Points[0].Cost))
        {
            return null;
        }

        for (var k = 1; k < Points.Count; k++)
        {
            if (costLimit < Points[k].Cost)
            {
                var (a, b) = (Points[k - 1], Points[k]);
                return a.Return + (costLimit - a.Cost) / (b.Cost - a.Cost) * (b.Return - a.Return);
            }
        }

        return Points[^1].Return;
    }
}

/// <summary>Solves PointNav by dynamic programming: a yardstick for learnt policies.</summary>
public static class PointNavSolver
{
    /// <summary>k of <see cref="Solve"/> unless told: spacing 1/120.</summary>
    public const int DefaultNodesPerMove = 12;

    /// <summary>
    /// The frontier for starts uniform outside the goal: for each price of cost the optimal deterministic
    /// policy by <see cref="PointNavPlan"/>, and the concave envelope of their (cost, return).
    /// </summary>
    /// <remarks>
    /// Error: the policies found are policies of the task, so the frontier bounds the true one from below,
    /// up to the averaging over starts (midpoint rule, 128 x 128), and refining the lattice raises it. The
    /// errors stated are the largest differences over the prices between this lattice and one of half as
    /// many nodes a move; the spacing enters about linearly, so what is left is about as large again.
    /// Deterministic.
    /// </remarks>
    /// <param name="nodesPerMove">k, even, at least 2. Time grows with k^4.</param>
    public static PointNavFrontier Solve(int nodesPerMove = DefaultNodesPerMove)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodesPerMove, 2);
        ArgumentOutOfRangeException.ThrowIfNotEqual(nodesPerMove % 2, 0, nameof(nodesPerMove));
        var fine = new PointNavLattice(nodesPerMove);
        var coarse = new PointNavLattice(nodesPerMove / 2);
        var points = new List<FrontierPoint>();
        var (returnError, costError) = (0.0, 0.0);
        foreach (var price in Prices())
        {
            var plan = PointNavPlan.On(fine, price);
            var check = PointNavPlan.On(coarse, price);
            points.Add(new FrontierPoint(plan.MeanCost, plan.MeanReturn, price));
            returnError = Math.Max(returnError, Math.Abs(plan.MeanReturn - check.MeanReturn));
            costError = Math.Max(costError, Math.Abs(plan.MeanCost - check.MeanCost));
        }

        return new PointNavFrontier(Envelope(points), returnError, costError);
    }

    /// <summary>0, then 1/16 to 96 by factors of 3/2 and 4/3: from free to dearer than any detour.</summary>
    private static IEnumerable<double> Prices()
    {
        yield return 0;
        for (var price = 0.0625; price <= 64; price *= 2)
        {
            yield return price;
            yield return 1.5 * price;
        }
    }

    /// <summary>The corners of the least concave non-decreasing function above the points.</summary>
    internal static List<FrontierPoint> Envelope(IEnumerable<FrontierPoint> points)
    {
        var corners = new List<FrontierPoint>();
        foreach (var point in points.OrderBy(p => p.Cost).ThenByDescending(p => p.Return))
        {
            if (corners.Count > 0 && point.Return <= corners[^1].Return)
            {
                continue;
            }

            while (corners.Count > 1 && Slope(corners[^2], corners[^1]) <= Slope(corners[^1], point))
            {
                corners.RemoveAt(corners.Count - 1);
            }

            corners.Add(point);
        }

        return corners;
    }

    private static double Slope(FrontierPoint a, FrontierPoint b) =>
        (b.Return - a.Return) / (b.Cost - a.Cost);
}
