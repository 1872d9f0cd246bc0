using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Environments;

namespace Plimsoll.Benchmarks.Environments;

/// <summary>
/// Environment steps a second of every task whose engine is there, by uniformly random actions through a batch of
/// eight environments for each thread, with the resets that falling and horizons make; and the time of a reset.
/// </summary>
internal static class EnvironmentBenchmark
{
    private const int PerThread = 8;

    internal static void Run(Options options, TextWriter writer)
    {
        foreach (var missing in Enum.GetValues<Engine>().Select(Engines.StateOf).OfType<EngineState.Missing>())
            writer.WriteLine($"{missing.What} {missing.Remedy}");
        var names = Tasks.All.Where(task => Engines.StateOf(task.Engine) is EngineState.Ready)
            .Select(task => task.Name).ToArray();
        var allocated = new long[names.Length];
        var runs = Runs.Each(options.EachThreads, (crew, clock) =>
        {
            var actors = names.Select(name => new RandomActor(name, PerThread * crew.Size, crew)).ToArray();
            Case[] steps = [.. names.Zip(actors, (name, actor) => new Case(name, actor.Step))];
            Case[] resets = [.. names.Zip(actors, (name, actor) => new Case(name, actor.ResetFirst))];
            var passes = options.Passes(0.05, 1.5 * steps.Length);
            var timings = passes.Time([.. steps, .. resets], clock, () => 1);
            // By one thread: handing work to another may allocate, which is not the environments'.
            if (crew.Size == 1) allocated = [.. actors.Select(actor => Allocations.Of(() => actor.Step(1)))];
            Array.ForEach(actors, actor => actor.Dispose());
            return (passes, timings);
        });
        writer.WriteLine(
            $"Environments, {PerThread} for each thread, random actions: "
            + $"{string.Join("; ", runs.Select(run => $"{Format.Threads(run.Threads)}, {run.Passes.Made} passes"))}.");
        var table = new TextTable(
        [
            "task",
            .. runs.SelectMany(run => new[] { $"steps/s, {Format.Threads(run.Threads)}", "spread" }),
            "us a reset",
            "bytes a step",
        ]);
        for (var i = 0; i < names.Length; i++)
        {
            table.Add(
            [
                names[i],
                .. runs.SelectMany(run => new[]
                {
                    (PerThread * run.Threads / run.Timings[i].Seconds).ToString("0"),
                    Format.Percent(run.Timings[i].Spread),
                }),
                Format.Micro(runs[0].Timings[names.Length + i].Seconds),
                allocated[i].ToString(),
            ]);
        }
        table.Print(writer);
    }
}
