namespace Plimsoll.Learning.Tabular;

/// <summary>
/// COptiDICE in tables (Lee et al., arXiv 2204.08957, with f chi-square): max over w &gt;= 0 of
/// E_D[w r] - alpha/2 E_D[(w - 1)²] subject to sum_a (d w)(s,a) - gamma sum P(s|s',a') (d w)(s',a') =
/// (1-gamma) rho(s) and E_D[w c] &lt;= b, E_D over the data's occupancy d [S,A], by its dual. An oracle for the
/// networks. All rewards and costs are per step of an occupancy that adds up to 1: (1-gamma) times discounted sums.
/// Errors: ArithmeticException where rounding keeps the dual's gradient from 0; rewards of size 1 with alpha from 1e-4
/// to 1e7 are solved. Binary64; bitwise.
/// </summary>
/// <param name="Weights">w, [S,A].</param>
/// <param name="Values">nu, [S].</param>
/// <param name="Price">Of the cost, at least 0.</param>
/// <param name="Reward">E_D[w r].</param>
/// <param name="Cost">E_D[w c].</param>
/// <param name="Divergence">E_D[(w - 1)²]/2.</param>
/// <param name="Policy">Proportional to d w, [S,A]; uniform where that is 0.</param>
public sealed record OccupancyCorrection(
    double[,] Weights, double[] Values, double Price, double Reward, double Cost, double Divergence, double[,] Policy)
{
    /// <summary>Null where no occupancy within the data's support keeps the threshold.</summary>
    /// <param name="mdp">The process.</param>
    /// <param name="data">d [S,A], of a policy of this process: its support leads nowhere else.</param>
    /// <param name="threshold">b on the cost per step; infinity: none.</param>
    /// <param name="alpha">Above 0.</param>
    /// <exception cref="ArithmeticException">The least value of the dual was not found.</exception>
    public static OccupancyCorrection? Of(FiniteCmdp mdp, double[,] data, double threshold, double alpha)
    {
        var free = AtPrice(mdp, data, 0.0, alpha);
        if (free.Cost <= threshold)
        {
            return free;
        }
        if ((1.0 - mdp.Discount) * ConstrainedOptimum.LeastCost(mdp, data) > threshold + 1e-12)
        {
            return null;
        }
        // D falls in the price at 0 and is convex: its least value over prices of either sign has a positive one.
        var dual = new OccupancyDual(mdp, data, threshold, alpha);
        return Read(mdp, data, dual, dual.Minimise([.. free.Values, 0.0], freePrice: true));
    }

    /// <summary>The correction for a given price of cost and no threshold: the reward is r - price c.</summary>
    /// <exception cref="ArithmeticException">The least value of the dual was not found.</exception>
    public static OccupancyCorrection AtPrice(
        FiniteCmdp mdp, double[,] data, double price, double alpha, double[]? near = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(alpha);
        var dual = new OccupancyDual(mdp, data, 0.0, alpha);
        return Read(mdp, data, dual, dual.Minimise([.. near ?? new double[mdp.States], price], freePrice: false));
    }

    /// <summary>The dual's value at any nu and price: at least E_D[w r] - alpha/2 E_D[(w - 1)²] of every w that the
    /// problem allows, wherever the price is at least 0.</summary>
    public static double Bound(
        FiniteCmdp mdp, double[,] data, double threshold, double alpha, double[] values, double price) =>
        new OccupancyDual(mdp, data, threshold, alpha).Value([.. values, price]);

    private static OccupancyCorrection Read(FiniteCmdp mdp, double[,] data, OccupancyDual dual, double[] point)
    {
        var weights = dual.Weights(point);
        var occupancy = new double[mdp.States, mdp.Actions];
        var (reward, cost, divergence) = (0.0, 0.0, 0.0);
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                occupancy[s, a] = data[s, a] * weights[s, a];
                reward += occupancy[s, a] * mdp.Reward[s, a];
                cost += occupancy[s, a] * mdp.Cost[s, a];
                divergence += 0.5 * data[s, a] * (weights[s, a] - 1.0) * (weights[s, a] - 1.0);
            }
        }
        return new OccupancyCorrection(
            weights, point[..mdp.States], point[mdp.States], reward, cost, divergence,
            ConstrainedOptimum.PolicyOf(occupancy));
    }
}
