using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class FrontierTests
{
    // Values are at most 20 and solved to some 1e-13.
    private const double Rounding = 1e-9;

    [Test]
    public void No_stochastic_policy_of_the_three_roads_lies_above_it()
    {
        var road = Road3.Create();
        var frontier = Frontier.Of(road);
        var random = new Random(1);
        var closest = double.PositiveInfinity;
        for (var i = 0; i < 20_000; i++)
        {
            var policy = new double[3, 2];
            for (var s = 0; s < 3; s++)
            {
                policy[s, 0] = Math.Pow(random.NextDouble(), new[] { 0.1, 1.0, 10.0 }[random.Next(3)]);
                policy[s, 1] = 1.0 - policy[s, 0];
            }
            var outcome = Frontier.OutcomeOf(road, policy);
            var gap = frontier.RewardAt(outcome.Cost)!.Value - outcome.Reward;
            Assert.That(gap, Is.GreaterThanOrEqualTo(-Rounding));
            closest = Math.Min(closest, gap);
        }
        Assert.That(closest, Is.LessThan(0.05), "the envelope is reached, not merely not exceeded");
    }

    [Law(MaxTest = 50)]
    public bool No_policy_lies_above_it(Process p)
    {
        var frontier = Frontier.Of(p.Mdp);
        return new[] { p.Policy, p.Behaviour }.Select(x => Frontier.OutcomeOf(p.Mdp, x))
            .All(o => frontier.RewardAt(o.Cost + Rounding) >= o.Reward - Rounding);
    }

    [Law(MaxTest = 50)]
    public bool It_is_rising_concave_and_ends_at_the_optimum(Process p)
    {
        var frontier = Frontier.Of(p.Mdp);
        var v = frontier.Vertices;
        var rising =
            v.Zip(v.Skip(1)).All(x => x.First.Cost < x.Second.Cost && x.First.Reward < x.Second.Reward);
        var concave =
            v.Zip(v.Skip(1)).All(x => frontier.PriceAt(x.First.Cost) > frontier.PriceAt(x.Second.Cost));
        var optimum = PolicyEvaluation.Optimal(p.Mdp, p.Mdp.Reward).Zip(p.Mdp.Start, (x, y) => x * y).Sum();
        return rising && concave && Math.Abs(v[^1].Reward - optimum) <= Rounding;
    }

    [Law(MaxTest = 50)]
    public bool At_the_price_of_the_limit_the_free_optimum_is_the_constrained_one(
        Process p, Fraction at)
    {
        // Lagrangian duality, independent of the hull: V*(limit) = max over policies of V_r - price (V_c -
        // limit).
        var frontier = Frontier.Of(p.Mdp);
        var (low, high) = (frontier.Vertices[0].Cost, frontier.Vertices[^1].Cost);
        var limit = low + at.Value * (high - low);
        var price = frontier.PriceAt(limit)!.Value;
        var penalised = new double[p.Mdp.States, p.Mdp.Actions];
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
            {
                penalised[s, a] = p.Mdp.Reward[s, a] - price * p.Mdp.Cost[s, a];
            }
        }
        var dual = PolicyEvaluation.Optimal(p.Mdp, penalised).Zip(
            p.Mdp.Start, (x, y) => x * y).Sum() + price * limit;
        return Math.Abs(dual - frontier.RewardAt(limit)!.Value) <= Rounding * (1.0 + price);
    }

    [Test]
    public void Points_below_the_hull_and_beyond_the_best_reward_are_left_out()
    {
        var frontier = Frontier.Of(
            [new(1, 1), new(0, 0), new(2, 3), new(1, 2), new(3, 3), new(4, 2.5), new(0, -1), new(2, 1)]);
        Assert.That(frontier.Vertices, Is.EqualTo(new Outcome[] { new(0, 0), new(1, 2), new(2, 3) }));
        Assert.That(frontier.RewardAt(1.5), Is.EqualTo(2.5));
        Assert.That(frontier.RewardAt(9.0), Is.EqualTo(3.0));
        Assert.That(frontier.PriceAt(1.0), Is.EqualTo(1.0));
    }

    [Test]
    public void Every_deterministic_policy_is_listed_once()
    {
        var mdp = Process.FromSeed(3).Mdp;
        var all = Frontier.DeterministicPolicies(mdp).Select(c => string.Join(",", c)).ToList();
        Assert.That(all, Has.Count.EqualTo((int)Math.Pow(mdp.Actions, mdp.States)));
        Assert.That(all, Is.Unique);
    }

    [Test]
    public void Too_many_policies_are_refused_before_any_is_made()
    {
        var large = RandomCmdp.Create(21, 2, 0.5, () => 0.5);
        Assert.Throws<ArgumentException>(() => Frontier.DeterministicPolicies(large));
    }
}
