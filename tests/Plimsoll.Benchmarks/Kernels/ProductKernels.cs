using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Kernels;

/// <summary>Matrix products C [M, N] = A B over depth K; T says that A or B is stored transposed.</summary>
internal static unsafe class ProductKernels
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

    internal static IReadOnlyList<Case> Cases(Memory memory, Crew crew) =>
        [.. Shapes.Select(shape => Build(shape, memory, crew))];

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
