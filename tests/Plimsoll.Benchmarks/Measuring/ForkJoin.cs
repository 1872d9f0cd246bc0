using System.Diagnostics;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>What it costs to hand a kernel that does nothing to all threads of a team and to wait for them: while they
/// still look for it, and after they have gone to sleep.</summary>
internal static class ForkJoin
{
    private const int Batches = 2000;
    private const int RunsOfBatch = 200;
    private const int Naps = 200;

    internal static void Print(int threads, TextWriter writer)
    {
        using var team = new Team(threads);
        List<double> awake = [], asleep = [];
        for (var batch = 0; batch < Batches; batch++) awake.Add(Seconds(team, RunsOfBatch) / RunsOfBatch);
        for (var nap = 0; nap < Naps; nap++)
        {
            Thread.Sleep(1);
            asleep.Add(Seconds(team, 1));
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
        for (var i = 0; i < runs; i++) team.Run(Nothing);
        return Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static readonly Kernel Nothing = (_, _) => { };
}
