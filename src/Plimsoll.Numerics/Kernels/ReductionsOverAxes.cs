using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

// Reductions that run along memory-contiguous vectors: one chain for each output element.
public static unsafe partial class Reductions
{
    private const int InfinityBits = 0x7F800000;

    /// <inheritdoc cref="ReferenceReductions.SumRows"/>
    public static void SumRows(float* d, float* x, int rows, int cols, bool accumulate) =>
        SumRows(d, x, rows, cols, cols, accumulate);

    /// <summary>Some neighbouring columns of rows that lie <paramref name="pitch"/> floats apart.</summary>
    internal static void SumRows(float* d, float* x, int rows, int cols, nint pitch, bool accumulate)
    {
        if (InstructionSet.IsAvx512)
        {
            SumRows<Lanes512>(d, x, rows, cols, pitch, accumulate);
        }
        else if (InstructionSet.IsAvx2)
        {
            SumRows<Lanes256>(d, x, rows, cols, pitch, accumulate);
        }
        else
        {
            ReferenceReductions.SumRows(d, x, rows, cols, pitch, accumulate);
        }
    }

    /// <inheritdoc cref="ReferenceReductions.SumLeading"/>
    public static void SumLeading(float* d, float* x, int members, nint n) => SumLeading(d, x, members, n, n);

    /// <summary>Some neighbouring elements of members that lie <paramref name="pitch"/> floats apart.</summary>
    internal static void SumLeading(float* d, float* x, int members, nint n, nint pitch)
    {
        if (!FoldLeading(d, x, members, n, pitch, default(AddOp)))
        {
            ReferenceReductions.SumLeading(d, x, members, n, pitch);
        }
    }

    /// <inheritdoc cref="ReferenceReductions.MeanLeading"/>
    public static void MeanLeading(float* d, float* x, int members, nint n)
    {
        SumLeading(d, x, members, n);
        Loops.Unary(d, d, n, new DivideByOp(members));
    }

    /// <inheritdoc cref="ReferenceReductions.MinLeading"/>
    public static void MinLeading(float* d, float* x, int members, nint n)
    {
        if (!FoldLeading(d, x, members, n, n, default(MinimumOp)))
        {
            ReferenceReductions.MinLeading(d, x, members, n);
        }
    }

    /// <inheritdoc cref="ReferenceReductions.MaxLeading"/>
    public static void MaxLeading(float* d, float* x, int members, nint n)
    {
        if (!FoldLeading(d, x, members, n, n, default(MaximumOp)))
        {
            ReferenceReductions.MaxLeading(d, x, members, n);
        }
    }

    /// <inheritdoc cref="ReferenceReductions.StandardDeviationLeading"/>
    public static void StandardDeviationLeading(float* d, float* x, int members, nint n)
    {
        if (InstructionSet.IsAvx512)
        {
            StandardDeviationLeading<Lanes512>(d, x, members, n);
        }
        else if (InstructionSet.IsAvx2)
        {
            StandardDeviationLeading<Lanes256>(d, x, members, n);
        }
        else
        {
            ReferenceReductions.StandardDeviationLeading(d, x, members, n);
        }
    }

    [MethodImpl(KernelCode.Loop)]
    private static void SumRows<T>(float* d, float* x, int rows, int cols, nint pitch, bool accumulate)
        where T : struct, ILanes<T>
    {
        int c = 0;
        // Four independent chains of adds hide their latency.
        for (; c <= cols - 4 * T.Count; c += 4 * T.Count)
        {
            T a0 = accumulate ? T.Load(d + c) : T.Zero;
            T a1 = accumulate ? T.Load(d + c + T.Count) : T.Zero;
            T a2 = accumulate ? T.Load(d + c + 2 * T.Count) : T.Zero;
            T a3 = accumulate ? T.Load(d + c + 3 * T.Count) : T.Zero;
            float* row = x + c;
            for (int r = 0; r < rows; r++, row += pitch)
            {
                a0 += T.Load(row);
                a1 += T.Load(row + T.Count);
                a2 += T.Load(row + 2 * T.Count);
                a3 += T.Load(row + 3 * T.Count);
            }

            T.Store(a0, d + c);
            T.Store(a1, d + c + T.Count);
            T.Store(a2, d + c + 2 * T.Count);
            T.Store(a3, d + c + 3 * T.Count);
        }

        for (; c < cols; c += T.Count)
        {
            int count = Math.Min(T.Count, cols - c);
            T sum = accumulate ? T.LoadFirst(d + c, count) : T.Zero;
            float* row = x + c;
            for (int r = 0; r < rows; r++, row += pitch)
            {
                sum += T.LoadFirst(row, count);
            }

            T.StoreFirst(sum, d + c, count);
        }
    }

