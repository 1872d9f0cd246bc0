using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class NaturalPolicyGradientTests
{
    [Law]
    public bool A_softmax_ignores_a_constant_per_state_and_cannot_overflow(Process p, Moderate shift)
    {
        var logits = Logits(p);
        var moved = (double[,])logits.Clone();
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
            {
                moved[s, a] += 1e3 * shift.Value;
            }
        }
        var policy = NaturalPolicyGradient.Softmax(moved);
        // The shifted logits are rounded at 1e4, that is by 1e-12.
        return policy.Cast<double>().Zip(p.Policy.Cast<double>()).All(
            x => Math.Abs(x.First - x.Second) <= 1e-11);
    }

    [Law]
    public bool The_fisher_matrix_times_the_direction_is_the_gradient(Process p)
    {
        // The gradient by central differences of the return in each logit (step 1e-4: truncation 1e-8 times
        // third derivatives below 1e3, rounding 1e-13/1e-4); F = d(s) (diag pi - pi pi') state by state.
        const double h = 1e-4;
        var logits = Logits(p);
        var x = NaturalPolicyGradient.Direction(p.Mdp, p.Policy, p.Mdp.Reward);
        var d = PolicyEvaluation.Occupancy(p.Mdp, p.Policy);
        for (var s = 0; s < p.Mdp.States; s++)
        {
            var actions = Enumerable.Range(0, p.Mdp.Actions).ToArray();
            if (Math.Abs(actions.Sum(a => x[s, a])) > 1e-9)
            {
                return false;
            }
            foreach (var a in actions)
            {
                double At(double step)
                {
                    var moved = (double[,])logits.Clone();
                    moved[s, a] += step;
                    return PolicyEvaluation.Return(p.Mdp, NaturalPolicyGradient.Softmax(moved), p.Mdp.Reward);
                }
                var gradient = (At(h) - At(-h)) / (2.0 * h);
                var fisher = d[s] * p.Policy[s, a] * (x[s, a] - actions.Sum(b => p.Policy[s, b] * x[s, b]));
                // F is the policy's own Fisher matrix under d, and grad V = d pi A/(1-gamma).
                if (Math.Abs(fisher - gradient) > 1e-5)
                {
                    return false;
                }
            }
        }
        return true;
    }

    [Law]
    public bool A_reward_step_of_any_size_lowers_no_states_value(Process p, Scale rate)
    {
        var logits = Logits(p);
        var step = NaturalPolicyGradient.Direction(p.Mdp, p.Policy, p.Mdp.Reward);
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
            {
                logits[s, a] += Math.Min(rate.Value, 5.0) * step[s, a];
            }
        }
        var before = PolicyEvaluation.Value(p.Mdp, p.Policy, p.Mdp.Reward);
        var after = PolicyEvaluation.Value(p.Mdp, NaturalPolicyGradient.Softmax(logits), p.Mdp.Reward);
        return before.Zip(after).All(v => v.Second >= v.First - 1e-10);
    }

    // The policies have full support, so their logarithms are logits.
    private static double[,] Logits(Process p)
    {
        var logits = new double[p.Mdp.States, p.Mdp.Actions];
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
            {
                logits[s, a] = Math.Log(p.Policy[s, a]);
            }
        }
        return logits;
    }
}
