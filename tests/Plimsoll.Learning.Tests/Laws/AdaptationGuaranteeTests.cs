using NUnit.Framework;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tabular;

namespace Plimsoll.Learning.Tests.Laws;

/// <summary>Theorem 3.1 and CRPO on tables, judged by the linear programme.</summary>
public sealed class AdaptationGuaranteeTests
{
    [Test]
    public void Rate_and_slack_are_the_theorems()
    {
        // Road3: S A = 6, gamma 0.9, rewards up to 2. By hand with KL = log 2 and T = 10^6.
        var guarantee = AdaptationGuarantee.Of(Road3.Create(), 1_000_000, Math.Log(2));
        Assert.That(guarantee.Rate, Is.EqualTo(Math.Pow(0.1, 1.5) / Math.Sqrt(6e6)).Within(1e-15));
        Assert.That(
            guarantee.Slack,
            Is.EqualTo(2 * Math.Sqrt(6) / (Math.Pow(0.1, 1.5) * 1000) * (Math.Log(2) + 16 + 12)).Within(1e-9));
        var longer = AdaptationGuarantee.Of(Road3.Create(), 4_000_000, Math.Log(2));
        Assert.That(longer.Slack, Is.EqualTo(0.5 * guarantee.Slack).Within(1e-12));
        Assert.That(longer.Rate, Is.EqualTo(0.5 * guarantee.Rate).Within(1e-15));
    }

    // Small discounts and few states, so that h+ is small beside the values, and limits so low that the best policy
    // without one breaks limit + h+: on those the guarantee is what keeps the mixture within it.
    [Test]
    public void On_processes_whose_optimum_breaks_the_band_the_mixture_keeps_the_guarantee()
    {
        const int steps = 40_000;
        var cases = (
            from seed in Enumerable.Range(0, 300)
            let found = Bound(seed, steps)
            where found.Free > found.Limit + 1.2 * found.Guarantee.Slack
            select found).ToArray();
        Assert.That(cases, Has.Length.GreaterThanOrEqualTo(40));
        var (costs, aligned, conflicts) = (0, 0, 0);
        foreach (var (seed, mdp, limit, best, guarantee, _) in cases.Take(5))
        {
            var within = limit + guarantee.Slack;
            foreach (var (band, share) in new[]
            {
                (guarantee.Around(limit), 0.5), (guarantee.Around(limit), 0.9), (guarantee.CrpoAround(limit), 0.5),
            })
            {
                var run = TabularAdaptation.Run(mdp, band, guarantee.Rate, steps, share);
                var mixture = Mixed(run).Outcome;
                Assert.That(mixture.Cost, Is.LessThanOrEqualTo(within), $"{seed}");
                Assert.That(mixture.Reward, Is.GreaterThanOrEqualTo(best.Outcome.Reward - guarantee.Slack), $"{seed}");
                var above = ConstrainedOptimum.Of(mdp, mixture.Cost + 1e-9)!.Outcome.Reward;
                Assert.That(mixture.Reward, Is.LessThanOrEqualTo(above + 1e-8), "on or below the programme's envelope");
                Assert.That(steps - run.RewardSteps, Is.GreaterThan(steps / 20), $"{seed}: the rule is at work");
                costs += run.CostSteps;
                aligned += run.AlignedSteps;
                conflicts += run.ConflictSteps;
            }
            // The same steps without the rule break it, so the rule is what is tested.
            var free = TabularAdaptation.Run(mdp, SafetyBand.Crpo(limit, 1e6), guarantee.Rate, steps);
            Assert.That(Mixed(free).Outcome.Cost, Is.GreaterThan(within), $"{seed}");
            Assert.That(guarantee.Slack, Is.LessThan(best.Outcome.Reward), "the reward's half says something too");
        }
        Assert.That(new[] { costs, aligned, conflicts }, Has.All.GreaterThan(steps / 2), "every kind of step");
    }

    [Test]
    public void With_four_times_the_steps_the_gap_is_about_half()
    {
        // The theorem's rate, but no slack, so that what is missing of the best can be seen: O(1/sqrt(T)) halves it.
        var random = new Random(3);
        var mdp = RandomCmdp.Create(3, 2, 0.5, () => 1.0 - random.NextDouble());
        var low = ConstrainedOptimum.LeastCost(mdp);
        var limit = 0.5 * (low + ConstrainedOptimum.Of(mdp, double.PositiveInfinity)!.Outcome.Cost);
        var best = ConstrainedOptimum.Of(mdp, limit)!.Outcome.Reward;
        double Gap(int steps)
        {
            var guarantee = AdaptationGuarantee.Of(mdp, steps, Math.Log(2));
            var run = TabularAdaptation.Run(mdp, SafetyBand.Crpo(limit, 0), guarantee.Rate, steps);
            return best - Mixed(run).Outcome.Reward;
        }
        var gaps = new[] { 2_000, 8_000, 32_000 }.Select(Gap).ToArray();
        Assert.That(gaps, Has.All.GreaterThan(0));
        var shares = gaps.Zip(gaps.Skip(1), (one, four) => four / one);
        Assert.That(shares, Has.All.LessThan(0.65).And.All.GreaterThan(0.35));
    }

