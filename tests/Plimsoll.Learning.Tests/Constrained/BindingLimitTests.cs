using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>
/// BCQ-Lag and BEAR-Lag under a limit between what the reward wants and what the cost wants. One state that never
/// ends, γ = ½, r(a) = 2 - 2 (a - 0.5)², c(a) = 2 (a + 0.5): what lies ahead adds a constant to Q_r and to Q_c, so
/// the slopes of both are those of r and c. At the limit of 1 a step, q = 1/(1 - γ) = 2, the action is 0 and the
/// multiplier 2/2.
/// </summary>
public sealed class BindingLimitTests
{
    private const double Discount = 0.5;
    private const int Horizon = 4, Settling = 3000, Watched = 1000;

    private static readonly LagrangianSettings Lagrangian = new(
        new([32, 32], [32, 32], 128, 3, 2e-3, 5e-3, 5e-3, 0.5, 0.05, 1), 0.75, new PidGains(0.5, 0.01, 0), false);

    [Test]
    public void BCQ_Lag_settles_at_the_limit()
    {
        using var data = Data();
        using var team = new Team(1);
        // From any proposal every action is within reach.
        var fit = BatchConstrainedLagrangian.Build(
            new DatasetTables(data), new(Lagrangian, 1, 1), Rule(data), RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        Settles(training, fit.Policy, Rule(data), team);
    }

    [Test]
    public void BEAR_Lag_settles_at_the_limit()
    {
        using var data = Data();
        using var team = new Team(1);
        // No discrepancy reaches 2, so that the data do not pull.
        var fit = BearLagrangian.Build(
            new DatasetTables(data), new(Lagrangian, 3, MmdKernel.Gaussian, 50, 2, 0.1, 0), Rule(data),
            RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        Settles(training, fit.Policy, Rule(data), team);
    }

    private static void Settles(GraphTraining training, IMarkovPolicy policy, BackupRule rule, Team team)
    {
        Assert.That(rule.Threshold, Is.EqualTo(2).Within(1e-12));
        training.Advance(0, Settling);
        training.TakeMean("policy-cost-value");
        training.TakeMean("multiplier");
        training.Advance(Settling, Watched);
        var (cost, multiplier) = (training.TakeMean("policy-cost-value"), training.TakeMean("multiplier"));
        var action = Acting.Mean(policy, 0.5f, team);
        Assert.Multiple(() =>
        {
            // While λ is above 0 its integral rises by the sum of the errors: a mean off by 0.01 would move λ by
            // 0.01 times 10 in the 1000 steps that were watched.
            Assert.That(cost, Is.EqualTo(rule.Threshold).Within(0.01));
            // The largest of four members at the largest of three draws overstates the cost a little, by less than
            // 0.2 of 2, so that the action, (1 - γ)/2 of it, is below 0 by less than 0.05.
            Assert.That(action, Is.EqualTo(0).Within(0.06));
            // Slopes of networks that know their values to some hundredths over a width of 1.
            Assert.That(multiplier, Is.EqualTo(-4 * (action - 0.5) / 2).Within(0.1));
        });
    }

    private static BackupRule Rule(Dataset data) => BackupRule.Of(data, Horizon, Discount, false);

    private static Dataset Data()
    {
        var builder = new DatasetBuilder(1, 1);
        const int episodes = 100;
        for (var e = 0; e < episodes; e++)
        {
            builder.BeginTrajectory();
            for (var t = 0; t < Horizon; t++)
            {
                var a = 0.5f * ((2 * (Horizon * e + t) + 1f) / (Horizon * episodes) - 1);
                builder.Add([0.5f], [a], 2 - 2 * (a - 0.5f) * (a - 0.5f), 2 * (a + 0.5f), [0.5f]);
            }
            builder.End(false);
        }
        return builder.Build(new DatasetMetadata("Line", Horizon));
    }
}
