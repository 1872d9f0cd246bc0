using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Reference;

/// <summary>The product of <see cref="Gemm.Multiply"/>, element by element: its specification.</summary>
public static unsafe class ReferenceGemm
{
    /// <inheritdoc cref="Gemm.Multiply"/>
    public static void Multiply(
        float* a, nint lda, bool transA, float* b, nint ldb, bool transB, float* c, nint ldc,
        int n, int k, bool accumulate, float* bias, Activation activation, int rowStart, int rowEnd)
    {
        for (int i = rowStart; i < rowEnd; i++)
        {
            float* row = transA ? a + i : a + i * lda;
            nint rowStride = transA ? lda : 1;
            for (int j = 0; j < n; j++)
            {
                float* column = transB ? b + j * ldb : b + j;
                nint columnStride = transB ? 1 : ldb;
                float* target = c + i * ldc + j;
                float sum = accumulate ? *target : 0f;
                if (n >= Gemm.NarrowColumns)
                {
                    for (int l = 0; l < k; l++)
                    {
                        sum = MathF.FusedMultiplyAdd(row[l * rowStride], column[l * columnStride], sum);
                    }
                }
                else
                {
                    float product = ReferenceReductions.Dot(row, rowStride, column, columnStride, k);
                    sum = accumulate ? sum + product : product;
                }

                sum = bias == null ? sum : sum + bias[j];
                *target = activation == Activation.Relu && 0f > sum ? 0f : sum;
            }
        }
    }
}
