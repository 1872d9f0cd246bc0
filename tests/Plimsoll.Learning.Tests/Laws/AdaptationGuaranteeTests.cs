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

    // Small discounts and few states, so that h+ is below what values can be and the guarantee says something.
    [Test]
    public void On_random_processes_the_mixture_keeps_the_guarantee_and_it_is_not_empty()
    {
        const int steps = 20_000;
        var said = 0;
        for (var seed = 0; seed < 6; seed++)
        {
            var random = new Random(seed);
            var mdp = RandomCmdp.Create(2, 2, 0.3, () => 1.0 - random.NextDouble());
            var low = ConstrainedOptimum.LeastCost(mdp);
            var free = ConstrainedOptimum.Of(mdp, double.PositiveInfinity)!.Outcome.Cost;
            var limit = 0.5 * (low + free);
            var best = ConstrainedOptimum.Of(mdp, limit)!;
            var guarantee = AdaptationGuarantee.Of(mdp, steps, Divergence(best));
            foreach (var (band, share) in new[]
            {
                (guarantee.Around(limit), 0.5), (guarantee.Around(limit), 0.9), (guarantee.CrpoAround(limit), 0.5),
            })
            {
                var run = TabularAdaptation.Run(mdp, band, guarantee.Rate, steps, share);
                var mixture = run.Mixture!.Value;
                Assert.That(mixture.Cost, Is.LessThanOrEqualTo(limit + guarantee.Slack), $"{seed}");
                Assert.That(mixture.Reward, Is.GreaterThanOrEqualTo(best.Outcome.Reward - guarantee.Slack), $"{seed}");
                var above = ConstrainedOptimum.Of(mdp, mixture.Cost + 1e-9)!.Outcome.Reward;
                Assert.That(mixture.Reward, Is.LessThanOrEqualTo(above + 1e-8), "on or below the programme's envelope");
            }
            said += guarantee.Slack < best.Outcome.Reward ? 1 : 0;
        }
        Assert.That(said, Is.GreaterThanOrEqualTo(4), "the slack is below the best reward");
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
            return best - TabularAdaptation.Run(mdp, SafetyBand.Crpo(limit, 0), guarantee.Rate, steps).Mixture!.Value.Reward;
        }
        var gaps = new[] { 2_000, 8_000, 32_000 }.Select(Gap).ToArray();
        Assert.That(gaps, Has.All.GreaterThan(0));
        Assert.That(gaps.Zip(gaps.Skip(1), (one, four) => four / one), Has.All.LessThan(0.65).And.All.GreaterThan(0.35));
    }

    [Law(MaxTest = 30)]
    public bool With_all_the_tolerance_there_is_it_is_the_natural_gradient_alone(Process p)
    {
        var run = TabularAdaptation.Run(p.Mdp, SafetyBand.Crpo(0, 1e6), 0.5, 400);
        // Written out: every step up the reward, which no state's value survives lower.
        var logits = new double[p.Mdp.States, p.Mdp.Actions];
        var last = double.NegativeInfinity;
        for (var k = 0; k < 400; k++)
        {
            var policy = NaturalPolicyGradient.Softmax(logits);
            var value = PolicyEvaluation.Return(p.Mdp, policy, p.Mdp.Reward);
            if (value < last - 1e-11) return false;
            last = value;
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
            && optimum - last <= (Math.Log(p.Mdp.Actions) / 0.5 + 1 / (left * left)) / 400 + 1e-9;
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
            && (careful.Mixture is not { } mixture || mixture.Cost <= limit + tolerance + 1e-12)
            && (plain.Mixture is not { } other || other.Cost <= limit + 1e-12);
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
