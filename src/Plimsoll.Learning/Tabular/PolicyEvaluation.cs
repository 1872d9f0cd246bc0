namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Exact values, occupancies and optima of a <see cref="FiniteCmdp"/> for any signal u [S,A] (reward, cost,
/// safety). Equations: Bellman's; (I - gamma P_pi) V = u_pi and its transpose for occupancies. Binary64;
/// bitwise; O(S^3).
/// </summary>
public static class PolicyEvaluation
{
    /// <summary>V of a policy, [S].</summary>
    public static double[] Value(FiniteCmdp mdp, double[,] policy, double[,] signal)
    {
        var right = new double[mdp.States];
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                right[s] += policy[s, a] * signal[s, a];
            }
        }
        return LinearSystem.Solve(IdentityLessDiscounted(mdp, policy, transposed: false), right);
    }

    /// <summary>Q of a policy, [S,A].</summary>
    public static double[,] ActionValue(FiniteCmdp mdp, double[,] policy, double[,] signal) =>
        mdp.Backup(signal, Value(mdp, policy, signal));

    /// <summary>Q - V of a policy, [S,A].</summary>
    public static double[,] Advantage(FiniteCmdp mdp, double[,] policy, double[,] signal)
    {
        var values = Value(mdp, policy, signal);
        var q = mdp.Backup(signal, values);
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                q[s, a] -= values[s];
            }
        }
        return q;
    }

    /// <summary>The discounted return from the start distribution, V(rho).</summary>
    public static double Return(FiniteCmdp mdp, double[,] policy, double[,] signal)
    {
        var values = Value(mdp, policy, signal);
        var sum = 0.0;
        for (var s = 0; s < mdp.States; s++)
        {
            sum += mdp.Start[s] * values[s];
        }
        return sum;
    }

    /// <summary>
    /// d(s) = (1-gamma) sum of gamma^t Pr(s_t = s), [S]. Sums to 1 unless episodes can end, and then to less.
    /// </summary>
    public static double[] Occupancy(FiniteCmdp mdp, double[,] policy)
    {
        var right = new double[mdp.States];
        for (var s = 0; s < mdp.States; s++)
        {
            right[s] = (1.0 - mdp.Discount) * mdp.Start[s];
        }
        return LinearSystem.Solve(IdentityLessDiscounted(mdp, policy, transposed: true), right);
    }

    /// <summary>d(s) pi(a|s), [S,A]: &lt;d,u&gt; = (1-gamma) V(rho) for every signal u.</summary>
    public static double[,] ActionOccupancy(FiniteCmdp mdp, double[,] policy)
    {
        var states = Occupancy(mdp, policy);
        var d = new double[mdp.States, mdp.Actions];
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                d[s, a] = states[s] * policy[s, a];
            }
        }
        return d;
    }

    /// <summary>
    /// The largest V over all policies, [S], by value iteration until no state moves by more than
    /// tolerance (1-gamma), which leaves an error below the tolerance &gt; 0.
    /// </summary>
    public static double[] Optimal(FiniteCmdp mdp, double[,] signal, double tolerance = 1e-12)
    {
        if (!(tolerance > 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(tolerance), tolerance, "The tolerance is above 0.");
        }
        return FixedPoint.Iterate(mdp, signal, tolerance, (q, s) =>
        {
            var best = q[s, 0];
            for (var a = 1; a < mdp.Actions; a++)
            {
                best = Math.Max(best, q[s, a]);
            }
            return best;
        });
    }

    private static double[,] IdentityLessDiscounted(FiniteCmdp mdp, double[,] policy, bool transposed)
    {
        var matrix = new double[mdp.States, mdp.States];
        for (var s = 0; s < mdp.States; s++)
        {
            matrix[s, s] += 1.0;
            for (var a = 0; a < mdp.Actions; a++)
            {
                for (var n = 0; n < mdp.States; n++)
                {
                    var (row, column) = transposed ? (n, s) : (s, n);
                    matrix[row, column] -= mdp.Discount * policy[s, a] * mdp.Transition(s, a, n);
                }
            }
        }
        return matrix;
    }
}
