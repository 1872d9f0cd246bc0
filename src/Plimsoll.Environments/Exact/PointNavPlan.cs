namespace Plimsoll.Environments.Exact;

/// <summary>
/// An optimal lattice policy of PointNav for one price of cost: maximises return - price * cost.
/// </summary>
/// <remarks>
/// Deterministic shortest paths: with stage price s(p) = -reward(p) + price * cost(p) > 0,
/// V(p) = s(p) at the goal, else s(p) + min over moves of V(p'). Dijkstra's order settles nodes by
/// ascending V; V(p) - s(p) is then the V of the first settled node within reach. Ties go to the node
/// settled first. From any other position the plan moves to the best node within reach, which makes it a
/// policy of the task from every start: its return and cost are reached, not approximated. A lattice of
/// 2 k holds that of k, so such refining never worsens the objective from any start. Every optimal path is
/// far shorter than the horizon of 100, so the time limit is idle.
/// </remarks>
public sealed class PointNavPlan
{
    /// <summary>Starts are averaged over the midpoints of this many by this many equal cells.</summary>
    private const int StartsPerAxis = 128;

    private readonly PointNavLattice lattice;
    private readonly double[] values;
    private readonly double[] returns;
    private readonly double[] costs;

    private PointNavPlan(PointNavLattice lattice, double price)
    {
        this.lattice = lattice;
        Price = price;
        values = new double[lattice.Rewards.Length];
        returns = new double[values.Length];
        costs = new double[values.Length];
        Array.Fill(values, double.PositiveInfinity);
        Settle();
        (MeanReturn, MeanCost) = AverageOverStarts();
    }

    /// <summary>Reward given up for one unit of cost, at least 0.</summary>
    public double Price { get; }

    /// <summary>Mean undiscounted return over starts uniform outside the goal.</summary>
    public double MeanReturn { get; }

    /// <summary>Mean undiscounted cost over starts uniform outside the goal.</summary>
    public double MeanCost { get; }

    /// <summary>Plans on the lattice of spacing 0.1 / nodesPerMove.</summary>
    /// <param name="price">Reward given up for one unit of cost, finite and at least 0.</param>
    /// <param name="nodesPerMove">k, at least 1; time grows with k^4.</param>
    public static PointNavPlan For(double price, int nodesPerMove)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(nodesPerMove, 1);
        return On(new PointNavLattice(nodesPerMove), price);
    }

    internal static PointNavPlan On(PointNavLattice lattice, double price)
    {
        if (!(price >= 0) || double.IsInfinity(price))
        {
            throw new ArgumentOutOfRangeException(
                nameof(price), price, "A price is finite and not negative.");
        }

        return new PointNavPlan(lattice, price);
    }

    /// <summary>
    /// The action of the plan at any position: to the best lattice node within reach. Following it from
    /// anywhere is a policy of the task itself, on the lattice after the first step.
    /// </summary>
    /// <param name="x">In [0, 1].</param>
    /// <param name="y">In [0, 1].</param>
    /// <returns>In [-1, 1]^2.</returns>
    public (double X, double Y) ActionAt(double x, double y)
    {
        var (goalX, goalY) = lattice.PositionOf(BestInReach(x, y));
        return ((goalX - x) / PointNav.StepSize, (goalY - y) / PointNav.StepSize);
    }

    /// <summary>Undiscounted return and cost of the plan from a position outside the goal.</summary>
    public (double Return, double Cost) From(double x, double y)
    {
        var next = BestInReach(x, y);
        return (PointNav.RewardAt(x, y) + returns[next], PointNav.CostAt(x, y) + costs[next]);
    }

    private (double Return, double Cost) AverageOverStarts()
    {
        var (sumReturn, sumCost, number) = (0.0, 0.0, 0);
        for (var j = 0; j < StartsPerAxis; j++)
        {
            for (var i = 0; i < StartsPerAxis; i++)
            {
                var (x, y) = ((i + 0.5) / StartsPerAxis, (j + 0.5) / StartsPerAxis);
                if (!PointNav.IsGoal(x, y))
                {
                    var (episodeReturn, cost) = From(x, y);
                    (sumReturn, sumCost, number) = (sumReturn + episodeReturn, sumCost + cost, number + 1);
                }
            }
        }

        return (sumReturn / number, sumCost / number);
    }

    private int BestInReach(double x, double y)
    {
        var (firstRow, lastRow) = Reach(y);
        var (firstColumn, lastColumn) = Reach(x);
        var best = firstColumn + firstRow * lattice.Side;
        for (var j = firstRow; j <= lastRow; j++)
        {
            for (var node = firstColumn + j * lattice.Side; node <= lastColumn + j * lattice.Side; node++)
            {
                best = values[node] < values[best] ? node : best;
            }
        }

        return best;
    }

    /// <summary>
    /// First and last lattice coordinate within one move. A walker that came to a node through binary32
    /// stands a rounding error beside it; the slack keeps the outermost node in its reach.
    /// </summary>
    private (int First, int Last) Reach(double coordinate)
    {
        const double slack = 5e-7;
        var cells = lattice.Side - 1;
        var first = (int)Math.Ceiling((coordinate - PointNav.StepSize - slack) * cells);
        var last = (int)Math.Floor((coordinate + PointNav.StepSize + slack) * cells);
        return (Math.Max(0, first), Math.Min(cells, last));
    }

    private double StagePrice(int node) => -lattice.Rewards[node] + Price * lattice.Costs[node];

    private void Settle()
    {
        var queue = new PriorityQueue<int, (double Value, int Node)>();
        for (var node = 0; node < values.Length; node++)
        {
            if (lattice.Goal[node])
            {
                values[node] = StagePrice(node);
                (returns[node], costs[node]) = (lattice.Rewards[node], lattice.Costs[node]);
                queue.Enqueue(node, (values[node], node));
            }
        }

        // The first settled neighbour is the best one, so a node's value is final once it is set.
        while (queue.TryDequeue(out var settled, out _))
        {
            var (firstRow, lastRow) = Around(settled / lattice.Side);
            var (firstColumn, lastColumn) = Around(settled % lattice.Side);
            for (var j = firstRow; j <= lastRow; j++)
            {
                for (var i = firstColumn; i <= lastColumn; i++)
                {
                    var node = i + j * lattice.Side;
                    if (double.IsPositiveInfinity(values[node]))
                    {
                        values[node] = StagePrice(node) + values[settled];
                        returns[node] = lattice.Rewards[node] + returns[settled];
                        costs[node] = lattice.Costs[node] + costs[settled];
                        queue.Enqueue(node, (values[node], node));
                    }
                }
            }
        }
    }

    private (int First, int Last) Around(int coordinate) => (
        Math.Max(0, coordinate - lattice.Reach), Math.Min(lattice.Side - 1, coordinate + lattice.Reach));
}
