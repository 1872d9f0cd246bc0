namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The best policy within a cost limit, by the linear programme over occupancies x(s,a) = sum of gamma^t
/// Pr(s_t = s, a_t = a) (Altman 1999): max sum r x over x &gt;= 0 with sum_a x(s,a) - gamma sum P(s|s',a') x(s',a')
/// = rho(s) and sum c x &lt;= limit. Its prices are V of the penalised reward r - price c, [S], and the price of the
/// limit. Binary64; bitwise; some hundred states and actions.
/// </summary>
/// <param name="Outcome">V_c(rho) and V_r(rho) of the optimum.</param>
/// <param name="Occupancy">(1 - gamma) x, [S,A].</param>
/// <param name="Policy">[S,A]; uniform in states that it never visits.</param>
/// <param name="Values">Prices of the flow: the optimal values of r - price c in the states that the optimum visits, no
/// smaller than those elsewhere.</param>
/// <param name="Price">Of the limit: d V_r / d limit, at least 0. At the least limit that any policy keeps, a larger
/// one may stand for it.</param>
public sealed record ConstrainedOptimum(
    Outcome Outcome, double[,] Occupancy, double[,] Policy, double[] Values, double Price)
{
    /// <summary>Null where no policy keeps the limit.</summary>
    /// <param name="mdp">The process.</param>
    /// <param name="limit">On V_c(rho); infinity: none.</param>
    public static ConstrainedOptimum? Of(FiniteCmdp mdp, double limit)
    {
        var limited = !double.IsPositiveInfinity(limit);
        var programme = new LinearProgramme(
            Flat(mdp.Reward), Flow(mdp), mdp.Start, limited ? Row(mdp.Cost) : new double[0, mdp.States * mdp.Actions],
            limited ? [limit] : []);
        return programme.Solve() switch
        {
            LinearOutcome.Optimal optimal => Read(mdp, optimal, limited),
            LinearOutcome.Infeasible => null,
            _ => throw new ArithmeticException("Occupancies are bounded, and so is their reward."),
        };
    }

    /// <summary>The least V_c(rho) of any policy, or of those that do only what has a positive entry in a table [S,A];
    /// infinity where there is none.</summary>
    public static double LeastCost(FiniteCmdp mdp, double[,]? support = null)
    {
        var costs = Flat(mdp.Cost);
        // What is ruled out adds up to at most 0.
        var barred = new double[support is null ? 0 : 1, costs.Length];
        for (var i = 0; i < costs.Length && support is not null; i++)
        {
            barred[0, i] = support[i / mdp.Actions, i % mdp.Actions] > 0.0 ? 0.0 : 1.0;
        }
        var programme = new LinearProgramme(
            [.. costs.Select(c => -c)], Flow(mdp), mdp.Start, barred, new double[barred.GetLength(0)]);
        return programme.Solve() is LinearOutcome.Optimal optimal ? -optimal.Value : double.PositiveInfinity;
    }

    /// <summary>The policy of an occupancy, [S,A]; uniform where it is 0.</summary>
    public static double[,] PolicyOf(double[,] occupancy)
    {
        var (states, actions) = (occupancy.GetLength(0), occupancy.GetLength(1));
        var policy = new double[states, actions];
        for (var s = 0; s < states; s++)
        {
            var sum = 0.0;
            for (var a = 0; a < actions; a++)
            {
                sum += occupancy[s, a];
            }
            for (var a = 0; a < actions; a++)
            {
                policy[s, a] = sum > 0.0 ? occupancy[s, a] / sum : 1.0 / actions;
            }
        }
        return policy;
    }

    private static ConstrainedOptimum Read(FiniteCmdp mdp, LinearOutcome.Optimal optimal, bool limited)
    {
        var occupancy = new double[mdp.States, mdp.Actions];
        var (cost, reward) = (0.0, 0.0);
        for (var i = 0; i < optimal.Solution.Length; i++)
        {
            var (s, a) = (i / mdp.Actions, i % mdp.Actions);
            cost += mdp.Cost[s, a] * optimal.Solution[i];
            reward += mdp.Reward[s, a] * optimal.Solution[i];
            occupancy[s, a] = (1.0 - mdp.Discount) * optimal.Solution[i];
        }
        return new ConstrainedOptimum(
            new Outcome(cost, reward), occupancy, PolicyOf(occupancy), optimal.EqualityPrices,
            limited ? optimal.LimitPrices[0] : 0.0);
    }

    private static double[,] Flow(FiniteCmdp mdp)
    {
        var flow = new double[mdp.States, mdp.States * mdp.Actions];
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                var column = s * mdp.Actions + a;
                flow[s, column] += 1.0;
                for (var n = 0; n < mdp.States; n++)
                {
                    flow[n, column] -= mdp.Discount * mdp.Transition(s, a, n);
                }
            }
        }
        return flow;
    }

    private static double[] Flat(double[,] table) => [.. table.Cast<double>()];

    private static double[,] Row(double[,] table)
    {
        var flat = Flat(table);
        var row = new double[1, flat.Length];
        for (var i = 0; i < flat.Length; i++)
        {
            row[0, i] = flat[i];
        }
        return row;
    }
}
