using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Tests.Training;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>CPQ on problems whose answer is known.</summary>
public sealed class ConstraintsPenalisedQTests
{
    private static readonly ConstrainedSettings Common =
        new([32, 32], [32, 32], 128, 4, 2e-3, 5e-3, 5e-3, 0.5, 0.05, 1);

    // Two steps of reward 1 and cost 1, γ = ½: Q_c is 1 at the second and 1.5 at the first. The limit on an
    // episode of two steps is the threshold. Mean of Q_r over both: 1 where nothing ahead counts, 1.25 where it
    // does.
    [TestCase(0.7, 1.0)]
    [TestCase(1.25, 1.25)]
    public void Rewards_behind_a_forbidden_action_do_not_count(double limit, double expected)
    {
        using var data = SmallData.Clock(100, 2, reward: 1, cost: 1, terminated: true);
        using var team = new Team(1);
        var fit = Build(data, limit, false, dualRate: 1, raise: 0, team, discount: 0.5);
        using var training = fit.Training;
        training.Advance(0, 700);
        training.TakeMean("policy-value");
        training.Advance(700, 50);
        Assert.That(training.TakeMean("policy-value"), Is.EqualTo(expected).Within(0.05));
    }

    [Test]
    public void A_limit_above_every_cost_leaves_the_reward_alone()
    {
        using var data = SmallData.Bandit(200, a => a, a => a > 0 ? 1 : 0);
        using var team = new Team(1);
        var fit = Build(data, 3, false, 1e-2, 1.5, team);
        using var training = fit.Training;
        training.Advance(0, 700);
        Assert.That(Acting.Mean(fit.Policy, 0.5f, team), Is.GreaterThan(0.6));
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Above_the_limit_everywhere_the_policy_stands_still(bool osrlCompat)
    {
        using var data = SmallData.Bandit(200, a => a, _ => 1);
        using var team = new Team(1);
        var fit = Build(data, 0.5, osrlCompat, 1e-2, 1.5, team);
        using var training = fit.Training;
        training.Advance(0, 300);
        training.TakeMean("allowed");
        var before = Policy(fit);
        training.Advance(300, 50);
        Assert.That(training.TakeMean("allowed"), Is.Zero);
        // Adam goes on by its momentum, which has died away.
        Assert.That(Policy(fit).Zip(before).Max(p => Math.Abs(p.First - p.Second)), Is.LessThan(1e-4));
    }

    [Test]
    public void As_OSRL_the_penalty_moves_its_own_weight_and_nothing_else()
    {
        using var data = SmallData.Bandit(200, a => a, a => a > 0 ? 1 : 0);
        using var team = new Team(1);
        float[] Values(double raise, bool osrlCompat, string names)
        {
            var fit = Build(data, 0.5, osrlCompat, 1e-2, raise, team);
            using var training = fit.Training;
            training.Advance(0, 20);
            return [.. training.State.Arrays.Where(a => a.Name.StartsWith(names)).SelectMany(a => a.Values.ToArray())];
        }
        Assert.Multiple(() =>
        {
            Assert.That(Values(1.5, true, "cost-q"), Is.EqualTo(Values(9, true, "cost-q")));
            Assert.That(Values(1.5, true, "log-alpha"), Is.Not.EqualTo(Values(9, true, "log-alpha")));
            // The weight differs from the second step on, and with it the cost critic.
            Assert.That(Values(1.5, false, "cost-q"), Is.Not.EqualTo(Values(9, false, "cost-q")));
        });
    }

    [Test]
    public void The_penalty_makes_strange_actions_dear()
    {
        // Nothing costs anything in the data, so all cost is the penalty's.
        using var data = SmallData.Bandit(200, a => a, _ => 0);
        using var team = new Team(1);
        double Cost(bool osrlCompat)
        {
            var fit = Build(data, 0.5, osrlCompat, 1e-2, 1.5, team);
            using var training = fit.Training;
            training.Advance(0, 400);
            training.TakeMean("ood-cost");
            training.Advance(400, 50);
            return training.TakeMean("ood-cost")!.Value;
        }
        Assert.That(Cost(osrlCompat: false), Is.GreaterThan(0.05));
        Assert.That(Cost(osrlCompat: true), Is.EqualTo(0).Within(0.02));
    }

    private static float[] Policy(ConstraintsPenalisedQ fit) =>
        [.. fit.Policy.Parameters.SelectMany(p => p.Values.ToArray())];

    private static ConstraintsPenalisedQ Build(
        Dataset data, double limit, bool osrlCompat, double dualRate, double raise, Team team, double discount = 0) =>
        ConstraintsPenalisedQ.Build(
            new DatasetTables(data), new(Common, raise, 0.75, dualRate),
            BackupRule.Of(data, limit, discount, osrlCompat), RandomRoot.Of(1, "test"), team);
}
