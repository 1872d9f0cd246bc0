using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Whole training steps beside their floors.</summary>
internal static class StepBenchmark
{
    private const int AllocationSteps = 4;

    private sealed record Row(string Name, TrainingStep Step, Floor Floor);

    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var team = new Team(options.Threads, pinCaller: true);
        using var carData = SyntheticData.Build(7, 2);
        using var antData = SyntheticData.Build(33, 8);
        using var car = new TrainingSteps(new DatasetTables(carData), team);
        using var ant = new TrainingSteps(new DatasetTables(antData), team);
        Row[] rows = [.. Rows("car", 7, 2, car), .. Rows("ant", 33, 8, ant)];

        var passes = options.Passes(0.025, options.StepsBudget);
        Case[] cases = [.. rows.Select(r => new Case(r.Name, r.Step.Run, r.Floor.Operations))];
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        writer.WriteLine($"Training steps, {Format.Setting(options, passes)}.");
        writer.WriteLine("car: S 7, A 2; ant: S 33, A 8.");
        if (options.Short) PrintShares(passes, rows, timings, writer);
        else Print(options, passes, rows, timings, writer);
        if (options.Profile) Profile(rows, writer);
        var share = Math.Exp(timings.Average(t => Math.Log(t.Share)));
        writer.WriteLine($"geomean share of the FMA floor: {100 * share:0} %");
    }

    private static IEnumerable<Row> Rows(string task, int s, int a, TrainingSteps training)
    {
        var floors = Floors.Rows(s, a).ToDictionary(floor => floor.Name);
        return training.Steps.Select(step => new Row($"{task}: {step.Floor}", step, floors[step.Floor]));
    }

    private static void PrintShares(
        Passes passes, IReadOnlyList<Row> rows, IReadOnlyList<Timing> timings, TextWriter writer)
    {
        var table = new TextTable("name", "ours/s", "floor/s", "share");
        foreach (var (row, timing) in rows.Zip(timings))
        {
            table.Add(
                row.Name, Format.Rate(1 / timing.Seconds),
                Format.Rate(passes.MedianPeak / row.Floor.Operations), Format.Percent(timing.Share));
        }
        table.Print(writer);
    }

    private static void Print(
        Options options, Passes passes, IReadOnlyList<Row> rows, IReadOnlyList<Timing> timings,
        TextWriter writer)
    {
        var table = new TextTable(
            "step", "ms", "spread", "ours/s", "floor/s", "share", "done/floor", "arena MiB", "scratch MiB",
            "bytes/step");
        foreach (var (row, timing) in rows.Zip(timings))
        {
            var program = row.Step.Program;
            table.Add(
                row.Name, Format.Milli(timing.Seconds), Format.Percent(timing.Spread),
                Format.Rate(1 / timing.Seconds), Format.Rate(passes.MedianPeak / row.Floor.Operations),
                Format.Percent(timing.Share), (Products(row) / row.Floor.Operations).ToString("0.00"),
                Format.Mebibytes(4.0 * program.ArenaFloats),
                Format.Mebibytes(4.0 * program.ScratchFloats * options.Threads), Allocated(row).ToString());
        }
        table.Print(writer);
    }

    /// <summary>Floating-point operations of the program's own matrix products.</summary>
    private static double Products(Row row) =>
        row.Step.Program.Profile(row.Step.Next, 1)
            .Where(o => o.Operation.StartsWith("linear", StringComparison.Ordinal))
            .Sum(o => (double)o.FloatingPointOperations);

    private static long Allocated(Row row) =>
        Allocations.Of(() => row.Step.Run(AllocationSteps)) / AllocationSteps;

    private static void Profile(IReadOnlyList<Row> rows, TextWriter writer)
    {
        const int count = 10;
        writer.WriteLine($"The three dearest operations of each step, {count} steps by the wall clock.");
        var table = new TextTable("step and operation", "ms/step", "of the step", "GFLOP/s");
        foreach (var row in rows)
        {
            var operations = row.Step.Program.Profile(row.Step.Next, count);
            var whole = operations.Sum(o => o.Seconds);
            table.Add(row.Name, Format.Milli(whole / count), "", "");
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
