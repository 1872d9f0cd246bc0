using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Tests.Rollouts;

namespace Plimsoll.Learning.Tests.Collection;

/// <summary>Engines that give up while agents learn.</summary>
public sealed class BrokenEpisodeTests
{
    private static readonly AgentCollectionSettings Settings = new(
        1200, 3, [0, 2], PenaltyRise: 0, Environments: 3, WarmUp: 100, UpdatesPerStep: 0.25, Exploration: 0.4,
        new Td3Settings([8], 16, 1e-3, 0.99, 0.01), Cells: 10, MostPerCell: 0);

    private static CollectionOutcome Run(
        Func<double, int, bool> breaks, AgentCollectionSettings? settings = null, int threads = 1) =>
        AgentCollector.Run(
            BreakingEnvironment.FactsOf(),
            () => new BreakingEnvironment((settings ?? Settings).Environments, breaks), settings ?? Settings, threads,
            _ => { }, CancellationToken.None);

    private static bool Sometimes(double start, int step) => start < 0.25 && step == 7;

    [Test]
    public void An_episode_that_breaks_is_dropped_and_counted_and_the_others_are_whole([Values(1, 2)] int threads)
    {
        var outcome = Run(Sometimes, threads: threads);
        Assert.That(outcome, Is.TypeOf<CollectionOutcome.Collected>());
        using var data = ((CollectionOutcome.Collected)outcome).Dataset;
        var facts = data.Metadata.Facts;
        Assert.Multiple(() =>
        {
            Assert.That(data.Trajectories.Select(t => t.Length), Is.All.EqualTo(20));
            Assert.That(data.Trajectories.Select(t => data.Observations[t.Start * 2 + 1]), Is.All.GreaterThanOrEqualTo(0.25f));
            Assert.That(data.NextObservations.ToArray(), Is.All.Matches<float>(float.IsFinite));
            var dropped = int.Parse(facts["episodes dropped, broken by the engine"]);
            Assert.That(dropped, Is.InRange(5, 40));
            // What an agent has lived through before a break is in its memory, the broken step is not.
            Assert.That(int.Parse(facts["steps"]), Is.EqualTo(data.Count + 6 * dropped));
        });
    }

    [Test]
    public void Threads_change_no_bit_where_episodes_break()
    {
        using var one = ((CollectionOutcome.Collected)Run(Sometimes)).Dataset;
        using var two = ((CollectionOutcome.Collected)Run(Sometimes, threads: 2)).Dataset;
        Assert.That(AgentCollectorTests.Digest(two), Is.EqualTo(AgentCollectorTests.Digest(one)));
    }

    [Test]
    public void An_agent_most_of_whose_episodes_break_fails_and_is_named([Values(1, 2)] int threads)
    {
        var outcome = Run((start, step) => start < 0.9 && step == 5, threads: threads);
        Assert.That(outcome, Is.TypeOf<CollectionOutcome.Broken>());
        var broken = (CollectionOutcome.Broken)outcome;
        Assert.That(broken.Agent, Is.Zero);
        Assert.That(2 * broken.Dropped, Is.GreaterThan(broken.Begun));
        Assert.That(broken.Words, Does.Contain("step 5"));
    }

    [Test]
    public void Breaks_at_every_first_step_come_to_an_end([Values(1, 3, 40)] int environments) => Assert.That(
        Run((_, _) => true, Settings with { Environments = environments }), Is.TypeOf<CollectionOutcome.Broken>());

    [Test]
    public void Few_episodes_that_all_break_give_no_empty_dataset() => Assert.That(
        Run((_, _) => true, Settings with { Steps = 1, Penalties = [0], Environments = 2 }),
        Is.TypeOf<CollectionOutcome.Broken>());

    [Test]
    public void Agents_after_one_that_fails_stop_early([Values(1, 2)] int threads)
    {
        var made = 0;
        var settings = Settings with { Penalties = [0, 1, 2, 3, 4, 5], Steps = 60_000 };
        var outcome = AgentCollector.Run(
            BreakingEnvironment.FactsOf(),
            () =>
            {
                Interlocked.Increment(ref made);
                return new BreakingEnvironment(3, (_, _) => true);
            },
            settings, threads, _ => { }, CancellationToken.None);
        Assert.That(((CollectionOutcome.Broken)outcome).Agent, Is.Zero);
        Assert.That(made, Is.LessThanOrEqualTo(threads));
    }
}
