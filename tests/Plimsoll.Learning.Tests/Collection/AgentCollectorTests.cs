using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;

namespace Plimsoll.Learning.Tests.Collection;

/// <summary>Whole collections on DiscCircle, small.</summary>
public sealed class AgentCollectorTests
{
    private static readonly AgentCollectionSettings Tiny = new(
        1600, 3, [0, 8], PenaltyRise: 0.5, Environments: 2, WarmUp: 100, UpdatesPerStep: 0.25, Exploration: 0.4,
        new Td3Settings([16], 32, 1e-3, 0.99, 0.01), Cells: 10, MostPerCell: 0);

    private static readonly AgentCollectionSettings Learning = Tiny with
    {
        PenaltyRise = 0,
        Environments = 5,
        WarmUp = 1000,
        UpdatesPerStep = 1,
        Learning = new Td3Settings([64, 64], 64, 1e-3, 0.99, 0.01),
    };

    // Random actions stay near 0. This seed ends at 620 and cost 64, the priced one below at 434 and cost 0.2. Others
    // need longer: of five seeds one has got nowhere after 15,000 steps, two of five priced ones after 20,000.
    [Test]
    public void An_agent_that_pays_nothing_learns_to_circle()
    {
        using var data = Collected(Learning with { Steps = 15_000, Penalties = [0] });
        var (first, last) = (data.Trajectories.Take(5), data.Trajectories.TakeLast(10));
        Assert.That(first.Average(t => t.Return), Is.LessThan(100), "at first");
        Assert.That(last.Average(t => t.Return), Is.GreaterThan(350), "at last");
        Assert.That(last.Average(t => t.Cost), Is.GreaterThan(20));
    }

    [Test]
    public void An_agent_that_pays_much_learns_to_circle_within_the_boundary()
    {
        using var data = Collected(Learning with { Steps = 20_000, Penalties = [5] });
        var last = data.Trajectories.TakeLast(20).ToList();
        Assert.That(last.Average(t => t.Cost), Is.LessThan(10));
        Assert.That(last.Average(t => t.Return), Is.GreaterThan(100));
    }

    // Episodes of PointNav end early.
    [Test]
    public void Threads_change_no_bit_and_a_seed_does([Values("DiscCircle", "PointNav")] string task)
    {
        using var one = Collected(Tiny, task: task);
        using var two = Collected(Tiny, threads: 2, task: task);
        using var many = Collected(Tiny, threads: 5, task: task);
        using var other = Collected(Tiny with { Seed = 4 }, task: task);
        Assert.Multiple(() =>
        {
            Assert.That(Digest(two), Is.EqualTo(Digest(one)), "two threads");
            Assert.That(Digest(many), Is.EqualTo(Digest(one)), "more threads than agents");
            Assert.That(Digest(other), Is.Not.EqualTo(Digest(one)), "another seed");
        });
    }

    [Test]
    public void Agents_share_nothing()
    {
        using var both = Collected(Tiny);
        using var first = Collected(Tiny with { Steps = Tiny.Steps / 2, Penalties = [0] });
        using var part = both.Select(Enumerable.Range(0, first.Trajectories.Count));
        Assert.That(Digest(part), Is.EqualTo(Digest(first)));
    }

    [Test]
    public void Every_step_is_in_the_data_and_episodes_are_whole()
    {
        using var data = Collected(Tiny);
        Assert.That(data.Count, Is.EqualTo(1600));
        Assert.That(data.Trajectories.Select(t => t.Length), Is.All.EqualTo(200));
        Assert.That(data.Trajectories, Is.All.Matches<Trajectory>(t => !t.Terminated));
        for (var t = 0; t + 1 < 200; t++)
        {
            Assert.That(
                data.Observations.Slice((t + 1) * 5, 5).SequenceEqual(data.NextObservations.Slice(t * 5, 5)),
                $"row {t + 1} follows row {t}");
        }
        Assert.That(data.Metadata.Facts["penalties"], Is.EqualTo("0, 8"));
        Assert.That(data.Metadata.Facts["steps"], Is.EqualTo("1600"));
        Assert.That(data.Metadata.Facts["seed"], Is.EqualTo("3"));
    }

