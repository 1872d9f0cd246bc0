using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Training steps of every method at the sizes of its published code, beside what PyTorch took for the same
/// on another machine.</summary>
internal static class MethodBenchmark
{
    /// <summary>Of the machine on which the PyTorch originals were measured, operations a second on one thread and on
    /// two: what their times are scaled by to be comparable here.</summary>
    internal static readonly (double One, double Two) ReferencePeak = (287e9, 570e9);

    private sealed record Row(
        string Name, double Products, (double One, double Two)? PyTorch, List<(int Threads, double Peak, Timing Timing)> Runs);

    internal static void Run(Options options, TextWriter writer)
    {
        var rows = new Dictionary<string, Row>();
        foreach (var threads in options.UsualThreads)
        {
            Clock.Alone(threads, clock =>
            {
                using var crew = new Crew(threads);
                using var team = new Team(threads, pinCaller: true);
                Measure("car", 7, 2);
                if (!options.Short) Measure("ant", 33, 8);

                void Measure(string task, int s, int a)
                {
                    using var data = SyntheticData.Build(s, a);
                    foreach (var build in MethodSteps.All(task, new DatasetTables(data), team))
                    {
                        using var step = build();
                        var passes = options.Passes(0.1, options.Short ? 2 : 8);
                        var timed = new Case(step.Name, step.Run, step.Products());
                        var timing = passes.Time([timed], clock, () => Peak.OfKernels(crew, clock))[0];
                        if (!rows.TryGetValue(step.Name, out var row))
                            rows[step.Name] = row = new Row(step.Name, timed.Operations, step.PyTorch, []);
                        row.Runs.Add((threads, passes.MedianPeak, timing));
                    }
                }
            });
        }
        Print(rows.Values, options.UsualThreads, writer);
    }

    private static void Print(IReadOnlyCollection<Row> rows, IReadOnlyList<int> threads, TextWriter writer)
    {
        writer.WriteLine(
            "Training steps of the methods. Share: of the FMA peak, in our own matrix products. PyTorch: tuned, as "
            + $"measured on a machine of {ReferencePeak.One / 1e9:0} and {ReferencePeak.Two / 1e9:0} GFLOP/s; scaled: "
            + "times its peak over this machine's.");
        var table = new TextTable(
        [
            "step", "GFLOP",
            .. threads.SelectMany(n => new[]
            {
                $"ms, {Format.Threads(n)}", "spread", "steps/s", "share", "PyTorch ms there", "scaled", "ours faster",
            }),
        ]);
        foreach (var row in rows)
        {
            table.Add(
            [
                row.Name, (row.Products / 1e9).ToString("0.00"),
                .. row.Runs.SelectMany(run => Cells(row, run.Threads, run.Peak, run.Timing)),
            ]);
        }
        table.Print(writer);
    }

    private static string[] Cells(Row row, int threads, double peak, Timing timing)
    {
        var reference = threads switch
        {
            1 => row.PyTorch?.One,
            2 => row.PyTorch?.Two,
            _ => null,
        };
        var scaled = reference * (threads == 1 ? ReferencePeak.One : ReferencePeak.Two) / peak;
        return
        [
            Format.Milli(timing.Seconds), Format.Percent(timing.Spread), Format.Rate(1 / timing.Seconds),
            Format.Percent(timing.Share), reference is { } there ? there.ToString("0.0") : "",
            scaled is { } here ? here.ToString("0.0") : "",
            scaled is { } time ? $"{time / (1000 * timing.Seconds):0.00}x" : "",
        ];
    }
}
