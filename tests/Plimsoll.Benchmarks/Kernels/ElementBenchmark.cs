using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Kernels whose work grows with the elements: nanoseconds an element on one thread, data in the
/// second-level cache.</summary>
internal static class ElementBenchmark
{
    internal static void Run(Options options, Clock clock, TextWriter writer)
    {
        using var memory = new Memory();
        var passes = options.Passes(0.002, 3);
        var timings = passes.Time(ElementKernels.Cases(memory), clock, () => 1);
        var table = new TextTable($"kernel on {ElementKernels.Rows} x {ElementKernels.Columns}", "ns/element", "spread");
        foreach (var timing in timings)
        {
            var nanoseconds = 1e9 * timing.Seconds / ElementKernels.Elements;
            table.Add(timing.Name, nanoseconds.ToString("0.000"), Format.Percent(timing.Spread));
        }
        writer.WriteLine($"Other kernels, 1 thread, {passes.Made} passes.");
        table.Print(writer);
    }
}
