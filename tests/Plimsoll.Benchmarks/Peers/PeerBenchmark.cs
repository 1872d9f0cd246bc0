using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Benchmarks.Training;
using Plimsoll.Data;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Peers;

/// <summary>Training steps and acting beside the same in PyTorch: both in each pass, one after the other.
/// </summary>
internal static class PeerBenchmark
{
    private sealed record Pair(string Task, Floor Floor, Action<int> Ours, bool IsTraining)
    {
        internal string Name => $"{Task}: {Floor.Name}";
    }

    /// <summary>False: there is no PyTorch here.</summary>
    internal static bool Run(Options options, TextWriter writer)
    {
        foreach (var threads in options.EachThreads)
        {
            var compared = false;
            Clock.Alone(threads, clock => compared = Run(options, threads, clock, writer));
            if (!compared)
            {
                PeerProcess.Skip(writer);
                return false;
            }
        }
        return true;
    }

    private static bool Run(Options options, int threads, Clock clock, TextWriter writer)
    {
        using var peer = PeerProcess.Start(threads);
        if (peer is null) return false;
        using var crew = new Crew(threads);
        using var team = new Team(threads, pinCaller: true);
        using var car = new Bench("car", 7, 2, team);
        using var ant = new Bench("ant", 33, 8, team);
        Pair[] pairs = [.. car.Pairs(), .. ant.Pairs()];
        Case[] cases =
        [
            .. pairs.SelectMany(p => new[]
            {
                new Case(p.Name, p.Ours, p.Floor.Operations),
                new Case(
                    p.Name, _ => { }, p.Floor.Operations, count => peer.Seconds(p.Task, p.Floor.Name, count)),
            }),
        ];
        var passes = options.Short ? new Passes(3, 0.02, 25) : new Passes(9, 0.1, 100);
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        writer.WriteLine($"Beside {peer.About}: {new Run(threads, passes, timings).Setting}.");
        Print(pairs, timings, writer);
        return true;
    }

    private static void Print(IReadOnlyList<Pair> pairs, IReadOnlyList<Timing> timings, TextWriter writer)
    {
        var table = new TextTable(
            "step", "ms, ours", "ms, PyTorch", "ratio", "spread", "ours of floor", "PyTorch of floor");
        var ratios = new List<(string Name, double Ratio)>();
        for (var i = 0; i < pairs.Count; i++)
        {
            var (ours, theirs) = (timings[2 * i], timings[2 * i + 1]);
            double[] each = [.. theirs.Samples.Zip(ours.Samples, (t, o) => t / o)];
            var ratio = Passes.Quantile(each, 0.5);
            var spread = (Passes.Quantile(each, 0.75) - Passes.Quantile(each, 0.25)) / ratio;
            if (pairs[i].IsTraining) ratios.Add((pairs[i].Name, ratio));
            table.Add(
                pairs[i].Name, Format.Milli(ours.Seconds), Format.Milli(theirs.Seconds),
                ratio.ToString("0.00"), Format.Percent(spread), Format.Percent(ours.Share),
                Format.Percent(theirs.Share));
        }
        table.Print(writer);
        var mean = Math.Exp(ratios.Average(r => Math.Log(r.Ratio)));
        var (name, least) = ratios.MinBy(r => r.Ratio);
        writer.WriteLine(
            $"PyTorch's time over ours, training steps: geomean {mean:0.00}, least {least:0.00} ({name})\n");
    }

    /// <summary>Our side of one task.</summary>
    private sealed class Bench : IDisposable
    {
        private readonly string task;
        private readonly IReadOnlyDictionary<string, Floor> floors;
        private readonly Dataset data;
        private readonly TrainingSteps steps;
        private readonly ActingSteps acting;

        internal Bench(string task, int s, int a, Team team)
        {
            this.task = task;
            floors = Floors.Rows(s, a).ToDictionary(floor => floor.Name);
            data = SyntheticData.Build(s, a);
            steps = new TrainingSteps(new DatasetTables(data), team);
            acting = new ActingSteps(s, a, team);
        }

        internal IEnumerable<Pair> Pairs() =>
        [
            .. steps.Steps.Select(step => new Pair(task, floors[step.Floor], step.Run, true)),
            new Pair(task, floors[Floors.ActingAlone], acting.One, false),
            new Pair(task, floors[Floors.Acting], acting.Many, false),
        ];

        public void Dispose()
        {
            acting.Dispose();
            steps.Dispose();
            data.Dispose();
        }
    }
}
