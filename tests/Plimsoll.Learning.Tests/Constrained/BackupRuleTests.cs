using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>Masks and thresholds, which must belong to each other.</summary>
public sealed class BackupRuleTests
{
    private const double Next = 10, Discount = 0.9, Scale = 0.1;

    [TestCase(false)]
    [TestCase(true)]
    public void Only_ends_that_count_cut_the_look_ahead(bool osrlCompat)
    {
        using var data = Mixed();
        using var team = new Team(1);
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, new DatasetTables(data), RandomRoot.Of(1, "test"), "batch", 200);
        var rule = BackupRule.Of(data, 5, Discount, osrlCompat);
        var next = g.Constant((float)Next, batch.Reward.Shape);
        g.Output("reward", rule.RewardTarget(batch, next, Scale));
        g.Output("cost", rule.CostTarget(batch, next));
        g.Output("terminal", batch.Terminal + 0f);
        g.Output("timeout", batch.Timeout + 0f);
        using var program = Program.Compile(g, team);
        program.Run(0);
        var (terminal, timeout) = (program.Output("terminal").ToArray(), program.Output("timeout").ToArray());
        Assert.That(terminal, Has.Some.EqualTo(1f));
        Assert.That(timeout, Has.Some.EqualTo(1f));
        for (var i = 0; i < 200; i++)
        {
            var rewardEnds = terminal[i] == 1 || (osrlCompat && timeout[i] == 1);
            var costEnds = terminal[i] == 1 && !osrlCompat;
            Assert.That(
                program.Output("reward")[i], Is.EqualTo(1 * Scale + (rewardEnds ? 0 : Discount * Next)).Within(1e-5));
            Assert.That(program.Output("cost")[i], Is.EqualTo(2 + (costEnds ? 0 : Discount * Next)).Within(1e-5));
        }
    }

    // As OSRL: κ/L (1-γ^L)/(1-γ). As recommended, where time-outs do not end a value: κ/L 1/(1-γ).
    [TestCase(100, 10, 6.339677, 10.0)]
    [TestCase(200, 10, 4.330102, 5.0)]
    [TestCase(300, 40, 12.679455, 13.333333)]
    [TestCase(500, 20, 3.973718, 4.0)]
    [TestCase(1000, 80, 7.999655, 8.0)]
    public void The_threshold_is_the_masks(int horizon, double limit, double osrl, double recommended)
    {
        Assert.That(BackupRule.Of(horizon, limit, 0.99, true).Threshold, Is.EqualTo(osrl).Within(1e-6));
        Assert.That(BackupRule.Of(horizon, limit, 0.99, false).Threshold, Is.EqualTo(recommended).Within(1e-6));
    }

    [Test]
    public void No_limit_is_too_large_for_binary32_to_square_its_threshold(
        [Values(1e20, 1e300, double.MaxValue)] double limit, [Values] bool osrlCompat)
    {
        var rule = BackupRule.Of(2, limit, 0.99, osrlCompat);
        var threshold = (float)rule.Threshold;
        Assert.That(threshold * threshold, Is.GreaterThan(1e20f).And.LessThan(float.MaxValue));
        Assert.That(rule.Limit.OccupancyThreshold, Is.LessThanOrEqualTo(rule.Threshold).And.GreaterThan(1e10));
    }

    [Test]
    public void Costs_count_by_the_largest_member_and_by_the_smallest_as_OSRL()
    {
        Assert.That(BackupRule.Of(100, 1, 0.9, false).CostBound, Is.EqualTo(MemberBound.Largest));
        Assert.That(BackupRule.Of(100, 1, 0.9, true).CostBound, Is.EqualTo(MemberBound.Smallest));
    }

    /// <summary>Episodes of two steps, ended and cut in turn; reward 1, cost 2.</summary>
    private static Dataset Mixed()
    {
        var builder = new DatasetBuilder(1, 1);
        for (var e = 0; e < 10; e++)
        {
            builder.BeginTrajectory();
            builder.Add([0], [0], 1, 2, [1]);
            builder.Add([1], [0], 1, 2, [2]);
            builder.End(e % 2 == 0);
        }
        return builder.Build(new DatasetMetadata("Mixed", 2));
    }
}
