using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;
using StepProgram = Plimsoll.Numerics.Runtime.Program;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Whole training steps beside their floors.</summary>
internal static class StepBenchmark
{
    private const int AllocationSteps = 4;

    private sealed record Step(string Name, StepProgram Program, Floor Floor)
    {
        private long next;

        internal void Run(int count)
        {
            Program.Run(next, count);
            next += count;
        }

        internal long From => next;
    }

    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var team = new Team(options.Threads, pinCaller: true);
        using var carData = SyntheticData.Build(7, 2);
        using var antData = SyntheticData.Build(33, 8);
        using var car = new TrainingSteps(new DatasetTables(carData), team);
        using var ant = new TrainingSteps(new DatasetTables(antData), team);
        Step[] steps = [.. Steps("car", 7, 2, car), .. Steps("ant", 33, 8, ant)];

        var passes = options.Passes(0.03, 20);
        Case[] cases = [.. steps.Select(s => new Case(s.Name, s.Run, s.Floor.Operations))];
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        Print(options, passes, steps, timings, writer);
        if (options.Profile) Profile(steps, writer);
        var share = Math.Exp(timings.Average(t => Math.Log(t.Share)));
        writer.WriteLine($"geomean share of the FMA floor: {100 * share:0} %");
    }

    private static IEnumerable<Step> Steps(string task, int s, int a, TrainingSteps training)
    {
        var floors = Floors.Rows(s, a).ToDictionary(floor => floor.Name);
        return training.Programs.Select(p => new Step($"{task}: {p.Floor}", p.Program, floors[p.Floor]));
    }

    private static void Print(
        Options options, Passes passes, IReadOnlyList<Step> steps, IReadOnlyList<Timing> timings,
        TextWriter writer)
    {
        writer.WriteLine($"Training steps, {Format.Setting(options, passes)}.");
        writer.WriteLine("car: S 7, A 2; ant: S 33, A 8.");
        var table = new TextTable(
            "step", "ms", "spread", "ours/s", "floor/s", "share", "done/floor", "arena MiB", "scratch MiB",
            "bytes/step");
        foreach (var (step, timing) in steps.Zip(timings))
        {
            var program = step.Program;
            table.Add(
                step.Name, Format.Milli(timing.Seconds), Format.Percent(timing.Spread),
                Format.Rate(1 / timing.Seconds), Format.Rate(passes.MedianPeak / step.Floor.Operations),
                Format.Percent(timing.Share), (Products(step) / step.Floor.Operations).ToString("0.00"),
                Format.Mebibytes(4.0 * program.ArenaFloats),
                Format.Mebibytes(4.0 * program.ScratchFloats * options.Threads), Allocated(step).ToString());
        }
        table.Print(writer);
    }

    /// <summary>Floating-point operations of the program's own matrix products.</summary>
    private static double Products(Step step) =>
        step.Program.Profile(step.From, 1)
            .Where(o => o.Operation.StartsWith("linear", StringComparison.Ordinal))
            .Sum(o => (double)o.FloatingPointOperations);

    private static long Allocated(Step step) =>
        Allocations.Of(() => step.Run(AllocationSteps)) / AllocationSteps;

    private static void Profile(IReadOnlyList<Step> steps, TextWriter writer)
    {
        const int count = 10;
        writer.WriteLine($"The three dearest operations of each step, {count} steps by the wall clock.");
        var table = new TextTable("step and operation", "ms/step", "of the step", "GFLOP/s");
        foreach (var step in steps)
        {
            var operations = step.Program.Profile(step.From, count);
            var whole = operations.Sum(o => o.Seconds);
            table.Add(step.Name, Format.Milli(whole / count), "", "");
            foreach (var (name, seconds, work) in operations.Take(3))
            {
                table.Add(
                    $"  {name}", Format.Milli(seconds / count), Format.Percent(seconds / whole),
                    Format.Giga(work / seconds));
            }
        }
        table.Print(writer);
    }
}
