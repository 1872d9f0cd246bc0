using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class PolicyEvaluationTests
{
    // Systems of up to 5 states, gamma at most 0.95, values at most 20: condition at most 40, errors near
    // 1e-13.
    private const double Rounding = 1e-11;

    [Law]
    public bool The_value_is_the_sum_of_the_discounted_signal(Process p)
    {
        // Independent of the linear solver: the first 800 terms; 0.95^800/0.05 is below 1e-16.
        var state = (double[])p.Mdp.Start.Clone();
        double sum = 0.0, discount = 1.0;
        for (var t = 0; t < 800; t++, discount *= p.Mdp.Discount)
        {
            var next = new double[p.Mdp.States];
            ForEach(p.Mdp, (s, a) =>
            {
                var probability = state[s] * p.Policy[s, a];
                sum += discount * probability * p.Mdp.Reward[s, a];
                for (var n = 0; n < p.Mdp.States; n++)
                {
                    next[n] += probability * p.Mdp.Transition(s, a, n);
                }
            });
            state = next;
        }
        return Near(PolicyEvaluation.Return(p.Mdp, p.Policy, p.Mdp.Reward), sum);
    }

    [Law]
    public bool The_value_is_the_mean_of_the_action_values_and_the_advantage_of_none(Process p)
    {
        var values = PolicyEvaluation.Value(p.Mdp, p.Policy, p.Mdp.Cost);
        var q = PolicyEvaluation.ActionValue(p.Mdp, p.Policy, p.Mdp.Cost);
        var advantage = PolicyEvaluation.Advantage(p.Mdp, p.Policy, p.Mdp.Cost);
        return Enumerable.Range(0, p.Mdp.States).All(s =>
        {
            var actions = Enumerable.Range(0, p.Mdp.Actions);
            return Near(actions.Sum(a => p.Policy[s, a] * q[s, a]), values[s])
                && Near(actions.Sum(a => p.Policy[s, a] * advantage[s, a]), 0.0)
                && actions.All(a => Near(q[s, a] - values[s], advantage[s, a]));
        });
    }

    [Law]
    public bool The_occupancy_is_a_distribution_that_prices_every_signal(Process p)
    {
        var d = PolicyEvaluation.ActionOccupancy(p.Mdp, p.Policy);
        double mass = 0.0, reward = 0.0, cost = 0.0;
        ForEach(p.Mdp, (s, a) =>
        {
            mass += d[s, a];
            reward += d[s, a] * p.Mdp.Reward[s, a];
            cost += d[s, a] * p.Mdp.Cost[s, a];
        });
        return Near(mass, 1.0)
            && d.Cast<double>().All(x => x >= -1e-15)
            && Near(reward, (1.0 - p.Mdp.Discount) * PolicyEvaluation.Return(p.Mdp, p.Policy, p.Mdp.Reward))
            && Near(cost, (1.0 - p.Mdp.Discount) * PolicyEvaluation.Return(p.Mdp, p.Policy, p.Mdp.Cost));
    }

    [Law(MaxTest = 30)]
    public bool The_optimum_is_the_best_deterministic_policy_in_every_state(Process p)
    {
        var best = new double[p.Mdp.States];
        foreach (var choice in Frontier.DeterministicPolicies(p.Mdp))
        {
            var values = PolicyEvaluation.Value(p.Mdp, Frontier.PolicyOf(p.Mdp, choice), p.Mdp.Reward);
            for (var s = 0; s < best.Length; s++)
            {
                best[s] = Math.Max(best[s], values[s]);
            }
        }
        var optimal = PolicyEvaluation.Optimal(p.Mdp, p.Mdp.Reward);
        return best.Zip(optimal, Near).All(x => x);
    }

    [Law]
    public bool Episodes_that_can_end_lose_what_would_have_followed(Process p, Fraction survival)
    {
        // Ending with probability 1 - q at every step is a discount of gamma q.
        var (S, A) = (p.Mdp.States, p.Mdp.Actions);
        var shorter = new double[S, A, S];
        ForEach(p.Mdp, (s, a) =>
        {
            for (var n = 0; n < S; n++)
            {
                shorter[s, a, n] = survival.Value * p.Mdp.Transition(s, a, n);
            }
        });
        var ending = new FiniteCmdp(shorter, p.Mdp.Reward, p.Mdp.Cost, p.Mdp.Start, p.Mdp.Discount);
        var same = new double[S, A, S];
        ForEach(p.Mdp, (s, a) =>
        {
            for (var n = 0; n < S; n++)
            {
                same[s, a, n] = p.Mdp.Transition(s, a, n);
            }
        });
        var discounted = new FiniteCmdp(
            same, p.Mdp.Reward, p.Mdp.Cost, p.Mdp.Start, p.Mdp.Discount * survival.Value);
        return Near(
            PolicyEvaluation.Return(ending, p.Policy, p.Mdp.Reward),
            PolicyEvaluation.Return(discounted, p.Policy, p.Mdp.Reward));
    }

    [Test]
    public void A_process_that_is_none_is_refused()
    {
        var good = Road3.Create();
        Assert.Throws<ArgumentException>(() => good.From([0.5, 0.2, 0.2]));
        Assert.Throws<ArgumentException>(() => good.From([1.5, -0.5, 0.0]));
        Assert.Throws<ArgumentException>(() => good.From([1.0]));
        var one = new double[1, 1];
        double[,,] Stay(double p) => new[, ,] { { { p } } };
        Assert.Throws<ArgumentException>(() => _ = new FiniteCmdp(Stay(1.0), one, one, [1.0], 1.0));
        Assert.Throws<ArgumentException>(() => _ = new FiniteCmdp(Stay(1.1), one, one, [1.0], 0.9));
        Assert.Throws<ArgumentException>(() => _ = new FiniteCmdp(Stay(-0.1), one, one, [1.0], 0.9));
        Assert.Throws<ArgumentException>(
            () => _ = new FiniteCmdp(Stay(1.0), new double[2, 1], one, [1.0], 0.9));
        Assert.Throws<ArgumentException>(
            () => _ = new FiniteCmdp(Stay(1.0), new[,] { { double.NaN } }, one, [1.0], 0.9));
        Assert.That(PolicyEvaluation.Return(
            new FiniteCmdp(
                Stay(1.0), new[,] { { 1.0 } }, one, [1.0], 0.9), new[,] { { 1.0 } }, new[,] { { 1.0 } }),
            Is.EqualTo(10.0).Within(1e-13));
    }

    private static void ForEach(FiniteCmdp mdp, Action<int, int> action)
    {
        for (var s = 0; s < mdp.States; s++)
        {
            for (var a = 0; a < mdp.Actions; a++)
            {
                action(s, a);
            }
        }
    }

    private static bool Near(double actual, double expected) =>
        Math.Abs(actual - expected) <= Rounding * (1.0 + Math.Abs(expected));
}
