using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Natural gradients of a softmax policy pi(a|s) = exp w(s,a) / sum exp w(s,.), all [S,A].
/// <para>Equation: Agarwal et al. (arXiv 1908.00261), NPG as soft policy iteration: F+ grad V = A/(1-gamma)
/// up to a constant per state; here the constant that makes each state's mean 0, the pseudo-inverse's own
/// choice. Binary64; bitwise.</para>
/// </summary>
public static class NaturalPolicyGradient
{
    /// <summary>The policy of the logits; the largest is subtracted first, so no logit overflows.</summary>
    public static double[,] Softmax(double[,] logits)
    {
        var states = logits.GetLength(0);
        var actions = logits.GetLength(1);
        var policy = new double[states, actions];
        for (var s = 0; s < states; s++)
        {
            var largest = logits[s, 0];
            for (var a = 1; a < actions; a++)
            {
                largest = Math.Max(largest, logits[s, a]);
            }
            var sum = 0.0;
            for (var a = 0; a < actions; a++)
            {
                policy[s, a] = ScalarDouble.Exp(logits[s, a] - largest);
                sum += policy[s, a];
            }
            for (var a = 0; a < actions; a++)
            {
                policy[s, a] /= sum;
            }
        }
        return policy;
    }

    /// <summary>(A(s,a) - mean over a of A(s,.))/(1-gamma): the direction that raises the signal's
    /// value.</summary>
    public static double[,] Direction(FiniteCmdp mdp, double[,] policy, double[,] signal)
    {
        var advantage = PolicyEvaluation.Advantage(mdp, policy, signal);
        for (var s = 0; s < mdp.States; s++)
        {
            var mean = 0.0;
            for (var a = 0; a < mdp.Actions; a++)
            {
                mean += advantage[s, a] / mdp.Actions;
            }
            for (var a = 0; a < mdp.Actions; a++)
            {
                advantage[s, a] = (advantage[s, a] - mean) / (1.0 - mdp.Discount);
            }
        }
        return advantage;
    }
}
