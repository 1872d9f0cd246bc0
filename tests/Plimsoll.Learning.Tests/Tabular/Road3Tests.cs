using NUnit.Framework;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Tabular;

/// <summary>Golden numbers of the three roads. Six decimals are printed, hence half a unit of the sixth and
/// the rounding of the program, 5.1e-7; by-hand fractions are exact to rounding.</summary>
public sealed class Road3Tests
{
    private const double Printed = 5.1e-7;
    private static readonly FiniteCmdp Road = Road3.Create();

    [TestCase(1, 0, 1, 0.0, 2.9)]
    [TestCase(1, 1, 1, 0.0, 2.9)]
    [TestCase(1, 0, 0, 0.0, 3.421053)]
    [TestCase(1, 1, 0, 0.0, 3.421053)]
    [TestCase(0, 1, 1, 0.45, 3.43)]
    [TestCase(0, 1, 0, 1.660517, 5.184502)]
    [TestCase(0, 0, 0, 4.736842, 14.736842)]
    [TestCase(0, 0, 1, 4.736842, 14.736842)]
    public void Each_deterministic_policy(int start, int fast, int slow, double cost, double reward)
    {
        var outcome = Frontier.OutcomeOf(Road, Frontier.PolicyOf(Road, [start, fast, slow]));
        Assert.That(outcome.Cost, Is.EqualTo(cost).Within(Printed));
        Assert.That(outcome.Reward, Is.EqualTo(reward).Within(Printed));
    }

    [Test]
    public void The_policies_by_hand()
    {
        // There and back on the fast road: (1 + 2 g)/(1 - g^2), cost g/(1 - g^2); on the slow road: (.2 + .5
        // g)/(1 - g^2).
        var fast = Frontier.OutcomeOf(Road, Frontier.PolicyOf(Road, [0, 0, 0]));
        Assert.That(fast.Reward, Is.EqualTo(2.8 / 0.19).Within(1e-12));
        Assert.That(fast.Cost, Is.EqualTo(0.9 / 0.19).Within(1e-12));
        var slow = Frontier.OutcomeOf(Road, Frontier.PolicyOf(Road, [1, 0, 0]));
        Assert.That(slow.Reward, Is.EqualTo(0.65 / 0.19).Within(1e-12));
        // Fast, then over to the slow road and back: period 3.
        var round = Frontier.OutcomeOf(Road, Frontier.PolicyOf(Road, [0, 1, 0]));
        Assert.That(round.Reward, Is.EqualTo((1.0 + 0.81 * 0.5) / (1.0 - 0.729)).Within(1e-12));
        Assert.That(round.Cost, Is.EqualTo(0.45 / (1.0 - 0.729)).Within(1e-12));
    }

    [Test]
    public void The_uniform_policy()
    {
        var policy = Road.UniformPolicy();
        var outcome = Frontier.OutcomeOf(Road, policy);
        Assert.That(outcome.Cost, Is.EqualTo(1.280172).Within(Printed));
        Assert.That(outcome.Reward, Is.EqualTo(5.782759).Within(Printed));
        var occupancy = PolicyEvaluation.Occupancy(Road, policy);
        Assert.That(occupancy, Is.EqualTo(new[] { 0.379310, 0.170690, 0.450000 }).Within(Printed));
    }

    [TestCase(0.0, 3.421053)]
    [TestCase(1.0, 5.809942)]
    [TestCase(2.0, 8.198830)]
    [TestCase(4.0, 12.976608)]
    [TestCase(4.7369, 14.736842)]
    [TestCase(5.0, 14.736842)]
    public void The_constrained_optimum(double limit, double reward)
    {
        var frontier = Frontier.Of(Road);
        Assert.That(frontier.RewardAt(limit), Is.EqualTo(reward).Within(Printed));
        // By hand: a mixture of the slow and the fast road, costs 0 and 0.9/0.19.
        var share = Math.Min(1.0, limit / (0.9 / 0.19));
        Assert.That(frontier.RewardAt(limit), Is.EqualTo((0.65 + share * 2.15) / 0.19).Within(1e-12));
    }

    [Test]
    public void The_price_of_the_limit()
    {
        var frontier = Frontier.Of(Road);
        Assert.That(frontier.PriceAt(0.0), Is.EqualTo(2.388889).Within(Printed));
        Assert.That(frontier.PriceAt(2.0), Is.EqualTo(2.15 / 0.9).Within(1e-12));
        Assert.That(frontier.PriceAt(4.8), Is.EqualTo(0.0));
        Assert.That(frontier.PriceAt(-0.1), Is.Null);
        Assert.That(frontier.RewardAt(-0.1), Is.Null);
        Assert.That(frontier.RewardAt(double.NaN), Is.Null);
        Assert.That(frontier.Vertices, Has.Count.EqualTo(2), "every other policy is dominated");
    }

    // Expectile 1/2 is the value of the behaviour, which takes both actions equally often.
    [TestCase(0.5, 5.782759, 6.058621, 5.458621)]
    [TestCase(0.7, 8.541742, 8.934380, 7.974380)]
    [TestCase(0.9, 12.387691, 12.873878, 11.553878)]
    [TestCase(0.99, 14.488894, 15.011369, 13.529369)]
    public void The_expectile_values(double tau, double start, double fast, double slow)
    {
        var values = Expectile.Values(Road, Road.UniformPolicy(), Road.Reward, tau);
        Assert.That(values, Is.EqualTo(new[] { start, fast, slow }).Within(Printed));
        // Independent of the sort: each state's first-order condition, tau (q - v)+ = (1 - tau) (v - q)+.
        var q = Road.Backup(Road.Reward, values);
        for (var s = 0; s < 3; s++)
        {
            var above = Math.Max(q[s, 0] - values[s], 0.0) + Math.Max(q[s, 1] - values[s], 0.0);
            var below = Math.Max(values[s] - q[s, 0], 0.0) + Math.Max(values[s] - q[s, 1], 0.0);
            Assert.That(tau * above, Is.EqualTo((1.0 - tau) * below).Within(1e-11));
        }
    }

    [Test]
    public void Expectiles_run_from_the_behaviours_value_to_the_optimum()
    {
        var behaviour = Road.UniformPolicy();
        Assert.That(
            Expectile.Values(Road, behaviour, Road.Reward, 0.5),
            Is.EqualTo(PolicyEvaluation.Value(Road, behaviour, Road.Reward)).Within(1e-11));
        // At tau = 1 - 1e-7 the backup falls short of the maximum by at most 1e-7 of the spread (below 4),
        // ten times that through 1/(1 - gamma).
        Assert.That(
            Expectile.Values(Road, behaviour, Road.Reward, 1.0 - 1e-7),
            Is.EqualTo(PolicyEvaluation.Optimal(Road, Road.Reward)).Within(4e-6));
    }
}
