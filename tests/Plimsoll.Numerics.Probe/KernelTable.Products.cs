using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private static List<KernelCase> Products()
    {
        var cases = new List<KernelCase>();
        foreach (var transA in new[] { false, true })
        {
            foreach (var transB in new[] { false, true })
            {
                cases.Add(Product("over columns", n => (5, n, 19), transA, transB, false, GemmBlocking.Measured));
                cases.Add(Product("over rows", n => (n, 11, 7), transA, transB, true, GemmBlocking.Measured));
                cases.Add(Product("over depth", n => (5, 9, n), transA, transB, true, GemmBlocking.Measured));
                cases.Add(Product("one row", n => (1, n, 19), transA, transB, false, GemmBlocking.Measured));
                cases.Add(Product("narrow, over rows", n => (n, 2, 9), transA, transB, true, GemmBlocking.Measured));
                cases.Add(Product("narrow, over depth", n => (4, 3, n), transA, transB, false, GemmBlocking.Measured));
                cases.Add(
                    Product("masked", n => (13, n, 9), transA, transB, false, GemmBlocking.Measured, isMasked: true));
                cases.Add(Product("odd blocks", n => (3, 8 + n / 6, n), transA, transB, true, new GemmBlocking(7, 32)));
            }
        }
        return cases;
    }

    private static KernelCase Product(
        string how, Func<int, (int M, int N, int K)> shape, bool transA, bool transB, bool accumulate, GemmBlocking blocking,
        bool isMasked = false)
    {
        var activation = transB ? Activation.Relu : Activation.None;
        return new KernelCase(
            $"Gemm.Multiply, {how}, {(transA ? "Aᵀ" : "A")} {(transB ? "Bᵀ" : "B")}",
            [
                accumulate ? InOut(n => shape(n).M * shape(n).N) : Out(n => shape(n).M * shape(n).N),
                In(n => shape(n).M * shape(n).K), In(n => shape(n).K * shape(n).N), In(n => shape(n).N),
                .. isMasked ? [In(n => shape(n).M * shape(n).N)] : Array.Empty<KernelBuffer>(),
            ],
            (b, size) =>
            {
                var (m, n, k) = shape(size);
                var scratch = (float*)NativeMemory.AlignedAlloc((nuint)(blocking.ScratchFloats(n, k) * sizeof(float)) + 64, 64);
                Gemm.Multiply(
                    b[1], transA ? m : k, transA, b[2], transB ? k : n, transB, b[0], n, m, n, k, accumulate, b[3], activation,
                    0, m, scratch, blocking, isMasked ? b[4] : null);
                NativeMemory.AlignedFree(scratch);
            },
            (b, size) =>
            {
                var (m, n, k) = shape(size);
                ReferenceGemm.Multiply(
                    b[1], transA ? m : k, transA, b[2], transB ? k : n, transB, b[0], n, n, k, accumulate, b[3], activation,
                    0, m, isMasked ? b[4] : null);
            });
    }
}