    private static bool FoldLeading<TOp>(float* d, float* x, int members, nint n, nint pitch, TOp op)
        where TOp : struct, IBinary
    {
        if (InstructionSet.IsAvx512)
        {
            FoldLeading<Lanes512, TOp>(d, x, members, n, pitch, op);
            return true;
        }

        if (InstructionSet.IsAvx2)
        {
            FoldLeading<Lanes256, TOp>(d, x, members, n, pitch, op);
            return true;
        }

        return false;
    }

    [MethodImpl(KernelCode.Loop)]
    private static void FoldLeading<T, TOp>(float* d, float* x, int members, nint n, nint pitch, TOp op)
        where T : struct, ILanes<T>
        where TOp : struct, IBinary
    {
        for (nint i = 0; i < n; i += T.Count)
        {
            int count = (int)Math.Min(T.Count, n - i);
            T value = T.LoadFirst(x + i, count);
            for (int e = 1; e < members; e++)
            {
                value = op.Of(value, T.LoadFirst(x + e * pitch + i, count));
            }

            T.StoreFirst(value, d + i, count);
        }
    }

    [MethodImpl(KernelCode.Loop)]
    private static void StandardDeviationLeading<T>(float* d, float* x, int members, nint n)
        where T : struct, ILanes<T>
    {
        T number = T.Create(members);
        for (nint i = 0; i < n; i += T.Count)
        {
            int count = (int)Math.Min(T.Count, n - i);
            T sum = T.LoadFirst(x + i, count);
            for (int e = 1; e < members; e++)
            {
                sum += T.LoadFirst(x + e * n + i, count);
            }

            T mean = sum / number;
            T squares = T.Zero;
            for (int e = 0; e < members; e++)
            {
                T difference = T.LoadFirst(x + e * n + i, count) - mean;
                squares = T.Fma(difference, difference, squares);
            }

            T.StoreFirst(T.Sqrt(squares / number), d + i, count);
        }
    }

    // As integers, magnitudes order as their values do, and every NaN lies above infinity.
    [MethodImpl(KernelCode.Loop)]
    private static int AbsoluteMaximumBits<T>(float* x, nint n)
        where T : struct, ILanes<T>
    {
        T largest = T.Zero;
        T other = T.Zero;
        nint i = 0;
        for (; i <= n - 2 * T.Count; i += 2 * T.Count)
        {
            largest = T.GreaterBits(largest, T.Abs(T.Load(x + i)));
            other = T.GreaterBits(other, T.Abs(T.Load(x + i + T.Count)));
        }

        for (; i < n; i += T.Count)
        {
            largest = T.GreaterBits(largest, T.Abs(T.LoadFirst(x + i, (int)Math.Min(T.Count, n - i))));
        }

        float* lanes = stackalloc float[T.Count];
        T.Store(T.GreaterBits(largest, other), lanes);
        int bits = 0;
        for (int l = 0; l < T.Count; l++)
        {
            bits = Math.Max(bits, Scalar.Bits(lanes[l]));
        }

        return bits;
    }
}

internal readonly struct DivideByOp(float divisor) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x / T.Create(divisor);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => x / divisor;
}
