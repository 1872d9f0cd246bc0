using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Matrix products of the training steps' sizes; rows are split over the threads.</summary>
internal static unsafe class ProductBenchmark
{
    private static readonly (bool TransA, bool TransB, int M, int N, int K)[] Shapes =
    [
        (false, false, 256, 256, 256),
        (false, true, 256, 256, 256),
        (true, false, 256, 256, 256),
        (false, false, 256, 256, 10),
        (true, false, 10, 256, 256),
        (false, false, 256, 1, 256),
        (false, false, 256, 8, 256),
        (false, true, 256, 256, 1),
        (true, false, 256, 1, 256),
        (false, false, 256, 1024, 256),
        (false, false, 256, 256, 1024),
        (false, true, 256, 1024, 256),
        (true, false, 256, 1024, 256),
        (true, false, 1024, 256, 256),
        (false, false, 2048, 1024, 256),
        (false, false, 2048, 256, 1024),
        (false, true, 2048, 1024, 256),
        (false, true, 2048, 256, 1024),
        (true, false, 256, 1024, 2048),
        (true, false, 1024, 256, 2048),
    ];

    internal static void Run(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        using var memory = new Memory();
        var passes = options.Passes(0.003, 6);
        Case[] cases = [.. Shapes.Select(s => Build(s, memory, crew))];
        var timings = passes.Time(cases, clock, () => Peak.OfKernels(crew, clock));
        var table = new TextTable("product M x N x K", "us", "GFLOP/s", "share of peak", "spread");
        foreach (var (timing, shape) in timings.Zip(Shapes))
        {
            table.Add(
                timing.Name, Format.Micro(timing.Seconds), Format.Giga(Work(shape) / timing.Seconds),
                Format.Percent(timing.Share), Format.Percent(timing.Spread));
        }
        writer.WriteLine($"Matrix products, {Format.Setting(options, passes)}.");
        table.Print(writer);
    }

    private static Case Build(
        (bool TransA, bool TransB, int M, int N, int K) shape, Memory memory, Crew crew)
    {
        var (transA, transB, m, n, k) = shape;
        var a = memory.Random((long)m * k, 1);
        var b = memory.Random((long)k * n, 2);
        var c = memory.Zeros((long)m * n);
        var pieces = Gemm.ScratchFloats(n, k);
        var scratch = Enumerable.Range(0, crew.Size).Select(_ => (nint)memory.Zeros(pieces)).ToArray();
        var name = $"{(transA ? "T" : "N")}{(transB ? "T" : "N")} {m} x {n} x {k}";
        return new Case(name, count => crew.Run(part => Multiply(part, count)), Work(shape));

        void Multiply(int part, int count)
        {
            var strips = (m + 11) / 12;
            var start = Math.Min(m, strips * part / crew.Size * 12);
            var end = Math.Min(m, strips * (part + 1) / crew.Size * 12);
            for (var i = 0; i < count; i++)
            {
                Gemm.Multiply(
                    a, transA ? m : k, transA, b, transB ? k : n, transB, c, n, m, n, k, false, null,
                    Activation.None, start, end, (float*)scratch[part]);
            }
        }
    }

    private static double Work((bool TransA, bool TransB, int M, int N, int K) s) => 2.0 * s.M * s.N * s.K;
}
