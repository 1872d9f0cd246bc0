using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Laws;

/// <summary>Mode rule, gradient manipulation, natural gradients and frontier together, with exact
/// critics.</summary>
public sealed class SafeAdaptationTests
{
    private const int Steps = 5000;

    // Reference runs at limit 2: means printed to 4 decimals, steps per mode. The counts come from an
    // iteration of 5000 steps that does not amplify rounding, so they are exact.
    [TestCase(-0.1, 0.1, 8.2481, 2.0417, 1474, -1, 0, 0)]
    [TestCase(0.0, 0.2, 8.3195, 2.0548, 664, 660, 0, 3676)]
    [TestCase(0.2, 0.2, 7.9618, 1.9047, -1, 0, -1, -1)]
    public void Runs_on_the_three_roads(
        double below, double above, double reward, double cost, int rewards, int costs, int aligned,
        int conflicts)
    {
        var run = TabularAdaptation.Run(Road3.Create(), new SafetyBand(2.0, above, below), 0.01, Steps);
        Assert.That(Mixed(run).Outcome.Reward, Is.EqualTo(reward).Within(5.1e-5));
        Assert.That(Mixed(run).Outcome.Cost, Is.EqualTo(cost).Within(5.1e-5));
        Assert.That(
            run.RewardSteps + run.CostSteps + run.AlignedSteps + run.ConflictSteps, Is.EqualTo(Steps));
        Assert.Multiple(() =>
        {
            Counted(run.RewardSteps, rewards);
            Counted(run.CostSteps, costs);
            Counted(run.AlignedSteps, aligned);
            Counted(run.ConflictSteps, conflicts);
        });
        static void Counted(int actual, int expected) =>
            Assert.That(expected < 0 || actual == expected, $"{actual}");
    }

    [Test]
    public void The_mixture_lies_on_or_below_the_frontier_and_within_the_limit_and_slack()
    {
        var road = Road3.Create();
        var frontier = Frontier.Of(road);
        foreach (var (below, above) in new[] { (-0.1, 0.1), (0.0, 0.2), (0.2, 0.2), (0.0, 0.0) })
        {
            var run = TabularAdaptation.Run(road, new SafetyBand(2.0, above, below), 0.01, Steps);
            var mixture = Mixed(run).Outcome;
            Assert.That(mixture.Reward, Is.LessThanOrEqualTo(frontier.RewardAt(mixture.Cost)!.Value + 1e-9));
            Assert.That(mixture.Cost, Is.LessThanOrEqualTo(2.0 + above + 1e-12));
            Assert.That(Mixed(run).LargestCost, Is.LessThanOrEqualTo(2.0 + above));
        }
        // Beside the second run's 8.3195 (the printed value is the envelope at its unrounded cost of 2.0548).
        var second = Mixed(TabularAdaptation.Run(road, new SafetyBand(2.0, 0.2, 0.0), 0.01, Steps)).Outcome;
        Assert.That(frontier.RewardAt(second.Cost), Is.EqualTo(8.3298).Within(5.1e-5));
    }

    [Law(MaxTest = 20)]
    public bool On_any_process_the_mixture_keeps_the_limit_and_the_frontier(
        Process p, Fraction at, Fraction share)
    {
        var frontier = Frontier.Of(p.Mdp);
        var limit =
            frontier.Vertices[0].Cost + at.Value * (frontier.Vertices[^1].Cost - frontier.Vertices[0].Cost);
        var run = TabularAdaptation.Run(p.Mdp, new SafetyBand(limit, 0.05, 0.0), 0.05, 300, share.Value);
        if (run.Mixture is not AdaptedMixture.Mixed(var mixture, var largest))
        {
            return run.CostSteps == 300; // never within the limit: no policy has weight
        }
        return largest <= limit + 0.05
            && mixture.Cost <= limit + 0.05 + 1e-9
            && mixture.Reward <= frontier.RewardAt(mixture.Cost + 1e-9)!.Value + 1e-9;
    }

    // CRPO's reward steps by tolerance, and its mixture within limit + tolerance.
    [TestCase(-0.5, 883)]
    [TestCase(-0.2, 884)]
    [TestCase(0.0, 884)]
    [TestCase(0.05, 884)]
    [TestCase(0.1, 884)]
    [TestCase(0.2, 884)]
    [TestCase(0.5, 885)]
    [TestCase(1.0, 886)]
    [TestCase(2.0, 890)]
    [TestCase(3.0, 3000)]
    public void More_tolerance_never_takes_fewer_reward_steps(double tolerance, int rewards)
    {
        var run = TabularAdaptation.Run(Road3.Create(), SafetyBand.Crpo(2.0, tolerance), 0.01, 3000);
        Assert.That(run.RewardSteps, Is.EqualTo(rewards));
        Assert.That(run.AlignedSteps + run.ConflictSteps, Is.Zero, "CRPO has no middle");
        Assert.That(Mixed(run).Outcome.Cost, Is.LessThanOrEqualTo(2.0 + tolerance));
    }

    [Test]
    public void A_limit_below_every_policy_leaves_no_mixture_and_says_what_is_missing()
    {
        var mdp = Process.FromSeed(1).Mdp;
        var run = TabularAdaptation.Run(mdp, new SafetyBand(-1.0, 0.1, 0.1), 0.1, 50);
        Assert.That(run.CostSteps, Is.EqualTo(50));
        var never = (AdaptedMixture.NeverWithinLimit)run.Mixture;
        Assert.That(never.Within, Is.EqualTo(-0.9));
        // Fifty steps down the cost, so the last one but one is the lowest; no policy is below the least.
        Assert.That(never.LowestCost, Is.GreaterThanOrEqualTo(ConstrainedOptimum.LeastCost(mdp) - 1e-9));
        Assert.That(
            never.LowestCost, Is.LessThan(Frontier.OutcomeOf(mdp, mdp.UniformPolicy()).Cost).And.GreaterThan(0));
    }

    private static AdaptedMixture.Mixed Mixed(AdaptationRun run) => (AdaptedMixture.Mixed)run.Mixture;
}
