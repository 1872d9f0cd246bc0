using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

// Products with fewer than 8 columns: B is copied so that each of its columns is contiguous, then each element is a
// dot product over 64 lanes.
public static unsafe partial class Gemm
{
    private const int DepthMajorRows = 64;

    private static void Narrow<T>(in Product p)
        where T : struct, ILanes<T>
    {
        nint pitch = ((nint)p.K + ReferenceReductions.Lanes - 1) / ReferenceReductions.Lanes * ReferenceReductions.Lanes;
        for (int j = 0; j < p.N; j++)
        {
            for (nint l = 0; l < p.K; l++)
            {
                p.Scratch[j * pitch + l] = p.TransB ? p.B[j * p.Ldb + l] : p.B[l * p.Ldb + j];
            }
        }

        if (p.TransA)
        {
            for (int i = p.RowStart; i < p.RowEnd; i += DepthMajorRows)
            {
                for (int j = 0; j < p.N; j++)
                {
                    DepthMajor<T>(p, i, Math.Min(DepthMajorRows, p.RowEnd - i), j, p.Scratch + j * pitch);
                }
            }

            return;
        }

        int row = p.RowStart;
        if (T.Count == 16)
        {
            float* sums = stackalloc float[4];
            for (; row <= p.RowEnd - 4; row += 4)
            {
                for (int j = 0; j < p.N; j++)
                {
                    FourRows<T>(sums, p.A + row * p.Lda, p.Lda, p.Scratch + j * pitch, p.K);
                    for (int i = 0; i < 4; i++)
                    {
                        Finish(p, row + i, j, sums[i]);
                    }
                }
            }
        }

        for (; row < p.RowEnd; row++)
        {
            for (int j = 0; j < p.N; j++)
            {
                DotStep step = new(p.A + row * p.Lda, p.Scratch + j * pitch);
                Finish(p, row, j, TreeReduction.Run<T, DotStep>(p.K, step));
            }
        }
    }

    private static void Finish(in Product p, int i, int j, float sum)
    {
        float* target = p.C + i * p.Ldc + j;
        *target = p.Ended(p.Accumulate ? *target + sum : sum, i, j);
    }

