using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Training;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>BEAR-Lag where reward and cost are lines of the action, so that they pull at opposite
/// ends.</summary>
public sealed class BearLagrangianTests
{
    private static readonly LagrangianSettings Lagrangian = new(
        new([16, 16], [32, 32], 64, 4, 5e-3, 5e-3, 5e-3, 0.5, 0.05, 1), 0.75, PidGains.Usual, false);

    [TestCase(false)]
    [TestCase(true)]
    public void The_policy_follows_the_reward_within_the_limit_and_the_cost_beyond(bool osrlCompat)
    {
        var (rich, safe) = (Action(100, osrlCompat), Action(0, osrlCompat));
        Assert.That(rich, Is.InRange(0.2, 0.8), "beyond the data's mean of 0, not at the edge");
        Assert.That(safe, Is.InRange(-0.8, -0.2));
    }

    [Test]
    public void Before_its_step_the_reward_does_not_move_the_policy()
    {
        float[] Policy(float slope, long rewardFrom)
        {
            using var data = Data(slope);
            using var team = new Team(1);
            var fit = Build(data, 100, false, rewardFrom, team);
            using var training = fit.Training;
            training.Advance(0, 12);
            return [.. fit.Policy.Parameters.SelectMany(p => p.Values.ToArray())];
        }
        Assert.That(Policy(1, rewardFrom: 12), Is.EqualTo(Policy(-1, rewardFrom: 12)));
        Assert.That(Policy(1, rewardFrom: 11), Is.Not.EqualTo(Policy(-1, rewardFrom: 11)));
        Assert.That(Policy(1, rewardFrom: 0), Is.Not.EqualTo(Policy(1, rewardFrom: 12)));
    }

    [TestCase(1e-3, true)]
    [TestCase(10, false)]
    public void The_weight_of_the_discrepancy_rises_if_and_only_if_it_is_above_what_is_allowed(
        double allowed, bool rises)
    {
        using var data = Data(1);
        using var team = new Team(1);
        var fit = Build(data, 100, false, 0, team, allowed);
        using var training = fit.Training;
        var log = training.State["log-alpha"];
        for (var step = 0; step < 20; step++)
        {
            var before = log.Values[0];
            training.Advance(step, 1);
            Assert.That(log.Values[0] > before, Is.EqualTo(rises));
        }
    }

    private static double Action(double limit, bool osrlCompat)
    {
        using var data = Data(1);
        using var team = new Team(1);
        var fit = Build(data, limit, osrlCompat, 0, team);
        using var training = fit.Training;
        training.Advance(0, 600);
        return Acting.Mean(fit.Policy, 0.5f, team);
    }

    private static Dataset Data(float slope) =>
        SmallData.Bandit(200, a => slope * a, a => 2 * (a + 1), width: 0.4f);

    private static BearLagrangian Build(
        Dataset data, double limit, bool osrlCompat, long rewardFrom, Team team, double allowed = 0.05) =>
        BearLagrangian.Build(
            new DatasetTables(data), new(Lagrangian, 4, MmdKernel.Gaussian, 50, allowed, 5e-2, rewardFrom),
            BackupRule.Of(data, limit, 0, osrlCompat), RandomRoot.Of(1, "test"), team);
}
