using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>
/// The networks against the tables, on transitions of the three roads. States are one-hot, actions 0 and 1 are the
/// numbers 0.5 and -0.5. Episodes go on with probability gamma, so the transitions' distribution is the discounted
/// occupancy of the uniform behaviour; the table is given the frequencies of the very same transitions.
/// </summary>
public sealed class CoptidiceTests
{
    private const double Discount = 0.9;
    private const int Horizon = 1000;
    private const double Threshold = 0.2;
    private const int Steps = 3000;

    private Dataset data = null!;
    private StateTable starts = null!;
    private double[,] frequencies = null!;

    [OneTimeSetUp]
    public void Drive()
    {
        data = Episodes(ended: 0);
        frequencies = new double[3, 2];
        for (var i = 0; i < data.Count; i++)
        {
            var state = data.Observations.Slice(3 * i, 3).IndexOf(1f);
            frequencies[state, data.Actions[i] > 0 ? 0 : 1] += 1.0 / data.Count;
        }
        starts = StateTable.Starts(data);
    }

    /// <param name="ended">One episode in so many ends for good, the others are cut; 0: none ends.</param>
    private static Dataset Episodes(int ended)
    {
        var road = Road3.Create();
        var random = new Random(4);
        var builder = new DatasetBuilder(3, 1);
        for (var episode = 0; episode < 1000; episode++)
        {
            builder.BeginTrajectory();
            var s = 0;
            do
            {
                var a = random.Next(2);
                var next = Enumerable.Range(0, 3).Single(n => road.Transition(s, a, n) == 1);
                builder.Add(
                    OneHot(s), [a == 0 ? 0.5f : -0.5f], (float)road.Reward[s, a], (float)road.Cost[s, a], OneHot(next));
                s = next;
            }
            while (random.NextDouble() < Discount);
            builder.End(ended > 0 && episode % ended == 0);
        }
        return builder.Build(new DatasetMetadata("Road3", Horizon));
    }

    [OneTimeTearDown]
    public void Release()
    {
        starts.Dispose();
        data.Dispose();
    }

    // Alpha 1: the limit binds. Alpha 10: the data's occupancy is kept and the limit is idle.
    [TestCase(1.0)]
    [TestCase(10.0)]
    public void The_networks_come_to_the_tables_price_and_policy(double alpha)
    {
        var road = Road3.Create();
        var table = OccupancyCorrection.Of(road, frequencies, Threshold, alpha)!;
        using var team = new Team(1);
        var fit = Coptidice.Build(
            new DatasetTables(data), Settings(alpha, radius: 0, compat: false), starts, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, Steps);
        foreach (var metric in new[] { "multiplier", "cost", "correction" }) training.TakeMean(metric);
        training.Advance(Steps, 500);
        Assert.Multiple(() =>
        {
            // Means over 500 steps of constant size 3e-3: the last iterates still swing around the optimum by some of
            // those steps; batches of 256 know a mean of w c to 0.02, 500 of them to 0.001. An idle price is softplus
            // of a number that is still falling.
            Assert.That(training.TakeMean("multiplier"), Is.EqualTo(table.Price).Within(0.08));
            Assert.That(training.TakeMean("cost"), Is.EqualTo(table.Cost).Within(0.01));
            Assert.That(training.TakeMean("correction"), Is.EqualTo(1).Within(0.02));
        });
        // The weighted likelihood's best mean is the weighted mean of atanh(±0.5), so it tells the table's policy.
        var policy = PolicyOf(fit, team, unit: Math.Atanh(0.5));
        for (var s = 0; s < 3; s++)
            Assert.That(policy[s, 0], Is.EqualTo(table.Policy[s, 0]).Within(0.06), $"state {s}");
        var (lived, wanted) = (Frontier.OutcomeOf(road, policy), Frontier.OutcomeOf(road, table.Policy));
        // Probabilities off by 0.06 move values of up to 14.7 and 4.7 by some hundredths of them.
        Assert.That(lived.Reward, Is.EqualTo(wanted.Reward).Within(0.7));
        Assert.That(lived.Cost, Is.EqualTo(wanted.Cost).Within(0.3));
    }

