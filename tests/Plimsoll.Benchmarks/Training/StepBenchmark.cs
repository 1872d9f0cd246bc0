using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Whole training steps beside their floors.</summary>
internal static class StepBenchmark
{
    private const int AllocationSteps = 4;

    private sealed record Row(string Name, TrainingStep Step, Floor Floor);

    /// <param name="Done">Floating-point operations of the step's own matrix products over the floor's.</param>
    /// <param name="Arena">Bytes.</param>
    /// <param name="Least">Bytes below which no arena can be, by the lifetimes.</param>
    /// <param name="Allocated">Bytes of the managed heap a step.</param>
    private sealed record Facts(
        string Name, Floor Floor, double Done, double Arena, double Least, long Allocated);

    internal static void Run(Options options, TextWriter writer)
    {
        Facts[] facts = [];
        var runs = Runs.Each(options.UsualThreads, (crew, clock) =>
        {
            using var team = new Team(crew.Size, pinCaller: true);
            using var carData = SyntheticData.Build(7, 2);
            using var antData = SyntheticData.Build(33, 8);
            using var car = new TrainingSteps(new DatasetTables(carData), team);
            using var ant = new TrainingSteps(new DatasetTables(antData), team);
            Row[] rows = [.. Rows("car", 7, 2, car), .. Rows("ant", 33, 8, ant)];
            if (options.Describe is { } text)
            {
                foreach (var row in rows.Where(r => r.Name.Contains(text, StringComparison.Ordinal)))
                    StepPlan.Print(row.Name, row.Step.Program, crew, clock, writer);
                return (options.Passes(1, 1), []);
            }
            var passes = options.Passes(0.025, options.StepsBudget);
            Case[] cases = [.. rows.Select(r => new Case(r.Name, r.Step.Run, r.Floor.Operations))];
            var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
            facts = [.. rows.Select(Look)];
            if (options.Profile) Profile(crew.Size, rows, clock, writer);
            return (passes, timings);
        });
        if (options.Describe is not null) return;
        writer.WriteLine($"Training steps: {runs.Settings()}. car: S 7, A 2; ant: S 33, A 8.");
        if (options.Short) PrintShares(runs[0], facts, writer);
        else Print(runs, facts, writer);
        foreach (var run in runs.Skip(1))
            writer.WriteLine($"{Format.Threads(run.Threads)}: geomean {Format.Percent(run.MeanShare)}");
        writer.WriteLine($"geomean share of the FMA floor: {Format.Percent(runs[0].MeanShare)}");
    }

    private static IEnumerable<Row> Rows(string task, int s, int a, TrainingSteps training)
    {
        var floors = Floors.Rows(s, a).ToDictionary(floor => floor.Name);
        return training.Steps.Select(step => new Row($"{task}: {step.Floor}", step, floors[step.Floor]));
    }

    private static Facts Look(Row row)
    {
        var program = row.Step.Program;
        var products = program.Profile(row.Step.Next, 1)
            .Where(o => o.Operation.StartsWith("linear", StringComparison.Ordinal))
            .Sum(o => (double)o.FloatingPointOperations);
        var allocated = Allocations.Of(() => row.Step.Run(AllocationSteps)) / AllocationSteps;
        return new Facts(
            row.Name, row.Floor, products / row.Floor.Operations, 4.0 * program.ArenaFloats,
            4.0 * program.ArenaLowerBound, allocated);
    }

    private static void PrintShares(Run run, IReadOnlyList<Facts> facts, TextWriter writer)
    {
        var table = new TextTable("name", "ours/s", "floor/s", "share");
        foreach (var (row, timing) in facts.Zip(run.Timings))
        {
            table.Add(
                row.Name, Format.Rate(1 / timing.Seconds),
                Format.Rate(run.Passes.MedianPeak / row.Floor.Operations), Format.Percent(timing.Share));
        }
        table.Print(writer);
    }

    private static void Print(IReadOnlyList<Run> runs, IReadOnlyList<Facts> facts, TextWriter writer)
    {
        var table = new TextTable(
        [
            "step",
            .. runs.SelectMany(run => new[]
            {
                $"ms, {Format.Threads(run.Threads)}", "spread", "steps/s", "floor/s", "share",
            }),
            "done", "arena MiB", "over the least", "bytes a step",
        ]);
        foreach (var (i, row) in facts.Index())
        {
            table.Add(
            [
                row.Name,
                .. runs.SelectMany(run => new[]
                {
                    Format.Milli(run.Timings[i].Seconds), Format.Percent(run.Timings[i].Spread),
                    Format.Rate(1 / run.Timings[i].Seconds),
                    Format.Rate(run.Passes.MedianPeak / row.Floor.Operations),
                    Format.Percent(run.Timings[i].Share),
                }),
                row.Done.ToString("0.00"), Format.Mebibytes(row.Arena),
                (row.Arena / row.Least).ToString("0.00"), row.Allocated.ToString(),
            ]);
        }
        table.Print(writer);
    }

    private static void Profile(int threads, IReadOnlyList<Row> rows, Clock clock, TextWriter writer)
    {
        const int count = 10;
        const double least = 0.01;
        writer.WriteLine(
            $"The operations that take {least:0 %} of a step or more, {Format.Threads(threads)}, " +
            $"{count} steps.");
        var table = new TextTable("step and operation", "ms a step", "of the step", "GFLOP/s");
        foreach (var row in rows)
        {
            var operations = row.Step.Program.Profile(row.Step.Next, count, () => clock.Seconds);
            var whole = operations.Sum(o => o.Seconds);
            table.Add(row.Name, Format.Milli(whole / count), "", "");
            foreach (var (name, seconds, work) in operations.Where(o => o.Seconds >= least * whole))
            {
                table.Add(
                    $"  {name}", Format.Milli(seconds / count), Format.Percent(seconds / whole),
                    Format.Giga(work / seconds));
            }
        }
        table.Print(writer);
    }
}
