using FsCheck;

namespace Plimsoll.Data.Tests;

public sealed class TrajectoryFilterTests
{
    [Test]
    public void The_bounds_are_OSRLs()
    {
        using var dataset =
            Samples.Scored((0, 4), (0, 5), (0, 5.5f), (0, 10), (0, 10.5f), (0, 15), (0, 15.5f), (0, 20));
        Assert.Multiple(() =>
        {
            Assert.That(Costs(new TrajectoryFilter.All()), Has.Length.EqualTo(8));
            Assert.That(Costs(new TrajectoryFilter.Safe(10)), Is.EqualTo(new[] { 4, 5, 5.5, 10 }));
            Assert.That(Costs(new TrajectoryFilter.Risky(10)), Is.EqualTo(new[] { 20.0 }));
            Assert.That(Costs(new TrajectoryFilter.Boundary(10)), Is.EqualTo(new[] { 5.5, 10, 10.5, 15 }));
        });

        double[] Costs(TrajectoryFilter filter)
        {
            var kept = (FilterOutcome.Kept)filter.Apply(dataset, "toy");
            using (kept.Dataset)
            {
                Assert.That(kept.Trajectories.Select(index => dataset.Trajectories[index].Cost),
                    Is.EqualTo(kept.Dataset.Trajectories.Select(trajectory => trajectory.Cost)));
                return [.. kept.Dataset.Trajectories.Select(trajectory => trajectory.Cost)];
            }
        }
    }

    [FsCheck.NUnit.Property]
    public bool Safe_grows_with_the_limit_and_shares_nothing_with_risky(byte cost, byte smaller, byte more)
    {
        var trajectory = new Trajectory(0, 1, 0, cost / 4.0, true);
        var (low, high) = (smaller / 8.0, (smaller + more) / 8.0);
        var safeAtLow = new TrajectoryFilter.Safe(low).Keeps(trajectory);
        return (!safeAtLow || new TrajectoryFilter.Safe(high).Keeps(trajectory))
            && (low == 0 || !safeAtLow || !new TrajectoryFilter.Risky(low).Keeps(trajectory));
    }

    [Test]
    public void A_filter_that_keeps_everything_gives_the_same_bytes()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 4);
        dataset.Save(folder["before"]);
        using var kept = ((FilterOutcome.Kept)new TrajectoryFilter.Safe(100).Apply(dataset, "toy")).Dataset;
        kept.Save(folder["after"]);
        Assert.That(File.ReadAllBytes(folder["after"]), Is.EqualTo(File.ReadAllBytes(folder["before"])));
    }

    [Test]
    public void No_safe_trajectory_is_a_problem_with_words()
    {
        using var dataset = Samples.Scored((0, 4), (0, 5));
        const string expected = """
            error: no episode keeps the cost limit 3
              where: toy: the lowest cost of its 2 episodes is 4
              why: there is no safe behaviour to learn from
              remedy: raise the cost limit, or add safe episodes
            """;
        var outcome = (FilterOutcome.Nothing)new TrajectoryFilter.Safe(3).Apply(dataset, "toy");
        Assert.Multiple(() =>
        {
            Assert.That(DatasetProblemText.Message(outcome.Problem), Is.EqualTo(expected));
            Assert.That(DatasetChecks.SafeWithin(dataset, "toy", 3), Is.EqualTo(outcome.Problem));
            Assert.That(DatasetChecks.SafeWithin(dataset, "toy", 4), Is.Null);
        });
    }

    [Test]
    public void An_empty_selection_is_a_problem_with_words()
    {
        using var dataset = Samples.Scored((0, 4), (0, 5));
        Assert.Multiple(() =>
        {
            Assert.That(Message(new TrajectoryFilter.Risky(10)), Is.EqualTo("""
                error: no episode passes the filter risky (cost at least 20)
                  where: toy: the costs of its 2 episodes lie between 4 and 5
                  why: a policy cannot be fitted to no data
                  remedy: choose another filter or cost limit
                """));
            Assert.That(Message(new TrajectoryFilter.Boundary(20)),
                Does.Contain("filter boundary (cost above 10, at most 30)"));
        });

        string Message(TrajectoryFilter filter) =>
            DatasetProblemText.Message(((FilterOutcome.Nothing)filter.Apply(dataset, "toy")).Problem);
    }

    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_limit_that_is_no_limit_throws(double limit)
    {
        var trajectory = new Trajectory(0, 1, 0, 0, true);
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryFilter.Safe(limit).Keeps(trajectory));
        Assert.Throws<ArgumentOutOfRangeException>(() => new TrajectoryFilter.Risky(limit).Keeps(trajectory));
        Assert.Throws<ArgumentOutOfRangeException>(
            () => new TrajectoryFilter.Boundary(limit).Keeps(trajectory));
    }

    [Test]
    public void Normalisation_facts_are_the_extremes()
    {
        using var dataset = Samples.Scored((3, 4), (-2, 0), (5, 9));
        Assert.Multiple(() =>
        {
            Assert.That(NormalisationFacts.Of(dataset), Is.EqualTo(new NormalisationFacts(-2, 5, 0, 9)));
            Assert.That(NormalisationFacts.BestReturnWithin(dataset, 4), Is.EqualTo(3));
            Assert.That(NormalisationFacts.BestReturnWithin(dataset, 3.9), Is.EqualTo(-2));
            using var costly = Samples.Scored((1, 1));
            Assert.That(NormalisationFacts.BestReturnWithin(costly, 0.5), Is.Null);
        });
    }
}
