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
    public bool The_bounds_are_those_computed_here(Process p, Fraction mix)
    {
        var (lhs, tight, pinsker, split) = Bounds(p, 0.5 * mix.Value);
        var found = BehaviourBound.Of(p.Mdp, Mixed(p, 0.5 * mix.Value), p.Behaviour);
        return Math.Abs(found.Difference - lhs) <= 1e-10 && Math.Abs(found.ByAdvantage - tight) <= 1e-10
            && Math.Abs(found.ByDivergence - pinsker) <= 1e-9 && Math.Abs(found.Split - split) <= 1e-8;
    }

    [Law]
    public bool However_far_the_policy_no_bound_is_broken_and_a_safe_behaviour_makes_it_nearly_safe(Process p)
    {
        var bound = BehaviourBound.Of(p.Mdp, p.Policy, p.Behaviour);
        var limit = PolicyEvaluation.Return(p.Mdp, p.Behaviour, p.Mdp.Cost) + 0.01;
        var cost = PolicyEvaluation.Return(p.Mdp, p.Policy, p.Mdp.Cost);
        return Math.Abs(bound.Difference) <= bound.ByAdvantage + 1e-9
            && bound.ByAdvantage <= bound.ByDivergence + 1e-9 && bound.ByDivergence <= bound.Split
            && cost <= limit + bound.ByDivergence + 1e-9;
    }

    [Law]
    public bool The_bound_falls_as_the_root_of_the_divergence(Process p)
    {
        // KL falls as the square of the mixture's share, so the bound falls as the share, once that is small beside the
        // rarest of the behaviour's actions.
        var (near, nearer) = (
            BehaviourBound.Of(p.Mdp, Mixed(p, 1e-6), p.Behaviour), BehaviourBound.Of(p.Mdp, Mixed(p, 5e-7), p.Behaviour));
        return Math.Abs(near.LargestDivergence / nearer.LargestDivergence - 4) <= 0.4
            && Math.Abs(near.ByDivergence / nearer.ByDivergence - 2) <= 0.1;
    }

    [Test]
    public void Three_hundred_processes_leave_room_under_the_bound_by_divergence()
    {
        var ratios = Enumerable.Range(0, 300).Select(seed =>
        {
            var p = Process.FromSeed(seed);
            var bound = BehaviourBound.Of(p.Mdp, p.Policy, p.Behaviour);
            return Math.Abs(bound.Difference) / bound.ByDivergence;
        }).ToArray();
        Assert.That(ratios.Max(), Is.LessThan(1.0).And.GreaterThan(0.3), "no violation, and not idle");
    }

    [Test]
    public void What_the_behaviour_never_does_has_no_bound_by_divergence()
    {
        var road = Road3.Create();
        var bound = BehaviourBound.Of(road, road.UniformPolicy(), Frontier.PolicyOf(road, [1, 0, 0]));
        Assert.That(bound.ByDivergence, Is.EqualTo(double.PositiveInfinity));
        Assert.That(bound.Difference, Is.LessThanOrEqualTo(bound.ByAdvantage));
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

    private static double[,] Mixed(Process p, double mix)
    {
        var policy = new double[p.Mdp.States, p.Mdp.Actions];
        for (var i = 0; i < policy.Length; i++)
        {
            var (s, a) = (i / p.Mdp.Actions, i % p.Mdp.Actions);
            policy[s, a] = (1.0 - mix) * p.Behaviour[s, a] + mix * p.Policy[s, a];
        }
        return policy;
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
