using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Kernels whose work grows with the elements: nanoseconds an element on one thread, data in the
/// second-level cache.</summary>
internal static class ElementBenchmark
{
    internal static void Run(Options options, TextWriter writer)
    {
        using var memory = new Memory();
        var cases = ElementKernels.Cases(memory);
        var run = Runs.Each([1], (_, clock) =>
        {
            var passes = options.Passes(0.002, 3);
            return (passes, passes.Time(cases, clock, () => 1));
        })[0];
        var table = new TextTable(
            $"kernel on {ElementKernels.Rows} x {ElementKernels.Columns}", "ns an element", "spread");
        foreach (var timing in run.Timings)
        {
            var nanoseconds = 1e9 * timing.Seconds / ElementKernels.Elements;
            table.Add(timing.Name, nanoseconds.ToString("0.000"), Format.Percent(timing.Spread));
        }
        writer.WriteLine($"Other kernels: 1 thread, {run.Passes.Made} passes.");
        table.Print(writer);
    }
}
