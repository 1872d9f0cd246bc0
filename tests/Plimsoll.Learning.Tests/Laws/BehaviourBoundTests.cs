using NUnit.Framework;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Laws;

/// <summary>
/// A policy close to the behaviour costs little more: with eps = max KL(pi||b), A the behaviour's cost
/// advantage and delta = max |E_pi A|, V_pi - V_b is at most delta/(1-gamma), at most sqrt(2 eps)
/// max|A|/(1-gamma), and at most that plus sqrt(2 E_d KL) gamma delta/(1-gamma)^2 (DRCORL, proposition 3.1).
/// </summary>
public sealed class BehaviourBoundTests
{
    [Law]
    public bool A_policy_near_the_behaviour_is_nearly_as_safe(Process p, Fraction mix)
    {
        var (lhs, tight, pinsker, split) = Bounds(p, 0.5 * mix.Value);
        return Math.Abs(lhs) <= tight + 1e-9 && tight <= pinsker + 1e-9 && Math.Abs(lhs) <= split + 1e-9;
    }

    [Test]
    public void The_bound_is_not_idle()
    {
        var ratios = Enumerable.Range(0, 300).Select(seed =>
        {
            var (lhs, tight, _, _) = Bounds(Process.FromSeed(seed), 0.3);
            return Math.Abs(lhs) / tight;
        }).ToArray();
        // Were delta or 1-gamma mistaken by a factor of two, some of these processes would break the tight
        // bound.
        Assert.That(ratios.Max(), Is.GreaterThan(0.9).And.LessThanOrEqualTo(1.0 + 1e-9));
    }

    [Law]
    public bool The_difference_is_the_policys_occupancy_of_the_behaviours_advantage(Process p)
    {
        // The performance difference lemma, exactly.
        var advantage = PolicyEvaluation.Advantage(p.Mdp, p.Behaviour, p.Mdp.Cost);
        var d = PolicyEvaluation.ActionOccupancy(p.Mdp, p.Policy);
        var gained =
            d.Cast<double>().Zip(advantage.Cast<double>(), (x, a) => x * a).Sum() / (1.0 - p.Mdp.Discount);
        var difference = PolicyEvaluation.Return(p.Mdp, p.Policy, p.Mdp.Cost)
            - PolicyEvaluation.Return(p.Mdp, p.Behaviour, p.Mdp.Cost);
        return Math.Abs(gained - difference) <= 1e-10;
    }

    private static (double Difference, double Tight, double Pinsker, double Split) Bounds(
        Process p, double mix)
    {
        var (states, actions, gamma) = (p.Mdp.States, p.Mdp.Actions, p.Mdp.Discount);
        var policy = new double[states, actions];
        var advantage = PolicyEvaluation.Advantage(p.Mdp, p.Behaviour, p.Mdp.Cost);
        var d = PolicyEvaluation.Occupancy(p.Mdp, p.Behaviour);
        double eps = 0.0, meanKl = 0.0, delta = 0.0;
        for (var s = 0; s < states; s++)
        {
            double kl = 0.0, shift = 0.0;
            for (var a = 0; a < actions; a++)
            {
                policy[s, a] = (1.0 - mix) * p.Behaviour[s, a] + mix * p.Policy[s, a];
                kl += policy[s, a] * Math.Log(policy[s, a] / p.Behaviour[s, a]);
                shift += policy[s, a] * advantage[s, a];
            }
            eps = Math.Max(eps, kl);
            meanKl += d[s] * kl;
            delta = Math.Max(delta, Math.Abs(shift));
        }
        var largest = advantage.Cast<double>().Max(Math.Abs);
        var difference = PolicyEvaluation.Return(p.Mdp, policy, p.Mdp.Cost)
            - PolicyEvaluation.Return(p.Mdp, p.Behaviour, p.Mdp.Cost);
        var pinsker = Math.Sqrt(2.0 * eps) * largest / (1.0 - gamma);
        var split = pinsker + Math.Sqrt(2.0 * meanKl) * gamma * delta / ((1.0 - gamma) * (1.0 - gamma));
        return (difference, delta / (1.0 - gamma), pinsker, split);
    }
}
