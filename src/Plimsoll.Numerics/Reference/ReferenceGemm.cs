using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Reference;

/// <summary>The product of <see cref="Gemm.Multiply"/>, element by element: its specification.</summary>
public static unsafe class ReferenceGemm
{
    /// <inheritdoc cref="Gemm.Multiply"/>
    public static void Multiply(
        float* a, nint lda, bool transA, float* b, nint ldb, bool transB, float* c, nint ldc,
        int n, int k, bool accumulate, float* bias, Activation activation, int rowStart, int rowEnd, float* mask = null) =>
        Multiply(Product.Of(
            a, lda, transA, b, ldb, transB, c, ldc, n, k, accumulate, bias, activation, rowStart, rowEnd, mask));

    internal static void Multiply(in Product p)
    {
        for (int i = p.RowStart; i < p.RowEnd; i++)
        {
            float* row = p.A + i * p.RowStrideA;
            for (int j = 0; j < p.N; j++)
            {
                float* column = p.TransB ? p.B + j * p.Ldb : p.B + j;
                nint columnStride = p.TransB ? 1 : p.Ldb;
                float* target = p.C + i * p.Ldc + j;
                float sum = p.Accumulate ? *target : 0f;
                if (p.N >= Gemm.NarrowColumns)
                {
                    for (int l = 0; l < p.K; l++)
                    {
                        sum = MathF.FusedMultiplyAdd(row[l * p.DepthStrideA], column[l * columnStride], sum);
                    }
                }
                else
                {
                    float product = ReferenceReductions.Dot(row, p.DepthStrideA, column, columnStride, p.K);
                    sum = p.Accumulate ? sum + product : product;
                }

                *target = p.Ended(sum, i, j);
            }
        }
    }
}
