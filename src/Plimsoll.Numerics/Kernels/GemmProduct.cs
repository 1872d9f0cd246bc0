using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The arguments of <see cref="Gemm.Multiply"/>.</summary>
internal readonly unsafe ref struct Product
{
    public float* A { get; init; }

    public nint Lda { get; init; }

    public bool TransA { get; init; }

    public float* B { get; init; }

    public nint Ldb { get; init; }

    public bool TransB { get; init; }

    public float* C { get; init; }

    public nint Ldc { get; init; }

    public int N { get; init; }

    public int K { get; init; }

    public bool Accumulate { get; init; }

    public float* Bias { get; init; }

    public bool Relu { get; init; }

    /// <summary>Null, or [M, N] with the pitch of C: what is not above 0 there becomes 0.</summary>
    public float* Mask { get; init; }

    public int RowStart { get; init; }

    public int RowEnd { get; init; }

    public float* Scratch { get; init; }

    public GemmBlocking Blocking { get; init; }

    /// <summary>The arguments of <see cref="Gemm.Multiply"/> as one value.</summary>
    public static Product Of(
        float* a, nint lda, bool transA, float* b, nint ldb, bool transB, float* c, nint ldc, int n, int k,
        bool accumulate, float* bias, Activation activation, int rowStart, int rowEnd, float* mask) => new()
        {
            A = a,
            Lda = lda,
            TransA = transA,
            B = b,
            Ldb = ldb,
            TransB = transB,
            C = c,
            Ldc = ldc,
            N = n,
            K = k,
            Accumulate = accumulate,
            Bias = bias,
            Relu = activation == Activation.Relu,
            Mask = mask,
            RowStart = rowStart,
            RowEnd = rowEnd,
        };

    /// <summary>The distance between rows of A as a factor.</summary>
    public nint RowStrideA => TransA ? 1 : Lda;

    /// <summary>The distance between columns of A as a factor.</summary>
    public nint DepthStrideA => TransA ? Lda : 1;

    /// <summary>Element (i, j) of C from its finished sum: bias, activation, mask.</summary>
    public float Ended(float sum, int i, int j)
    {
        sum = Bias == null ? sum : sum + Bias[j];
        sum = Relu ? Scalar.Relu(sum) : sum;
        return Mask == null ? sum : Scalar.ReluGradient(sum, Mask[i * Ldc + j]);
    }

    /// <summary>The same for a vector of row i from column j.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Ended<T, TEdge>(T sum, int i, int j, int columns)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        sum = Bias == null ? sum : sum + Edge.Load<T, TEdge>(Bias + j, columns);
        sum = Relu ? T.GreaterOrSecond(T.Zero, sum) : sum;
        return Mask == null ? sum : T.Less(T.Zero, Edge.Load<T, TEdge>(Mask + i * Ldc + j, columns)) & sum;
    }
}
