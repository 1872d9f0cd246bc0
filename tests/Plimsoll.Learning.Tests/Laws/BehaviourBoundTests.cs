using NUnit.Framework;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Laws;

/// <summary>
/// A policy close to the behaviour costs little more: with eps = max KL(pi||b), A the behaviour's cost
/// advantage and delta = max |E_pi A|, V_pi - V_b is at most delta/(1-gamma), at most sqrt(2 eps)
/// max|A|/(1-gamma), and at most sqrt(2 E_d KL) (max|A|/(1-gamma) + gamma delta/(1-gamma)^2) (DRCORL,
/// proposition 3.1, after CPO).
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
            && bound.ByAdvantage <= bound.ByDivergence + 1e-9 && Math.Abs(bound.Difference) <= bound.Split + 1e-9
            && cost <= limit + bound.ByDivergence + 1e-9;
    }

    [Law]
    public bool The_bound_falls_as_the_root_of_the_divergence(Process p)
    {
        // KL = sum b (x²/2 - x³/6 + ...), x = share (pi - b)/b, falls as the square of the mixture's share, and so the
        // bound as the share, once every |x| is small: at most 0.01 here, which leaves a ratio of 4 (1 +- 0.01). Then
        // KL is at least 1e-5 b where |x| is largest, far above the rounding of its terms, 1e-16 or so.
        var share = 0.01 * Math.Min(1, p.Behaviour.Cast<double>().Zip(
            p.Policy.Cast<double>(), (b, q) => b / Math.Max(Math.Abs(q - b), 1e-300)).Min());
        var near = BehaviourBound.Of(p.Mdp, Mixed(p, share), p.Behaviour);
        var nearer = BehaviourBound.Of(p.Mdp, Mixed(p, 0.5 * share), p.Behaviour);
        return Math.Abs(near.LargestDivergence / nearer.LargestDivergence - 4) <= 0.1
            && Math.Abs(near.ByDivergence / nearer.ByDivergence - 2) <= 0.05;
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
    public void In_three_hundred_processes_the_split_is_sometimes_the_smaller_and_never_broken()
    {
        var bounds = Enumerable.Range(0, 300).Select(seed =>
        {
            // All of the difference in the state that the behaviour visits least.
            var p = Process.FromSeed(seed);
            var visits = PolicyEvaluation.Occupancy(p.Mdp, p.Behaviour);
            var (policy, rare) = ((double[,])p.Behaviour.Clone(), Array.IndexOf(visits, visits.Min()));
            for (var a = 0; a < p.Mdp.Actions; a++) policy[rare, a] = p.Policy[rare, a];
            return BehaviourBound.Of(p.Mdp, policy, p.Behaviour);
        }).ToArray();
        Assert.That(bounds.Max(b => Math.Abs(b.Difference) / b.Split), Is.LessThan(1.0).And.GreaterThan(0.2));
        Assert.That(bounds.Count(b => b.Split < b.ByDivergence), Is.GreaterThan(30).And.LessThan(270));
    }

    [Test]
    public void What_the_behaviour_never_does_has_no_bound_by_divergence()
    {
        var road = Road3.Create();
        var bound = BehaviourBound.Of(road, road.UniformPolicy(), Frontier.PolicyOf(road, [1, 0, 0]));
        Assert.That(bound.ByDivergence, Is.EqualTo(double.PositiveInfinity));
        Assert.That(bound.Difference, Is.LessThanOrEqualTo(bound.ByAdvantage));
        Assert.That(bound.Split, Is.EqualTo(double.PositiveInfinity), "in a state that the behaviour visits");
    }

    [Test]
    public void Where_the_behaviour_never_comes_what_it_never_does_is_in_no_split()
    {
        // Always the slow road: the fast one's state is never visited, and neither is it by a policy that does
        // something else there.
        var road = Road3.Create();
        var bound = BehaviourBound.Of(
            road, Frontier.PolicyOf(road, [1, 0, 0]), Frontier.PolicyOf(road, [1, 1, 0]));
        Assert.That(bound.ByDivergence, Is.EqualTo(double.PositiveInfinity));
        Assert.That(bound.Split, Is.EqualTo(0).Within(1e-12));
        Assert.That(bound.Difference, Is.EqualTo(0).Within(1e-12));
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
        // CPO's two terms apart: the advantage over the behaviour's occupancy, and the occupancy's shift.
        var average = Math.Sqrt(2.0 * meanKl) * largest / (1.0 - gamma);
        var split = average + Math.Sqrt(2.0 * meanKl) * gamma * delta / ((1.0 - gamma) * (1.0 - gamma));
        return (difference, delta / (1.0 - gamma), pinsker, split);
    }
}
