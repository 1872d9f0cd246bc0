using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Runtime;
using StepProgram = Plimsoll.Numerics.Runtime.Program;

namespace Plimsoll.Benchmarks.Training;

/// <summary>The plan of a training step with the times that this machine allows and those that it takes.</summary>
internal static class StepPlan
{
    private const int Samples = 15;
    private const int Steps = 200;
    private const double Seconds = 3;

    internal static void Print(string name, StepProgram program, Crew crew, Clock clock, TextWriter writer)
    {
        // Three arrays as long as the arena together: what a step moves comes from the same level of memory.
        var bytes = Bandwidth.Measure(crew, clock, Samples, Math.Max(1 << 14, program.ArenaFloats / 3));
        var flops = Passes.Quantile(
            [.. Enumerable.Range(0, Samples).Select(_ => Peak.OfKernels(crew, clock))], 0.5);
        var once = program.Measure(0, 5).Sum();
        var measured = program.Measure(5, (int)Math.Clamp(Seconds / once, 5, Steps));
        writer.WriteLine(
            $"{name}: {crew.Size} thread(s), {Format.Giga(flops)} GFLOP/s, {Format.Giga(bytes)} GB/s at its size; " +
            "the least of many steps by the wall clock");
        writer.WriteLine(program.Describe(new MachineLimits(flops, bytes), measured));
    }
}
