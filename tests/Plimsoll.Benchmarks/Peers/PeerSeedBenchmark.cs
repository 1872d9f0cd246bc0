using System.Diagnostics;
using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Benchmarks.Training;
using Plimsoll.Data;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Peers;

/// <summary>Five seeds at once on all cores, one thread each: ours in five threads, PyTorch's in five
/// processes. Steps a second of all five together, by the wall clock.</summary>
internal static class PeerSeedBenchmark
{
    private const int Seeds = 5;
    private const string Task = "car";

    private static readonly (string Step, double Window)[] Rows =
    [
        (Floors.RewardCritic, 1.0), (Floors.CostCritic(4), 1.0), (Floors.Diffusion(256), 1.5),
        (Floors.Diffusion(2048), 4.0),
    ];

    private sealed record Sample(double Alone, double Together, double Peers);

    internal static void Run(Options options, TextWriter writer)
    {
        var peers = new List<PeerProcess>();
        try
        {
            for (var seed = 0; seed < Seeds; seed++)
            {
                if (PeerProcess.Start(threads: 1) is not { } peer)
                {
                    PeerProcess.Skip(writer);
                    return;
                }
                peers.Add(peer);
            }
            Compare(options, peers, writer);
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }
    }

    private static void Compare(Options options, IReadOnlyList<PeerProcess> peers, TextWriter writer)
    {
        using var data = SyntheticData.Build(7, 2);
        var tables = new DatasetTables(data);
        var passes = options.Short ? 1 : 3;
        var scale = options.Short ? 0.5 : 1;
        writer.WriteLine(
            "Five seeds at once, one thread each, steps a second together, " +
            $"{Environment.ProcessorCount} processors, median of {passes}.");
        var table = new TextTable(
            "step", "one alone", "five", "of what the cores can", "PyTorch, five", "ratio");
        foreach (var (step, window) in Rows)
        {
            using var ours = new Team(1);
            var seeds = Enumerable.Range(0, Seeds)
                .Select(seed => new TrainingSteps(tables, ours, seed, name => name == step)).ToArray();
            try
            {
                Measure(seeds, peers, step, 0.2 * window);
                var samples = Enumerable.Range(0, passes)
                    .Select(_ => Measure(seeds, peers, step, scale * window)).ToArray();
                Add(table, step, samples);
            }
            finally
            {
                foreach (var seed in seeds) seed.Dispose();
            }
        }
        table.Print(writer);
    }

    private static void Add(TextTable table, string step, Sample[] samples)
    {
        var cores = Math.Min(Seeds, Environment.ProcessorCount);
        double Median(Func<Sample, double> of) => Passes.Quantile([.. samples.Select(of)], 0.5);
        table.Add(
            $"{Task}: {step}", Format.Rate(Median(s => s.Alone)), Format.Rate(Median(s => s.Together)),
            Format.Percent(Median(s => s.Together / (cores * s.Alone))), Format.Rate(Median(s => s.Peers)),
            Median(s => s.Together / s.Peers).ToString("0.00"));
    }

    private static Sample Measure(
        TrainingSteps[] seeds, IReadOnlyList<PeerProcess> peers, string step, double window)
    {
        var alone = Rate(seeds[..1], window);
        var together = Rate(seeds, window);
        foreach (var peer in peers) peer.Begin(Task, step, window);
        return new Sample(alone, together, peers.Select(peer => peer.Rate()).ToArray().Sum());
    }

    /// <summary>Steps a second of all seeds, each on a thread of its own.</summary>
    private static double Rate(TrainingSteps[] seeds, double window)
    {
        var rates = new double[seeds.Length];
        using var start = new Barrier(seeds.Length);
        var threads = seeds.Select((seed, i) => new Thread(() =>
        {
            var step = seed.Steps[0];
            start.SignalAndWait();
            var (watch, done) = (Stopwatch.StartNew(), 0);
            for (; watch.Elapsed.TotalSeconds < window; done++) step.Run(1);
            rates[i] = done / watch.Elapsed.TotalSeconds;
        })).ToArray();
        foreach (var thread in threads) thread.Start();
        foreach (var thread in threads) thread.Join();
        return rates.Sum();
    }
}
