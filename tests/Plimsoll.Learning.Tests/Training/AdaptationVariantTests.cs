using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Adaptation's variants on the small data: what each is bound to, and where two must agree to the
/// bit.</summary>
public sealed class AdaptationVariantTests
{
    private const int Steps = TrainingPrograms.LongestRun;

    private Dataset data = null!;
    private StateTable starts = null!;
    private Team team = null!;

    [OneTimeSetUp]
    public void Make()
    {
        data = SmallData.Disc();
        starts = StateTable.Starts(data);
        team = new Team(1);
    }

    [OneTimeTearDown]
    public void Free()
    {
        team.Dispose();
        starts.Dispose();
        data.Dispose();
    }

    [Test]
    public void Crpo_has_two_modes_where_the_band_has_three()
    {
        Assert.That(Run(x => x).Modes, Has.Some.EqualTo((float)SafetyMode.Both), "the same data meet the band");
        // Tolerances on both sides of the very estimates, so that both modes occur.
        var estimates = Run(x => x).Estimates;
        var tolerance = (estimates[Steps / 2] - 10) / 10.1;
        var crpo = Run(x => x with { Rule = AdaptationRule.Crpo, Tolerance = tolerance, Smoothing = 0.5 });
        Assert.Multiple(() =>
        {
            Assert.That(crpo.Modes, Has.None.EqualTo((float)SafetyMode.Both));
            for (var k = 0; k < Steps; k++)
            {
                var expected = crpo.Estimates[k] / 10.1 <= 10 / 10.1 + tolerance ? SafetyMode.Reward : SafetyMode.Cost;
                Assert.That(crpo.Modes[k], Is.EqualTo((float)expected), $"step {k}");
            }
        });
    }

    [Test]
    public void A_large_tolerance_is_the_reward_alone()
    {
        var crpo = Run(x => x with { Rule = AdaptationRule.Crpo, Tolerance = 1e3 });
        var reward = Run(RewardAlone);
        Assert.That(crpo.Modes, Is.All.EqualTo((float)SafetyMode.Reward));
        Assert.That(crpo.Policy, Is.EqualTo(reward.Policy));
    }

    [Test]
    public void A_tolerance_far_below_the_limit_is_the_cost_alone() =>
        Assert.That(Run(CostAlone).Modes, Is.All.EqualTo((float)SafetyMode.Cost));

    [Test]
    public void Reward_only_steps_come_first_and_the_rule_after_them()
    {
        var run = Run(x => CostAlone(x) with { RewardOnlySteps = 5 });
        Assert.That(run.Modes.Take(5), Is.All.EqualTo((float)SafetyMode.Reward));
        Assert.That(run.Modes.Skip(5), Is.All.EqualTo((float)SafetyMode.Cost));
    }

    [TestCase(PolicyClass.Dirac, CostGuidance.Cost)]
    [TestCase(PolicyClass.Gaussian, CostGuidance.Cost)]
    [TestCase(PolicyClass.LearnedGaussian, CostGuidance.PidLagrangian)]
    public void At_temperature_zero_every_mode_is_the_same_step(PolicyClass policyClass, CostGuidance guidance)
    {
        var runs = new[] { RewardAlone, CostAlone, BothAlone }
            .Select(mode => Run(x => mode(Cold(x)), policyClass).Policy)
            .ToArray();
        Assert.That(runs[1], Is.EqualTo(runs[0]), "cost and reward");
        Assert.That(runs[2], Is.EqualTo(runs[0]), "both and reward: (g + g)/2 is exact");

        SafeAdaptationSettings Cold(SafeAdaptationSettings x) => x with
        {
            Temperature = new ConstantSchedule(0),
            Guidance = guidance,
            Deviation = policyClass == PolicyClass.Gaussian ? 0.01 : 0,
        };
    }

    [Test]
    public void At_a_temperature_the_modes_differ()
    {
        var reward = Run(RewardAlone).Policy;
        Assert.That(Run(CostAlone).Policy, Is.Not.EqualTo(reward));
        Assert.That(Run(BothAlone).Policy, Is.Not.EqualTo(reward));
    }

    [Test]
    public void A_displacement_alone_is_Adams_own_step_to_the_bit()
    {
        foreach (var mode in new[] { RewardAlone, CostAlone })
        {
            var displaced = Run(x => mode(x) with { Combination = Combination.Displacements });
            Assert.That(displaced.Policy, Is.EqualTo(Run(mode).Policy));
        }
    }

