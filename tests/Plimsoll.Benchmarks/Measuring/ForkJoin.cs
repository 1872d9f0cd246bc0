using System.Diagnostics;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>What it costs, beyond the longest part, to hand a kernel to all threads of a team and to wait for them: while
/// they still look for it, and after they have gone to sleep. Parts last for so long that no thread finds its part
/// done by the caller, unless it slept.</summary>
internal static class ForkJoin
{
    private const int Batches = 500;
    private const int RunsOfBatch = 200;
    private const int Naps = 200;
    private static readonly long PartTicks = Stopwatch.Frequency / 500_000;
    private static readonly double PartSeconds = PartTicks / (double)Stopwatch.Frequency;

    internal static void Print(int threads, TextWriter writer)
    {
        using var team = new Team(threads);
        List<double> awake = [], asleep = [];
        for (var batch = 0; batch < Batches; batch++) awake.Add(Seconds(team, RunsOfBatch) / RunsOfBatch - PartSeconds);
        for (var nap = 0; nap < Naps; nap++)
        {
            Thread.Sleep(1);
            asleep.Add(Seconds(team, 1) - PartSeconds);
        }
        var table = new TextTable($"fork and join, {threads} threads, us", "best", "lower quartile", "median");
        Row("threads awake", awake);
        Row("threads asleep", asleep);
        table.Print(writer);

        void Row(string name, List<double> seconds) =>
            table.Add(
                name, Format.Micro(seconds.Min()), Format.Micro(Passes.Quantile(seconds, 0.25)),
                Format.Micro(Passes.Quantile(seconds, 0.5)));
    }

    private static double Seconds(Team team, int runs)
    {
        var start = Stopwatch.GetTimestamp();
        for (var i = 0; i < runs; i++) team.Run(Busy);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static readonly Kernel Busy = (_, _) =>
    {
        var end = Stopwatch.GetTimestamp() + PartTicks;
        while (Stopwatch.GetTimestamp() < end) { }
    };
}
