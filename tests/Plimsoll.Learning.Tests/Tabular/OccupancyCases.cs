using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Tabular;

/// <summary>What the tests of occupancies share.</summary>
internal static class OccupancyCases
{
    /// <summary>One state, r = c = (1, 0).</summary>
    internal static FiniteCmdp Bandit()
    {
        var stay = new double[1, 2, 1];
        stay[0, 0, 0] = stay[0, 1, 0] = 1;
        return new FiniteCmdp(stay, new[,] { { 1.0, 0.0 } }, new[,] { { 1.0, 0.0 } }, [1.0], 0.9);
    }

    /// <summary>What p w misses of a flow of the process, [S].</summary>
    internal static double[] Residual(FiniteCmdp mdp, double[,] p, double[,] w)
    {
        var residual = new double[mdp.States];
        for (var s = 0; s < mdp.States; s++)
        {
            residual[s] -= (1 - mdp.Discount) * mdp.Start[s];
            for (var a = 0; a < mdp.Actions; a++)
            {
                residual[s] += p[s, a] * w[s, a];
                for (var n = 0; n < mdp.States; n++)
                    residual[n] -= mdp.Discount * mdp.Transition(s, a, n) * p[s, a] * w[s, a];
            }
        }
        return residual;
    }
}
