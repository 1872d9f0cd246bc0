using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Training;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>BCQ-Lag where reward and cost are lines of the action, so that each wants one edge of the
/// reach.</summary>
public sealed class BatchConstrainedLagrangianTests
{
    private const double Reach = 0.2;
    private static readonly LagrangianSettings Lagrangian = new(
        new([16, 16], [32, 32], 128, 4, 5e-3, 5e-3, 5e-3, 0.5, 0.05, 1), 0.75, PidGains.Usual, false);

    [TestCase(false)]
    [TestCase(true)]
    public void The_perturbation_follows_the_reward_within_the_limit_and_the_cost_beyond(bool osrlCompat)
    {
        // The autoencoder knows neither reward nor limit: proposals are the same to the bit.
        var (rich, safe) = (Actions(100, osrlCompat), Actions(0, osrlCompat));
        var apart = rich.Zip(safe, (r, s) => (double)r - s).Average();
        Assert.That(apart, Is.EqualTo(2 * Reach).Within(0.05));
    }

    [Test]
    public void Actions_stay_within_reach_of_the_data()
    {
        Assert.That(Actions(100, false), Has.All.Matches<float>(a => Math.Abs(a) <= 0.4 + Reach + 0.1));
    }

    private static float[] Actions(double limit, bool osrlCompat)
    {
        using var data = SmallData.Bandit(200, a => a, a => 2 * (a + 1), width: 0.4f);
        using var team = new Team(1);
        var fit = BatchConstrainedLagrangian.Build(
            new DatasetTables(data), new(Lagrangian, Reach, 1), BackupRule.Of(data, limit, 0, osrlCompat),
            RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 500);
        return Acting.All(fit.Policy, 0.5f, team);
    }
}
