using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class OccupancyCorrectionTests
{
    private static readonly FiniteCmdp Road = Road3.Create();
    private static readonly double[,] Uniform = PolicyEvaluation.ActionOccupancy(Road, Road.UniformPolicy());

    // Golden numbers of an iterative solver, printed to five or six decimals, the last one uncertain by a unit:
    // uniform behaviour, limit 2, so b = 0.2. That ours are the optimum is proven by the laws below.
    [TestCase(1.0, 0.66328, 0.777048, 0.2)]
    [TestCase(0.1, 2.26295, 0.81296, 0.2)]
    [TestCase(0.01, 2.38241, 0.819883, 0.2)]
    [TestCase(10.0, 0.0, 0.604670, 0.137843)]
    public void On_the_three_roads(double alpha, double price, double reward, double cost)
    {
        var found = OccupancyCorrection.Of(Road, Uniform, 0.2, alpha)!;
        Assert.Multiple(() =>
        {
            Assert.That(found.Price, Is.EqualTo(price).Within(1e-5));
            Assert.That(found.Reward, Is.EqualTo(reward).Within(alpha == 0.1 ? 1e-5 : 1e-6));
            Assert.That(found.Cost, Is.EqualTo(cost).Within(5.1e-7));
        });
    }

    [Test]
    public void On_the_three_roads_it_comes_to_the_linear_programme()
    {
        var optimum = ConstrainedOptimum.Of(Road, 2.0)!;
        var found = OccupancyCorrection.Of(Road, Uniform, 0.2, 0.01)!;
        Assert.That(found.Reward, Is.EqualTo(0.1 * optimum.Outcome.Reward).Within(1e-9));
        var lived = Frontier.OutcomeOf(Road, found.Policy);
        Assert.That(lived.Reward, Is.EqualTo(optimum.Outcome.Reward).Within(1e-8));
        Assert.That(lived.Cost, Is.EqualTo(2.0).Within(1e-8));
        // Its price comes to the programme's as alpha falls, in proportion.
        var twice = OccupancyCorrection.Of(Road, Uniform, 0.2, 0.02)!;
        var (near, far) = (2.15 / 0.9 - found.Price, 2.15 / 0.9 - twice.Price);
        Assert.That(far / near, Is.EqualTo(2).Within(1e-6));
    }

    // One state, r = c = (1, 0), behaviour (p, 1 - p): by hand, price 1 - alpha (b - p)/(p (1 - p)) where that is at
    // least 0, and w = (b/p, (1 - b)/(1 - p)).
    [TestCase(0.5, 0.6, 0.5, 0.8)]
    [TestCase(0.5, 0.6, 1.0, 0.6)]
    [TestCase(0.5, 0.6, 2.0, 0.2)]
    [TestCase(0.3, 0.4, 0.1, 1 - 0.1 * 0.1 / 0.21)]
    public void On_a_bandit(double p, double b, double alpha, double price)
    {
        var found = OccupancyCorrection.Of(OccupancyCases.Bandit(), new[,] { { p, 1 - p } }, b, alpha)!;
        Assert.That(found.Price, Is.EqualTo(price).Within(1e-10));
        Assert.That(found.Weights.Cast<double>(), Is.EqualTo(new[] { b / p, (1 - b) / (1 - p) }).Within(1e-10));
    }

    [Test]
    public void On_a_bandit_a_strong_pull_to_the_data_leaves_the_limit_idle()
    {
        // Without a price: w = (1 + (1 - p)/alpha, 1 - p/alpha), so d_1 = p + p (1 - p)/alpha = 0.525.
        var found = OccupancyCorrection.Of(OccupancyCases.Bandit(), new[,] { { 0.5, 0.5 } }, 0.6, 10)!;
        Assert.That(found.Price, Is.Zero);
        Assert.That(found.Cost, Is.EqualTo(0.525).Within(1e-10));
    }

    [Law(MaxTest = 100)]
    public bool It_keeps_the_flow_the_threshold_and_slackness(Process p, Fraction at, Scale size)
    {
        var (data, threshold, alpha) = Problem(p, at, size);
        var found = OccupancyCorrection.Of(p.Mdp, data, threshold, alpha)!;
        var scale = 1 + found.Price;
        return found.Weights.Cast<double>().All(w => w >= 0)
            && Math.Abs(Total(p.Mdp, data, found.Weights) - 1) <= 1e-9
            && OccupancyCases.Residual(p.Mdp, data, found.Weights).All(x => Math.Abs(x) <= 1e-9)
            && found.Price >= 0 && found.Cost <= threshold + 1e-9
            && found.Price * (threshold - found.Cost) <= 1e-9 * scale
            && Math.Abs(Frontier.OutcomeOf(p.Mdp, found.Policy).Reward * (1 - p.Mdp.Discount) - found.Reward) <= 1e-7;
    }

    [Law(MaxTest = 100)]
    public bool The_dual_is_nowhere_below_the_primal_and_meets_it_at_the_optimum(
        Process p, Fraction at, Scale size, Moderate shift, Fraction price)
    {
        var (data, threshold, alpha) = Problem(p, at, size);
        var found = OccupancyCorrection.Of(p.Mdp, data, threshold, alpha)!;
        var primal = found.Reward - alpha * found.Divergence;
        double Dual(double[] values, double at) => OccupancyCorrection.Bound(p.Mdp, data, threshold, alpha, values, at);
        var random = new Random(p.Seed);
        double[] other = [.. found.Values.Select(v => v + shift.Value * (random.NextDouble() - 0.5))];
        // With one more everywhere D changes by (1-gamma)(1 - E[w]) to first order: 0 at the optimum.
        double[] up = [.. found.Values.Select(v => v + 1e-4)], down = [.. found.Values.Select(v => v - 1e-4)];
        var scale = 1 + Math.Abs(primal) + found.Price;
        return Math.Abs(Dual(found.Values, found.Price) - primal) <= 1e-9 * scale
            && Dual(other, found.Price + 3 * price.Value) >= primal - 1e-9 * scale
            && Dual(other, 0) >= primal - 1e-9 * scale
            && Math.Abs(Dual(up, found.Price) - Dual(down, found.Price)) / 2e-4 <= 1e-5 * scale;
    }

    [Law(MaxTest = 100)]
    public bool Off_the_optimum_a_constant_in_nu_changes_the_dual_by_what_is_missing_of_the_weights(
        Process p, Fraction at, Moderate shift)
    {
        var (data, threshold, _) = Problem(p, at, new Scale(1));
        var random = new Random(p.Seed);
        double[] values = [.. Enumerable.Range(0, p.Mdp.States).Select(_ => shift.Value * random.NextDouble())];
        double Dual(double by) => OccupancyCorrection.Bound(
            p.Mdp, data, threshold, 1, [.. values.Select(v => v + by)], 0.5);
        var weights = new double[p.Mdp.States, p.Mdp.Actions];
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
            {
                var next = Enumerable.Range(0, p.Mdp.States).Sum(n => p.Mdp.Transition(s, a, n) * values[n]);
                weights[s, a] = Math.Max(
                    0, 1 + p.Mdp.Reward[s, a] - 0.5 * p.Mdp.Cost[s, a] + p.Mdp.Discount * next - values[s]);
            }
        }
        var missing = (1 - p.Mdp.Discount) * (1 - Total(p.Mdp, data, weights));
        return Math.Abs((Dual(1e-5) - Dual(-1e-5)) / 2e-5 - missing) <= 1e-5;
    }

    [Law(MaxTest = 60)]
    public bool A_small_alpha_gives_the_linear_programme_and_a_large_one_the_behaviour(Process p, Fraction at)
    {
        var (data, threshold, _) = Problem(p, at, new Scale(1));
        var left = 1 - p.Mdp.Discount;
        var best = ConstrainedOptimum.Of(p.Mdp, threshold / left)!.Outcome.Reward * left;
        var small = OccupancyCorrection.Of(p.Mdp, data, threshold, 1e-4)!;
        // Of the same problem without the pull, so at most the best; and short of it by at most the pull of the best.
        // E[w²] <= max w. Weights are advantages over alpha, so their rounding is 1e4 times that of values.
        var largest = 0.5 / data.Cast<double>().Min();
        var near = small.Reward <= best + 1e-8 && small.Reward >= best - 1e-4 * largest - 1e-8;
        var behaviour = OccupancyCorrection.Of(p.Mdp, data, 1.0, 1e7)!;
        return near && behaviour.Weights.Cast<double>().All(w => Math.Abs(w - 1) <= 1e-4);
    }

    // The objective with the pull: the reward alone may fall where more of it would be further from the data.
    [Law(MaxTest = 60)]
    public bool More_cost_allowed_never_lowers_the_regularised_objective(
        Process p, Fraction at, Fraction more, Scale size)
    {
        var (data, threshold, alpha) = Problem(p, at, size);
        var tight = OccupancyCorrection.Of(p.Mdp, data, threshold, alpha)!;
        var loose = OccupancyCorrection.Of(p.Mdp, data, threshold + 0.2 * more.Value, alpha)!;
        return loose.Reward - alpha * loose.Divergence >= tight.Reward - alpha * tight.Divergence - 1e-9
            && loose.Price <= tight.Price + 1e-7 * (1 + tight.Price);
    }

    [Test]
    public void On_the_three_roads_the_reward_itself_rises_with_the_threshold()
    {
        foreach (var alpha in new[] { 0.01, 0.1, 1.0, 10.0 })
        {
            var rewards = Enumerable.Range(0, 50)
                .Select(i => OccupancyCorrection.Of(Road, Uniform, 0.01 * i, alpha)!.Reward).ToArray();
            Assert.That(rewards.Zip(rewards.Skip(1)).All(r => r.Second >= r.First - 1e-10), $"alpha {alpha}");
        }
    }

    [Test]
    public void A_threshold_below_every_policy_gives_nothing_and_one_at_the_least_cost_the_cheapest()
    {
        Assert.That(OccupancyCorrection.Of(Road, Uniform, -1e-6, 1), Is.Null);
        Assert.That(OccupancyCorrection.Of(Road, Uniform, 0, 1)!.Cost, Is.EqualTo(0).Within(1e-9));
    }

    [Test]
    public void What_the_data_never_do_is_never_asked_for()
    {
        // The data never take the fast road's action 0, the cheap way round costs 0.45 a visit.
        var data = PolicyEvaluation.ActionOccupancy(Road, new[,] { { 0.7, 0.3 }, { 0.0, 1.0 }, { 0.6, 0.4 } });
        var found = OccupancyCorrection.Of(Road, data, 1.0, 1e-3)!;
        Assert.That(found.Policy[1, 0], Is.Zero);
        Assert.That(found.Reward * 10, Is.EqualTo(5.184502).Within(1e-3), "the best of what the data do");
    }

    // A threshold between the least cost and a little above the behaviour's, alpha between 0.03 and 30.
    private static (double[,] Data, double Threshold, double Alpha) Problem(Process p, Fraction at, Scale size)
    {
        var data = PolicyEvaluation.ActionOccupancy(p.Mdp, p.Behaviour);
        var least = ConstrainedOptimum.LeastCost(p.Mdp) * (1 - p.Mdp.Discount);
        var cost = Frontier.OutcomeOf(p.Mdp, p.Behaviour).Cost * (1 - p.Mdp.Discount);
        return (data, least + (0.02 + at.Value) * (cost - least), Math.Sqrt(size.Value));
    }

    private static double Total(FiniteCmdp mdp, double[,] data, double[,] weights) =>
        data.Cast<double>().Zip(weights.Cast<double>(), (d, w) => d * w).Sum();
}
