using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Matrix products of the training steps' sizes; rows are split over the threads.</summary>
internal static class ProductBenchmark
{
    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var memory = new Memory();
        var passes = options.Passes(0.003, 6);
        var cases = ProductKernels.Cases(memory, crew);
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        var table = new TextTable("product M x N x K", "us", "GFLOP/s", "share of peak", "spread");
        foreach (var (timing, product) in timings.Zip(cases))
        {
            table.Add(
                timing.Name, Format.Micro(timing.Seconds), Format.Giga(product.Operations / timing.Seconds),
                Format.Percent(timing.Share), Format.Percent(timing.Spread));
        }
        writer.WriteLine($"Matrix products, {Format.Setting(options, passes)}.");
        table.Print(writer);
    }
}
