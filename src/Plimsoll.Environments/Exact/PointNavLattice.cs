namespace Plimsoll.Environments.Exact;

/// <summary>
/// PointNav restricted to a lattice: positions (i, j) / (10 k), moves by up to k nodes along each axis.
/// </summary>
/// <remarks>
/// The lattice holds both ends of the square and the goal, and its moves are moves of the task, so a path
/// on it is a path of the task: nothing is interpolated.
/// Node n = i + j * side has x = i / (10 k), y = j / (10 k).
/// </remarks>
internal sealed class PointNavLattice
{
    /// <summary>
    /// Nodes this close to a rim count as outside the goal and inside the hazard: an actual walker comes
    /// to a node only up to the rounding of binary32, and must not do worse than planned.
    /// </summary>
    private const double Rim = 1e-6;

    public PointNavLattice(int nodesPerMove)
    {
        Reach = nodesPerMove;
        Side = 10 * nodesPerMove + 1;
        Rewards = new double[Side * Side];
        Costs = new double[Side * Side];
        Goal = new bool[Side * Side];
        for (var node = 0; node < Rewards.Length; node++)
        {
            var (x, y) = PositionOf(node);
            Rewards[node] = PointNav.RewardAt(x, y);
            Goal[node] = Distance(x - PointNav.GoalX, y - PointNav.GoalY) < PointNav.GoalRadius - Rim;
            var apart = Distance(x - PointNav.HazardX, y - PointNav.HazardY);
            Costs[node] = apart < PointNav.HazardRadius + Rim ? 1 : 0;
        }
    }

    /// <summary>k: nodes in the longest move along an axis.</summary>
    public int Reach { get; }

    /// <summary>Nodes along an axis, 10 k + 1.</summary>
    public int Side { get; }

    /// <summary>[Side^2], reward of any action taken at a node.</summary>
    public double[] Rewards { get; }

    /// <summary>[Side^2], cost of any action taken at a node.</summary>
    public double[] Costs { get; }

    /// <summary>[Side^2], whether an action taken at a node is the last.</summary>
    public bool[] Goal { get; }

    public (double X, double Y) PositionOf(int node) =>
        (node % Side / (Side - 1.0), node / Side / (Side - 1.0));

    private static double Distance(double dx, double dy) => Math.Sqrt(dx * dx + dy * dy);
}
