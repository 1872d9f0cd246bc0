using System.Diagnostics;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>What a product's epilogue applies after the bias.</summary>
public enum Activation
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>max(x, 0); NaN and -0 stay.</summary>
    Relu,
}

/// <summary>Matrix products of row-major binary32 matrices.</summary>
public static unsafe partial class Gemm
{
    /// <summary>Products with fewer columns than this go over 64 lanes along k.</summary>
    public const int NarrowColumns = 8;

    /// <summary>
    /// C[m,n] = act((accumulate ? C : 0) + A B + bias) where mask &gt; 0, else 0; rows [rowStart, rowEnd) only.
    /// A is [m,k], or stored [k,m] where <paramref name="transA"/>; B is [k,n], or stored [n,k] where
    /// <paramref name="transB"/>; the pitches are those of the stored matrices; bias [n] may be null; so may the mask
    /// [m,n], whose pitch is that of C.
    /// </summary>
    /// <remarks>
    /// Determinism: n &gt;= 8: each element is one chain of fused multiply-adds in ascending k, starting from C when
    /// accumulating, else from +0. n &lt; 8: the chain is spread over 64 lanes and joined as in
    /// <see cref="Reductions"/>; accumulate then adds the result to C once. Then the bias is added, then the
    /// activation applied, then the mask. Splits of the rows and the instruction set cannot change a bit.
    /// Scratch holds at least <see cref="ScratchFloats"/> floats, 64-byte aligned, one for each concurrent call; C
    /// must not overlap A, B, bias, mask or scratch.
    /// </remarks>
    public static void Multiply(
        float* a, nint lda, bool transA, float* b, nint ldb, bool transB, float* c, nint ldc,
        int m, int n, int k, bool accumulate, float* bias, Activation activation,
        int rowStart, int rowEnd, float* scratch, float* mask = null) =>
        Multiply(
            a, lda, transA, b, ldb, transB, c, ldc, m, n, k, accumulate, bias, activation, rowStart, rowEnd, scratch,
            GemmBlocking.Measured, mask);

    /// <summary>The same with blocks of the caller's choice.</summary>
    internal static void Multiply(
        float* a, nint lda, bool transA, float* b, nint ldb, bool transB, float* c, nint ldc,
        int m, int n, int k, bool accumulate, float* bias, Activation activation,
        int rowStart, int rowEnd, float* scratch, GemmBlocking blocking, float* mask = null)
    {
        Debug.Assert(0 <= rowStart && rowEnd <= m, "the rows lie in C");
        var product = Product.Of(
            a, lda, transA, b, ldb, transB, c, ldc, n, k, accumulate, bias, activation, rowStart, rowEnd, mask);
        Multiply(product with { Scratch = scratch, Blocking = blocking });
    }

    private static void Multiply(in Product p)
    {
        if (!InstructionSet.IsAvx512 && !InstructionSet.IsAvx2)
        {
            ReferenceGemm.Multiply(p);
        }
        else if (p.N < NarrowColumns && InstructionSet.IsAvx512)
        {
            Narrow<Lanes512>(p);
        }
        else if (p.N < NarrowColumns)
        {
            Narrow<Lanes256>(p);
        }
        else if (InstructionSet.IsAvx512)
        {
            Wide<Lanes512, Twelve>(p);
        }
        else
        {
            Wide<Lanes256, Six>(p);
        }
    }

    /// <summary>Floats of scratch that a product with n columns over depth k needs.</summary>
    public static long ScratchFloats(int n, int k) => GemmBlocking.Measured.ScratchFloats(n, k);
}
