namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The cost critic that a table learns under the pessimism penalty with a fixed target y: the minimiser of
/// E_b (Q - y)^2 - alpha E_pi Q (plain), or of the same with - alpha (E_pi Q - E_b Q) (centred):
///   plain:   y + alpha/2 pi/b,     centred: y + alpha/2 (pi/b - 1).
/// <para>Equation: DRCORL (arXiv 2502.12391), equation (18), whose sign of the penalty is reconstructed from
/// the text. The centred form differs from the source: it leaves the mean over the behaviour's actions where
/// it was. Under the policy both raise it: by alpha/2 sum pi^2/b, or alpha/2 chi^2(pi||b).</para>
/// <para>alpha &gt;= 0 in the unit of the critic; probabilities pi &gt;= 0, b &gt; 0: outside the data's
/// support nothing bounds Q (ArgumentOutOfRangeException). Binary64; bitwise.</para>
/// </summary>
public static class PessimisticCritic
{
    /// <summary>Q of one action with its probabilities under the policy and the behaviour.</summary>
    public static double Minimiser(double target, double policy, double behaviour, double alpha, bool centred)
    {
        if (!(behaviour > 0.0))
        {
            throw new ArgumentOutOfRangeException(
                nameof(behaviour), behaviour, "The behaviour takes the action with a probability above 0.");
        }
        if (!(alpha >= 0.0 && policy >= 0.0))
        {
            throw new ArgumentOutOfRangeException(nameof(alpha), alpha, "alpha and pi are at least 0.");
        }
        return target + 0.5 * alpha * (policy / behaviour - (centred ? 1.0 : 0.0));
    }

    /// <summary>
    /// Q [S,A] at the fixed point of the penalised regression when the target bootstraps, y = c + gamma P_pi
    /// Q: the exact value of a cost that is raised by alpha/2 pi/b (less alpha/2 when centred).
    /// </summary>
    public static double[,] FixedPoint(
        FiniteCmdp mdp, double[,] policy, double[,] behaviour, double alpha, bool centred)
    {
        var raised = new double[mdp.States, mdp.Actions];
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                raised[s, a] = Minimiser(mdp.Cost[s, a], policy[s, a], behaviour[s, a], alpha, centred);
            }
        }
        return PolicyEvaluation.ActionValue(mdp, policy, raised);
    }
}
