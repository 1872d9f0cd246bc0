using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Products with a single row, such as one action: each element of B is used once, so its rows are read in order and
/// in place, as wide as the registers allow. The time is that of reading B.
/// </summary>
internal static unsafe class GemmRow
{
    public static void Run<T>(in Product p, int i)
        where T : struct, ILanes<T>
    {
        // Sixteen chains fill the 32 registers of AVX-512 half; AVX2 has sixteen registers in all.
        int wide = (T.Count == 16 ? 16 : 8) * T.Count;
        int j = 0;
        for (; j <= p.N - wide; j += wide)
        {
            Wide<T>(p, i, j);
        }

        for (; j < p.N; j += T.Count)
        {
            Single<T>(p, i, j, Math.Min(T.Count, p.N - j));
        }
    }

    [MethodImpl(KernelCode.Loop)]
    private static void Wide<T>(in Product p, int i, int j)
        where T : struct, ILanes<T>
    {
        float* c = p.C + i * p.Ldc + j;
        T c0 = T.Zero, c1 = T.Zero, c2 = T.Zero, c3 = T.Zero, c4 = T.Zero, c5 = T.Zero, c6 = T.Zero, c7 = T.Zero;
        T c8 = T.Zero, c9 = T.Zero, c10 = T.Zero, c11 = T.Zero, c12 = T.Zero, c13 = T.Zero, c14 = T.Zero, c15 = T.Zero;
        if (p.Accumulate)
        {
            Eight(c, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
            if (T.Count == 16)
            {
                Eight(c + 8 * T.Count, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15);
            }
        }

        float* a = p.A + i * p.RowStrideA;
        nint next = p.DepthStrideA;
        float* b = p.B + j;
        nint pitch = p.Ldb;
        for (nint l = p.K; l > 0; l--, a += next, b += pitch)
        {
            T factor = T.Create(*a);
            EightSteps(factor, b, ref c0, ref c1, ref c2, ref c3, ref c4, ref c5, ref c6, ref c7);
            if (T.Count == 16)
            {
                EightSteps(factor, b + 8 * T.Count, ref c8, ref c9, ref c10, ref c11, ref c12, ref c13, ref c14, ref c15);
            }
        }

        EightEnds(p, i, j, c0, c1, c2, c3, c4, c5, c6, c7);
        if (T.Count == 16)
        {
            EightEnds(p, i, j + 8 * T.Count, c8, c9, c10, c11, c12, c13, c14, c15);
        }
    }

    [MethodImpl(KernelCode.Loop)]
    private static void Single<T>(in Product p, int i, int j, int columns)
        where T : struct, ILanes<T>
    {
        T chain = p.Accumulate ? T.LoadFirst(p.C + i * p.Ldc + j, columns) : T.Zero;
        float* a = p.A + i * p.RowStrideA;
        nint next = p.DepthStrideA;
        float* b = p.B + j;
        nint pitch = p.Ldb;
        for (nint l = p.K; l > 0; l--, a += next, b += pitch)
        {
            chain = T.Fma(T.Create(*a), T.LoadFirst(b, columns), chain);
        }

        T.StoreFirst(p.Ended<T, Cut>(chain, i, j, columns), p.C + i * p.Ldc + j, columns);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Eight<T>(
        float* c, ref T x0, ref T x1, ref T x2, ref T x3, ref T x4, ref T x5, ref T x6, ref T x7)
        where T : struct, ILanes<T>
    {
        x0 = T.Load(c);
        x1 = T.Load(c + T.Count);
        x2 = T.Load(c + 2 * T.Count);
        x3 = T.Load(c + 3 * T.Count);
        x4 = T.Load(c + 4 * T.Count);
        x5 = T.Load(c + 5 * T.Count);
        x6 = T.Load(c + 6 * T.Count);
        x7 = T.Load(c + 7 * T.Count);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightSteps<T>(
        T factor, float* b, ref T x0, ref T x1, ref T x2, ref T x3, ref T x4, ref T x5, ref T x6, ref T x7)
        where T : struct, ILanes<T>
    {
        x0 = T.Fma(factor, T.Load(b), x0);
        x1 = T.Fma(factor, T.Load(b + T.Count), x1);
        x2 = T.Fma(factor, T.Load(b + 2 * T.Count), x2);
        x3 = T.Fma(factor, T.Load(b + 3 * T.Count), x3);
        x4 = T.Fma(factor, T.Load(b + 4 * T.Count), x4);
        x5 = T.Fma(factor, T.Load(b + 5 * T.Count), x5);
        x6 = T.Fma(factor, T.Load(b + 6 * T.Count), x6);
        x7 = T.Fma(factor, T.Load(b + 7 * T.Count), x7);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void EightEnds<T>(
        in Product p, int i, int j, T x0, T x1, T x2, T x3, T x4, T x5, T x6, T x7)
        where T : struct, ILanes<T>
    {
        float* c = p.C + i * p.Ldc + j;
        T.Store(p.Ended<T, Whole>(x0, i, j, T.Count), c);
        T.Store(p.Ended<T, Whole>(x1, i, j + T.Count, T.Count), c + T.Count);
        T.Store(p.Ended<T, Whole>(x2, i, j + 2 * T.Count, T.Count), c + 2 * T.Count);
        T.Store(p.Ended<T, Whole>(x3, i, j + 3 * T.Count, T.Count), c + 3 * T.Count);
        T.Store(p.Ended<T, Whole>(x4, i, j + 4 * T.Count, T.Count), c + 4 * T.Count);
        T.Store(p.Ended<T, Whole>(x5, i, j + 5 * T.Count, T.Count), c + 5 * T.Count);
        T.Store(p.Ended<T, Whole>(x6, i, j + 6 * T.Count, T.Count), c + 6 * T.Count);
        T.Store(p.Ended<T, Whole>(x7, i, j + 7 * T.Count, T.Count), c + 7 * T.Count);
    }
}