    [Test]
    public void Episodes_that_end_early_are_marked_as_ends_and_the_last_ones_are_completed()
    {
        using var data = Collected(Tiny with { Steps = 3000, Environments = 3 }, task: "PointNav");
        Assert.That(data.Count, Is.GreaterThanOrEqualTo(3000));
        Assert.That(data.Trajectories.Select(t => t.Length).Distinct().Count(), Is.GreaterThan(1));
        Assert.That(data.Trajectories, Has.Some.Matches<Trajectory>(t => t.Terminated));
        foreach (var t in data.Trajectories)
        {
            var last = t.Start + t.Length - 1;
            Assert.That(data.Terminals[last] + data.Timeouts[last], Is.EqualTo(1));
        }
    }

    [Test]
    public void Thinning_keeps_so_many_of_a_cell()
    {
        using var all = Collected(Tiny);
        using var thinned = Collected(Tiny with { Cells = 1, MostPerCell = 1 });
        // One cell, and the maxima beyond its edges have cells of their own.
        Assert.That(thinned.Trajectories, Has.Count.InRange(1, 4));
        Assert.That(all.Trajectories, Has.Count.EqualTo(8));
        Assert.That(thinned.Metadata.Facts["trajectories before thinning"], Is.EqualTo("8"));
    }

    [Test]
    public void A_cancelled_collection_gives_no_data()
    {
        using var cancelling = new CancellationTokenSource();
        var reports = 0;
        var outcome = AgentCollector.Run("DiscCircle", Tiny with { Steps = 100_000 }, 2, Report, cancelling.Token);
        Assert.That(outcome, Is.TypeOf<CollectionOutcome.Cancelled>());
        Assert.That(reports, Is.InRange(1, 4), "each agent ends at its next step");

        void Report(CollectionReport report)
        {
            reports++;
            cancelling.Cancel();
        }
    }

    [Test]
    public void Reports_count_up_to_all_steps()
    {
        var reports = new List<CollectionReport>();
        using var data = Collected(Tiny, threads: 2, report: reports.Add);
        Assert.That(reports.Select(r => r.Step), Is.Ordered.Ascending);
        Assert.That(reports[^1].Step, Is.EqualTo(1600));
        Assert.That(reports.Select(r => r.Penalty).Distinct(), Is.EquivalentTo(Tiny.Penalties));
        var last = reports.Last(r => r.Penalty == 8);
        Assert.That(last.MeanReturn, Is.EqualTo(data.Trajectories.TakeLast(2).Average(t => t.Return)).Within(1e-3));
    }

    [Test]
    public void An_agent_that_diverges_is_named_and_the_first_of_several()
    {
        var outcome = AgentCollector.Run(
            "DiscCircle", Tiny with { Penalties = [1, double.MaxValue, double.MaxValue], Steps = 2400 }, 2, _ => { },
            CancellationToken.None);
        Assert.That(outcome, Is.TypeOf<CollectionOutcome.Diverged>());
        var diverged = (CollectionOutcome.Diverged)outcome;
        Assert.That(diverged.Agent, Is.EqualTo(1));
        Assert.That(diverged.Step, Is.GreaterThan(0));
        Assert.That(diverged.What, Is.Not.Empty);
    }

    private static Dataset Collected(
        AgentCollectionSettings settings, int threads = 1, string task = "DiscCircle",
        Action<CollectionReport>? report = null)
    {
        var outcome = AgentCollector.Run(task, settings, threads, report ?? (_ => { }), CancellationToken.None);
        Assert.That(outcome, Is.TypeOf<CollectionOutcome.Collected>());
        return ((CollectionOutcome.Collected)outcome).Dataset;
    }

    internal static string Digest(Dataset data)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(MemoryMarshal.AsBytes(data.Observations));
        hash.AppendData(MemoryMarshal.AsBytes(data.NextObservations));
        hash.AppendData(MemoryMarshal.AsBytes(data.Actions));
        hash.AppendData(MemoryMarshal.AsBytes(data.Rewards));
        hash.AppendData(MemoryMarshal.AsBytes(data.Costs));
        hash.AppendData(MemoryMarshal.AsBytes(data.Terminals));
        hash.AppendData(MemoryMarshal.AsBytes(data.Timeouts));
        return Convert.ToHexString(hash.GetHashAndReset());
    }
}