    [Law(MaxTest = 30)]
    public bool With_all_the_tolerance_there_is_it_is_the_natural_gradient_alone(Process p)
    {
        var run = TabularAdaptation.Run(p.Mdp, SafetyBand.Crpo(0, 1e6), 0.5, 400);
        // Written out: every step up the reward, after which no state's value is lower.
        var logits = new double[p.Mdp.States, p.Mdp.Actions];
        double[] last = [.. Enumerable.Repeat(double.NegativeInfinity, p.Mdp.States)];
        for (var k = 0; k < 400; k++)
        {
            var policy = NaturalPolicyGradient.Softmax(logits);
            var values = PolicyEvaluation.Value(p.Mdp, policy, p.Mdp.Reward);
            if (values.Zip(last).Any(v => v.First < v.Second - 1e-11)) return false;
            last = values;
            var up = NaturalPolicyGradient.Direction(p.Mdp, policy, p.Mdp.Reward);
            for (var i = 0; i < logits.Length; i++)
            {
                var (s, a) = (i / p.Mdp.Actions, i % p.Mdp.Actions);
                logits[s, a] += 0.5 * up[s, a];
            }
        }
        var same = run.Logits.Cast<double>().Zip(logits.Cast<double>()).All(x => x.First == x.Second);
        var optimum = ConstrainedOptimum.Of(p.Mdp, double.PositiveInfinity)!.Outcome.Reward;
        // NPG is within (log A / eta + 1/(1-gamma)²)/T of the optimum (Agarwal et al., theorem 16).
        var left = 1 - p.Mdp.Discount;
        return same && run.RewardSteps == 400 && run.CostSteps == 0
            && optimum - Inputs.Dot(p.Mdp.Start, last)
                <= (Math.Log(p.Mdp.Actions) / 0.5 + 1 / (left * left)) / 400 + 1e-9;
    }

    [Law(MaxTest = 30)]
    public bool Each_step_is_of_one_kind_and_a_negative_tolerance_is_careful(Process p, Fraction at)
    {
        var low = ConstrainedOptimum.LeastCost(p.Mdp);
        var high = Math.Max(ConstrainedOptimum.Of(p.Mdp, double.PositiveInfinity)!.Outcome.Cost, low + 0.05);
        var limit = low + (0.3 + 0.7 * at.Value) * (high - low);
        var tolerance = -0.2 * (limit - low);
        var careful = TabularAdaptation.Run(p.Mdp, SafetyBand.Crpo(limit, tolerance), 0.05, 500);
        var plain = TabularAdaptation.Run(p.Mdp, SafetyBand.Crpo(limit, 0), 0.05, 500);
        return careful.RewardSteps + careful.CostSteps == 500 && careful.AlignedSteps + careful.ConflictSteps == 0
            && plain.RewardSteps + plain.CostSteps == 500
            && Keeps(careful, limit + tolerance) && Keeps(plain, limit);

        static bool Keeps(AdaptationRun run, double within) => run.Mixture switch
        {
            AdaptedMixture.Mixed mixed => mixed.Outcome.Cost <= within + 1e-12,
            AdaptedMixture.NeverWithinLimit never => never.LowestCost > within && run.RewardSteps == 0,
            _ => false,
        };
    }

    private static AdaptedMixture.Mixed Mixed(AdaptationRun run) => (AdaptedMixture.Mixed)run.Mixture;

    // A limit of a quarter of what lies between the least cost and that of the best policy without one.
    private static (
        int Seed, FiniteCmdp Mdp, double Limit, ConstrainedOptimum Best, AdaptationGuarantee Guarantee, double Free)
        Bound(int seed, int steps)
    {
        var random = new Random(seed);
        var mdp = RandomCmdp.Create(2, 2, 0.3, () => 1.0 - random.NextDouble());
        var low = ConstrainedOptimum.LeastCost(mdp);
        var free = ConstrainedOptimum.Of(mdp, double.PositiveInfinity)!.Outcome.Cost;
        var limit = low + 0.25 * (free - low);
        var best = ConstrainedOptimum.Of(mdp, limit + 1e-9)!;
        return (seed, mdp, limit, best, AdaptationGuarantee.Of(mdp, steps, Divergence(best)), free);
    }

    private static double Divergence(ConstrainedOptimum best)
    {
        var mean = 0.0;
        var actions = best.Policy.GetLength(1);
        for (var i = 0; i < best.Policy.Length; i++)
        {
            var (s, a) = (i / actions, i % actions);
            // d(s) pi(a|s) is the occupancy, so this is the mean over d of KL(pi || uniform).
            if (best.Policy[s, a] > 0) mean += best.Occupancy[s, a] * Math.Log(best.Policy[s, a] * actions);
        }
        return Math.Max(mean, 0);
    }
}
