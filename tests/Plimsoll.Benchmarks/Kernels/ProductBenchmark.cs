using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Matrix products of the training steps' sizes and attention; rows and heads are split over the
/// threads.</summary>
internal static class ProductBenchmark
{
    internal static void Run(Options options, TextWriter writer)
    {
        using var memory = new Memory();
        IReadOnlyList<Case> cases = [];
        var runs = Runs.Each(options.UsualThreads, (crew, clock) =>
        {
            var passes = options.Passes(0.003, 6);
            cases = [.. ProductKernels.Cases(memory, crew), .. AttentionKernels.Cases(memory, crew)];
            return (passes, passes.Time(cases, clock, () => Peak.OfKernels(crew, clock)));
        });
        writer.WriteLine($"Matrix products and attention: {runs.Settings()}.");
        var table = new TextTable(
        [
            "product M x N x K",
            .. runs.SelectMany(run => new[]
            {
                $"us, {Format.Threads(run.Threads)}", "GFLOP/s", "share of peak", "spread",
            }),
        ]);
        for (var i = 0; i < cases.Count; i++)
        {
            var work = cases[i].Operations;
            table.Add(
            [
                cases[i].Name,
                .. runs.Select(run => run.Timings[i]).SelectMany(timing => new[]
                {
                    Format.Micro(timing.Seconds), Format.Giga(work / timing.Seconds),
                    Format.Percent(timing.Share), Format.Percent(timing.Spread),
                }),
            ]);
        }
        table.Print(writer);
    }
}
