using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Actions of a 33-256-256-8 policy, one at a time and 1,000 at once.</summary>
internal static class ActingBenchmark
{
    private const int S = 33;
    private const int A = 8;

    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var team = new Team(options.Threads, pinCaller: true);
        using var acting = new ActingSteps(S, A, team);
        var floors = Floors.Rows(S, A).ToDictionary(row => row.Name, row => row.Operations);
        Case[] cases =
        [
            new("1 action", acting.One, floors[Floors.ActingAlone]),
            new("1,000 actions", acting.Many, floors[Floors.Acting]),
        ];
        var passes = options.Passes(0.01, 2);
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        writer.WriteLine($"Acting, a policy of 33-256-256-8, {Format.Setting(options, passes)}.");
        var table = new TextTable("call", "us", "spread", "share of floor", "bytes/call");
        foreach (var (timing, timed) in timings.Zip(cases))
        {
            table.Add(
                timing.Name, Format.Micro(timing.Seconds), Format.Percent(timing.Spread),
                Format.Percent(timing.Share), Allocations.Of(() => timed.Run(1)).ToString());
        }
        table.Print(writer);
    }
}