    // Four rows at once share the loads of B; 16 of the 32 registers of AVX-512 hold the lanes.
    [MethodImpl(KernelCode.Loop)]
    private static void FourRows<T>(float* sums, float* a, nint lda, float* b, int k)
        where T : struct, ILanes<T>
    {
        float s0 = 0f, s1 = 0f, s2 = 0f, s3 = 0f;
        for (int start = 0; start < k; start += ReferenceReductions.Block)
        {
            int end = Math.Min(k, start + ReferenceReductions.Block);
            T r0 = T.Zero, r1 = T.Zero, r2 = T.Zero, r3 = T.Zero;
            T t0 = T.Zero, t1 = T.Zero, t2 = T.Zero, t3 = T.Zero;
            T u0 = T.Zero, u1 = T.Zero, u2 = T.Zero, u3 = T.Zero;
            T v0 = T.Zero, v1 = T.Zero, v2 = T.Zero, v3 = T.Zero;
            float* a0 = a + start;
            float* a1 = a0 + lda;
            float* a2 = a1 + lda;
            float* a3 = a2 + lda;
            int l = start;
            for (; l <= end - ReferenceReductions.Lanes; l += ReferenceReductions.Lanes)
            {
                FourSteps(b + l, a0, a1, a2, a3, ref r0, ref r1, ref r2, ref r3);
                FourSteps(b + l + 16, a0 + 16, a1 + 16, a2 + 16, a3 + 16, ref t0, ref t1, ref t2, ref t3);
                FourSteps(b + l + 32, a0 + 32, a1 + 32, a2 + 32, a3 + 32, ref u0, ref u1, ref u2, ref u3);
                FourSteps(b + l + 48, a0 + 48, a1 + 48, a2 + 48, a3 + 48, ref v0, ref v1, ref v2, ref v3);
                a0 += ReferenceReductions.Lanes;
                a1 += ReferenceReductions.Lanes;
                a2 += ReferenceReductions.Lanes;
                a3 += ReferenceReductions.Lanes;
            }

            int rest = end - l;
            FourRests(b + l, a0, a1, a2, a3, rest, ref r0, ref r1, ref r2, ref r3);
            FourRests(b + l + 16, a0 + 16, a1 + 16, a2 + 16, a3 + 16, rest - 16, ref t0, ref t1, ref t2, ref t3);
            FourRests(b + l + 32, a0 + 32, a1 + 32, a2 + 32, a3 + 32, rest - 32, ref u0, ref u1, ref u2, ref u3);
            FourRests(b + l + 48, a0 + 48, a1 + 48, a2 + 48, a3 + 48, rest - 48, ref v0, ref v1, ref v2, ref v3);
            s0 += T.JoinTree(r0 + u0 + (t0 + v0));
            s1 += T.JoinTree(r1 + u1 + (t1 + v1));
            s2 += T.JoinTree(r2 + u2 + (t2 + v2));
            s3 += T.JoinTree(r3 + u3 + (t3 + v3));
        }

        sums[0] = s0;
        sums[1] = s1;
        sums[2] = s2;
        sums[3] = s3;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourSteps<T>(
        float* b, float* a0, float* a1, float* a2, float* a3, ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        T factor = T.Load(b);
        x0 = T.Fma(T.Load(a0), factor, x0);
        x1 = T.Fma(T.Load(a1), factor, x1);
        x2 = T.Fma(T.Load(a2), factor, x2);
        x3 = T.Fma(T.Load(a3), factor, x3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void FourRests<T>(
        float* b, float* a0, float* a1, float* a2, float* a3, int rest, ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        if (rest > 0)
        {
            int count = Math.Min(rest, T.Count);
            T mask = T.First(count);
            T factor = T.LoadFirst(b, count);
            x0 = T.Select(mask, T.Fma(T.LoadFirst(a0, count), factor, x0), x0);
            x1 = T.Select(mask, T.Fma(T.LoadFirst(a1, count), factor, x1), x1);
            x2 = T.Select(mask, T.Fma(T.LoadFirst(a2, count), factor, x2), x2);
            x3 = T.Select(mask, T.Fma(T.LoadFirst(a3, count), factor, x3), x3);
        }
    }

    // A stored [k, m]: its rows are read in order, 256 bytes at a time, and the 64 lanes of as many rows of C lie in the
    // first-level cache.
    [MethodImpl(KernelCode.Loop)]
    [SkipLocalsInit]
    private static void DepthMajor<T>(in Product p, int i, int count, int j, float* b)
        where T : struct, ILanes<T>
    {
        const int lanes = ReferenceReductions.Lanes;
        float* chains = stackalloc float[lanes * DepthMajorRows];
        float* total = stackalloc float[DepthMajorRows];
        for (int r = 0; r < DepthMajorRows; r += T.Count)
        {
            T.Store(T.Zero, total + r);
        }

        for (int start = 0; start < p.K; start += ReferenceReductions.Block)
        {
            int end = Math.Min(p.K, start + ReferenceReductions.Block);
            for (int l = 0; l < lanes * DepthMajorRows; l += T.Count)
            {
                T.Store(T.Zero, chains + l);
            }

            for (int l = start; l < end; l++)
            {
                float* chain = chains + (l - start) % lanes * DepthMajorRows;
                float* a = p.A + l * p.Lda + i;
                T factor = T.Create(b[l]);
                int r = 0;
                for (; r <= count - T.Count; r += T.Count)
                {
                    T.Store(T.Fma(T.Load(a + r), factor, T.Load(chain + r)), chain + r);
                }

                if (r < count)
                {
                    T.Store(T.Fma(T.LoadFirst(a + r, count - r), factor, T.Load(chain + r)), chain + r);
                }
            }

            for (int half = lanes / 2 * DepthMajorRows; half >= DepthMajorRows; half /= 2)
            {
                for (int l = 0; l < half; l += T.Count)
                {
                    T.Store(T.Load(chains + l) + T.Load(chains + half + l), chains + l);
                }
            }

            for (int r = 0; r < DepthMajorRows; r += T.Count)
            {
                T.Store(T.Load(total + r) + T.Load(chains + r), total + r);
            }
        }

        for (int r = 0; r < count; r++)
        {
            Finish(p, i + r, j, total[r]);
        }
    }
}
