using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Actions of a 33-256-256-8 policy, one at a time and 1,000 at once.</summary>
internal static class ActingBenchmark
{
    private const int S = 33;
    private const int A = 8;

    internal static void Run(Options options, TextWriter writer)
    {
        var floors = Floors.Rows(S, A).ToDictionary(row => row.Name, row => row.Operations);
        long[] allocated = [];
        var runs = Runs.Each(options.UsualThreads, (crew, clock) =>
        {
            using var team = new Team(crew.Size, pinCaller: true);
            using var acting = new ActingSteps(S, A, team);
            Case[] cases =
            [
                new("1 action", acting.One, floors[Floors.ActingAlone]),
                new("1,000 actions", acting.Many, floors[Floors.Acting]),
            ];
            var passes = options.Passes(0.01, 2);
            var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
            allocated = [.. cases.Select(timed => Allocations.Of(() => timed.Run(1)))];
            return (passes, timings);
        });
        writer.WriteLine($"Acting, a policy of 33-256-256-8: {runs.Settings()}.");
        var table = new TextTable(
        [
            "call",
            .. runs.SelectMany(run => new[]
            {
                $"us, {Format.Threads(run.Threads)}", "share of floor", "spread",
            }),
            "bytes a call",
        ]);
        for (var i = 0; i < allocated.Length; i++)
        {
            table.Add(
            [
                runs[0].Timings[i].Name,
                .. runs.Select(run => run.Timings[i]).SelectMany(timing => new[]
                {
                    Format.Micro(timing.Seconds), Format.Percent(timing.Share), Format.Percent(timing.Spread),
                }),
                allocated[i].ToString(),
            ]);
        }
        table.Print(writer);
    }
}