    [Test]
    public void The_multiplier_is_the_controllers_for_the_mean_cost_value_and_the_discounted_limit() =>
        MultiplierIsTheControllers(CostHorizon.Endless(data, 10, 0.99), 10.0 / data.Metadata.Horizon / (1 - 0.99));

    /// <summary>γ = 1 over an episode: a value is the episode's cost, whatever the episode's length.</summary>
    [Test]
    public void In_the_episodic_form_the_controllers_threshold_is_the_limit_itself() =>
        MultiplierIsTheControllers(CostHorizon.Episodic(data, 0.05), 0.05);

    private void MultiplierIsTheControllers(CostHorizon horizon, double threshold)
    {
        // Without a bonus the upper confidence value is the mean that the controller is fed with.
        var run = Run(
            x => x with
            {
                Guidance = CostGuidance.PidLagrangian,
                Confidence = 0,
                Gains = new PidGains(0.5, 0.25, 2),
            }, horizon: horizon);
        var (sum, old) = (0.0, 0.0);
        for (var k = 0; k < Steps; k++)
        {
            var error = run.Values[k] - threshold;
            sum = Math.Max(sum + error, 0);
            var multiplier = 0.5 * Math.Max(error, 0) + 0.25 * sum + 2 * Math.Max(error - old, 0);
            old = error;
            Assert.That(run.Multipliers[k], Is.EqualTo(multiplier).Within(1e-5 + 1e-5 * multiplier), $"step {k}");
        }
        Assert.That(run.Multipliers.Distinct().Count(), Is.GreaterThan(3), "it moves");
    }

    [Test]
    public void At_multiplier_zero_lowering_the_cost_is_raising_the_reward()
    {
        SafeAdaptationSettings Free(SafeAdaptationSettings x) =>
            x with { Guidance = CostGuidance.PidLagrangian, Gains = default };
        Assert.That(Run(x => CostAlone(Free(x))).Policy, Is.EqualTo(Run(x => RewardAlone(Free(x))).Policy));
        Assert.That(
            Run(x => CostAlone(x) with { Guidance = CostGuidance.PidLagrangian, Gains = new(10, 1, 100) }).Policy,
            Is.Not.EqualTo(Run(RewardAlone).Policy));
    }

    [Test]
    public void Draws_of_no_deviation_are_the_mean()
    {
        Assert.That(Run(x => x with { Deviation = 0 }).Policy, Is.EqualTo(Run(x => x).Policy));
        Assert.That(Run(x => x with { Deviation = 0.01 }).Policy, Is.Not.EqualTo(Run(x => x).Policy));
    }

    private static SafeAdaptationSettings RewardAlone(SafeAdaptationSettings x) => x with { RewardOnlySteps = Steps };

    private static SafeAdaptationSettings CostAlone(SafeAdaptationSettings x) =>
        x with { Rule = AdaptationRule.Crpo, Tolerance = -1e6 };

    private static SafeAdaptationSettings BothAlone(SafeAdaptationSettings x) =>
        x with { Slack = new ConstantSchedule(1e6) };

    private sealed record Course(
        string Policy, float[] Modes, double[] Estimates, double[] Values, double[] Multipliers);

    /// <summary>A difference of arrays is no reading matter.</summary>
    private static string Digest(float[] values) =>
        Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes<float>(values)));

    private Course Run(
        Func<SafeAdaptationSettings, SafeAdaptationSettings> change, PolicyClass policyClass = PolicyClass.Dirac,
        CostHorizon? horizon = null)
    {
        using var training = TrainingPrograms.Adaptation(
            new DatasetTables(data), starts, RandomRoot.Of(3, "test"), team, change, policyClass, horizon: horizon);
        var (estimates, values, multipliers) = (new double[Steps], new double[Steps], new double[Steps]);
        for (var k = 0; k < Steps; k++)
        {
            training.Advance(k, 1);
            estimates[k] = training.Carried.TakeMean("estimated_cost")!.Value;
            values[k] = training.Carried.TakeMean("policy-cost-value")!.Value;
            multipliers[k] = training.Carried.TakeMean("multiplier") ?? 0;
        }
        var curves = new TrainingCurves();
        foreach (var log in training.Carried.Points) log.MoveTo(curves);
        return new Course(
            Digest([.. training.Policy.Parameters.SelectMany(p => p.Values.ToArray())]), [.. curves["mode"].Values],
            estimates, values, multipliers);
    }
}
