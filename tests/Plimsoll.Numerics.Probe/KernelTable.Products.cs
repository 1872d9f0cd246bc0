using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

public static unsafe partial class KernelTable
{
    private static readonly GemmBlocking OddBlocks = new(7, 32);

    private static List<KernelCase> Products()
    {
        var cases = new List<KernelCase>();
        foreach (var transA in new[] { false, true })
        {
            foreach (var transB in new[] { false, true })
            {
                cases.Add(Product("over columns", n => (5, n, 19), transA, transB, accumulate: false));
                cases.Add(Product("over rows", n => (n, 11, 7), transA, transB, accumulate: true));
                cases.Add(Product("over depth", n => (5, 9, n), transA, transB, accumulate: true));
                cases.Add(Product("one row", n => (1, n, 19), transA, transB, accumulate: false));
                cases.Add(Product("narrow, over rows", n => (n, 2, 9), transA, transB, accumulate: true));
                cases.Add(Product("narrow, over depth", n => (4, 3, n), transA, transB, accumulate: false));
                cases.Add(Product("odd blocks", n => (3, 8 + n / 6, n), transA, transB, accumulate: true, OddBlocks));
                cases.Add(Product("masked, over columns", n => (5, n, 19), transA, transB, accumulate: false, isMasked: true));
                cases.Add(Product("masked, narrow, over depth", n => (4, 3, n), transA, transB, accumulate: true, isMasked: true));
            }
        }
        return cases;
    }

    private static KernelCase Product(
        string how, Func<int, (int M, int N, int K)> shape, bool transA, bool transB, bool accumulate,
        GemmBlocking? blocking = null, bool isMasked = false)
    {
        KernelBuffer[] mask = isMasked ? [In(Result)] : [];
        return new KernelCase(
            $"Gemm.Multiply, {how}, {(transA ? "Aᵀ" : "A")} {(transB ? "Bᵀ" : "B")}",
            [
                accumulate ? InOut(Result) : Out(Result), In(n => shape(n).M * shape(n).K), In(n => shape(n).K * shape(n).N),
                In(n => shape(n).N), .. mask,
            ],
            (b, n) => Run(b, n, isReference: false), (b, n) => Run(b, n, isReference: true));

        int Result(int n) => shape(n).M * shape(n).N;

        void Run(float*[] buffers, int size, bool isReference)
        {
            var (m, n, k) = shape(size);
            var blocks = blocking ?? GemmBlocking.Measured;
            var scratch = (float*)NativeMemory.AlignedAlloc((nuint)(blocks.ScratchFloats(n, k) * sizeof(float)) + 64, 64);
            var product = new Product
            {
                A = buffers[1],
                Lda = transA ? m : k,
                TransA = transA,
                B = buffers[2],
                Ldb = transB ? k : n,
                TransB = transB,
                C = buffers[0],
                Ldc = n,
                N = n,
                K = k,
                Accumulate = accumulate,
                Bias = buffers[3],
                Relu = transB,
                Mask = isMasked ? buffers[4] : null,
                RowEnd = m,
                Scratch = scratch,
                Blocking = blocks,
            };
            if (isReference) ReferenceGemm.Multiply(product);
            else Gemm.Multiply(product);
            NativeMemory.AlignedFree(scratch);
        }
    }
}