    /// <summary>The default divergence, noise and a scale of rewards; ends for good; and, as published, ends at
    /// time-outs and twins. The limit lies at 0.8 of what the optimum without one costs, so that it binds.</summary>
    [TestCase(FDivergenceKind.SoftChiSquare, 0, false)]
    [TestCase(FDivergenceKind.SoftChiSquare, 2, false)]
    [TestCase(FDivergenceKind.ChiSquare, 2, true)]
    public void The_networks_come_to_the_dual_in_binary64(FDivergenceKind kind, int ended, bool compat)
    {
        const double alpha = 0.5, scale = 0.5;
        using var episodes = Episodes(ended);
        using var initial = StateTable.Starts(episodes);
        CoptidiceDual Dual(double threshold) => CoptidiceDual.Of(
            episodes, Discount, alpha, scale,
            y => kind == FDivergenceKind.SoftChiSquare && y < 0 ? Math.Exp(y) : y + 1, threshold, compat);
        var threshold = 0.8 * Dual(double.PositiveInfinity).Cost;
        var dual = Dual(threshold);
        Assert.That(dual.Cost, Is.EqualTo(threshold).Within(1e-9), "the dual's descent stands still");
        Assert.That(dual.Price, Is.GreaterThan(0.1), "the limit binds");

        var bootstrapping = compat ? Bootstrapping.StopsAtTimeouts : Bootstrapping.ThroughTimeouts;
        CostLimit Limit(double perEpisode) => new(perEpisode, Horizon, Discount, bootstrapping);
        CoptidiceSettings Settings(double perEpisode) => new(
            [32], 256, 3e-3, 3e-3, alpha, 0, kind, scale, compat ? 0 : 0.1, Limit(perEpisode), compat);
        var settings = Settings(threshold / Settings(1).Threshold);
        Assert.That(settings.Threshold, Is.EqualTo(threshold).Within(1e-12));
        using var team = new Team(1);
        var fit = Coptidice.Build(new DatasetTables(episodes), settings, initial, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, Steps);
        foreach (var metric in new[] { "multiplier", "cost", "correction" }) training.TakeMean(metric);
        training.Advance(Steps, 500);
        Assert.Multiple(() =>
        {
            // As against the tables, with the same batches and rates.
            Assert.That(training.TakeMean("multiplier"), Is.EqualTo(dual.Price).Within(0.08));
            Assert.That(training.TakeMean("cost"), Is.EqualTo(threshold).Within(0.01));
            Assert.That(training.TakeMean("correction"), Is.EqualTo(dual.Correction).Within(0.02));
        });
        // As published the likelihood is the Gaussian's at the action itself, of which acting takes tanh.
        var policy = PolicyOf(fit, team, unit: compat ? 0.5 : Math.Atanh(0.5));
        for (var s = 0; s < 3; s++)
            Assert.That(policy[s, 0], Is.EqualTo(dual.Policy[s]).Within(0.06), $"state {s}");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Under_a_limit_that_nothing_reaches_the_price_falls_to_nothing(bool compat)
    {
        using var team = new Team(1);
        var settings = Settings(1, 0.01, compat) with
        {
            Limit = new CostLimit(1e300, Horizon, Discount, Bootstrapping.ThroughTimeouts),
        };
        var fit = Coptidice.Build(new DatasetTables(data), settings, starts, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        var first = fit.Multiplier;
        training.Advance(0, 500);
        // Adam takes at most about its rate a step, so that softplus of 1 comes at best to softplus of -0.5.
        Assert.That(first, Is.EqualTo(1.3133).Within(1e-4));
        Assert.That(fit.Multiplier, Is.LessThan(0.7));
    }

    [Test]
    public void With_the_published_limit_the_constraint_is_idle_where_it_should_bind()
    {
        var correct = OccupancyCorrection.Of(Road3.Create(), frequencies, Threshold, 1)!;
        Assert.That(correct.Price, Is.GreaterThan(0.5));
        Assert.That(Settings(1, 0.01, compat: true).Threshold, Is.EqualTo(Threshold / (1 - Discount)).Within(1e-12));
        using var team = new Team(1);
        var fit = Coptidice.Build(
            new DatasetTables(data), Settings(1, 0.01, compat: true), starts, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 2000);
        training.TakeMean("cost");
        training.Advance(2000, 200);
        Assert.That(fit.Multiplier, Is.LessThan(0.1));
        // What the table's correction costs without any limit, less what is left of the price.
        var free = OccupancyCorrection.AtPrice(Road3.Create(), frequencies, 0, 1).Cost;
        Assert.That(training.TakeMean("cost"), Is.EqualTo(free).Within(0.03).And.GreaterThan(1.05 * Threshold));
    }

    [Test]
    public void The_bound_lies_above_the_mean_and_keeps_the_limit()
    {
        using var team = new Team(1);
        var fit = Coptidice.Build(
            new DatasetTables(data), Settings(1, 0.02, compat: false), starts, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 3000);
        training.TakeMean("cost");
        training.TakeMean("cost-bound");
        training.Advance(3000, 500);
        var (mean, bound) = (training.TakeMean("cost"), training.TakeMean("cost-bound"));
        Assert.That(bound, Is.EqualTo(Threshold).Within(0.03));
        Assert.That(mean, Is.LessThan(bound!.Value - 0.01));
    }

    private static CoptidiceSettings Settings(double alpha, double radius, bool compat) => new(
        [32], 256, 3e-3, 3e-3, alpha, radius, FDivergenceKind.ChiSquare, 1, 0,
        new CostLimit(Threshold * Horizon, Horizon, Discount, Bootstrapping.ThroughTimeouts), compat);

    private static float[] OneHot(int s) => [s == 0 ? 1 : 0, s == 1 ? 1 : 0, s == 2 ? 1 : 0];

    /// <param name="unit">What the mean before its tanh is where the positive action has all the weight.</param>
    private static double[,] PolicyOf(Coptidice fit, Team team, double unit)
    {
        using var actor = Actor.Compile(fit.Policy, 3, team);
        for (var s = 0; s < 3; s++) OneHot(s).CopyTo(actor.Observations[(3 * s)..]);
        var actions = actor.Act();
        var policy = new double[3, 2];
        for (var s = 0; s < 3; s++)
        {
            policy[s, 0] = Math.Clamp(0.5 * (1 + Math.Atanh(actions[s]) / unit), 0, 1);
            policy[s, 1] = 1 - policy[s, 0];
        }
        return policy;
    }
}
