using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

public sealed class ConstrainedOptimumTests
{
    // Values are at most 20; the programme and the enumeration are both solved to some 1e-12.
    private const double Rounding = 1e-9;

    [TestCase(0.0, 3.421053)]
    [TestCase(1.0, 5.809942)]
    [TestCase(2.0, 8.198830)]
    [TestCase(4.0, 12.976608)]
    [TestCase(4.7369, 14.736842)]
    [TestCase(100.0, 14.736842)]
    public void On_the_three_roads_it_is_the_frontier(double limit, double reward)
    {
        var road = Road3.Create();
        var optimum = ConstrainedOptimum.Of(road, limit)!;
        Assert.That(optimum.Outcome.Reward, Is.EqualTo(reward).Within(5.1e-7));
        Assert.That(optimum.Outcome.Reward, Is.EqualTo(Frontier.Of(road).RewardAt(limit)!.Value).Within(Rounding));
        // At the least cost a larger price does as well.
        var price = limit < 4.73 ? 2.15 / 0.9 : 0;
        Assert.That(
            optimum.Price,
            limit == 0 ? Is.GreaterThanOrEqualTo(price - Rounding) : Is.EqualTo(price).Within(Rounding), "2.388889");
    }

    [Test]
    public void It_is_the_frontier_of_three_hundred_processes_at_five_limits_each()
    {
        for (var seed = 0; seed < 300; seed++)
        {
            var mdp = Process.FromSeed(seed).Mdp;
            var frontier = Frontier.Of(mdp);
            var (low, high) = (frontier.Vertices[0].Cost, frontier.Vertices[^1].Cost);
            Assert.That(ConstrainedOptimum.LeastCost(mdp), Is.EqualTo(low).Within(Rounding));
            foreach (var share in new[] { 1e-6, 0.2, 0.5, 0.9, 1.1 })
            {
                var limit = low + share * Math.Max(high - low, 0.01);
                var optimum = ConstrainedOptimum.Of(mdp, limit)!;
                Assert.That(
                    optimum.Outcome.Reward, Is.EqualTo(frontier.RewardAt(limit)!.Value).Within(Rounding),
                    $"{seed}, {share}");
                Assert.That(optimum.Price, Is.EqualTo(frontier.PriceAt(limit)!.Value).Within(1e-6), $"{seed}, {share}");
            }
            Assert.That(ConstrainedOptimum.Of(mdp, low - 1e-3), Is.Null, "no policy costs less");
        }
    }

    [Law(MaxTest = 100)]
    public bool Without_a_limit_it_is_what_value_iteration_finds(Process p)
    {
        var optimum = ConstrainedOptimum.Of(p.Mdp, double.PositiveInfinity)!;
        // Starts are spread over all states, so every state's price is its value.
        return PolicyEvaluation.Optimal(p.Mdp, p.Mdp.Reward).Zip(optimum.Values)
            .All(v => Math.Abs(v.First - v.Second) <= Rounding);
    }

    [Law(MaxTest = 100)]
    public bool Its_policy_has_its_outcome_and_its_values_price_the_penalised_reward(Process p, Fraction at)
    {
        var low = ConstrainedOptimum.LeastCost(p.Mdp);
        var limit = low + at.Value * 0.2 / (1 - p.Mdp.Discount);
        var optimum = ConstrainedOptimum.Of(p.Mdp, limit)!;
        var lived = Frontier.OutcomeOf(p.Mdp, optimum.Policy);
        var penalised = new double[p.Mdp.States, p.Mdp.Actions];
        for (var s = 0; s < p.Mdp.States; s++)
        {
            for (var a = 0; a < p.Mdp.Actions; a++)
                penalised[s, a] = p.Mdp.Reward[s, a] - optimum.Price * p.Mdp.Cost[s, a];
        }
        var best = PolicyEvaluation.Optimal(p.Mdp, penalised);
        var scale = 1 + optimum.Price / (1 - p.Mdp.Discount);
        return Math.Abs(lived.Reward - optimum.Outcome.Reward) <= Rounding
            && Math.Abs(lived.Cost - optimum.Outcome.Cost) <= Rounding && lived.Cost <= limit + Rounding
            && optimum.Price * (limit - lived.Cost) <= Rounding * scale
            && best.Zip(optimum.Values).All(v => Math.Abs(v.First - v.Second) <= Rounding * scale)
            && Math.Abs(Inputs.Dot(p.Mdp.Start, best) + optimum.Price * limit - lived.Reward) <= Rounding * scale;
    }

    [Test]
    public void Fifty_states_are_no_trouble()
    {
        var random = new Random(5);
        var mdp = RandomCmdp.Create(50, 4, 0.95, () => 1.0 - random.NextDouble());
        var low = ConstrainedOptimum.LeastCost(mdp);
        var optimum = ConstrainedOptimum.Of(mdp, 1.2 * low)!;
        // Lagrangian duality, by value iteration: no policy of the penalised reward does better.
        var penalised = new double[50, 4];
        for (var i = 0; i < 200; i++)
            penalised[i / 4, i % 4] = mdp.Reward[i / 4, i % 4] - optimum.Price * mdp.Cost[i / 4, i % 4];
        var bound = Inputs.Dot(mdp.Start, PolicyEvaluation.Optimal(mdp, penalised)) + optimum.Price * 1.2 * low;
        Assert.That(optimum.Outcome.Reward, Is.EqualTo(bound).Within(1e-8));
        Assert.That(Frontier.OutcomeOf(mdp, optimum.Policy).Cost, Is.EqualTo(1.2 * low).Within(1e-8));
    }
}
