using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The largest and the smallest element, as <see cref="ReferenceExtremes"/> defines them.</summary>
public static unsafe class Extremes
{
    /// <inheritdoc cref="ReferenceExtremes.Maximum"/>
    public static float Maximum(float* x, nint n) =>
        InstructionSet.IsAvx512 ? Run<Lanes512, MaximumOp>(x, n, default)
        : InstructionSet.IsAvx2 ? Run<Lanes256, MaximumOp>(x, n, default)
        : ReferenceExtremes.Maximum(x, n);

    /// <inheritdoc cref="ReferenceExtremes.Minimum"/>
    public static float Minimum(float* x, nint n) =>
        InstructionSet.IsAvx512 ? Run<Lanes512, MinimumOp>(x, n, default)
        : InstructionSet.IsAvx2 ? Run<Lanes256, MinimumOp>(x, n, default)
        : ReferenceExtremes.Minimum(x, n);

    /// <summary>The place of the first element that equals an extreme of x, of the first NaN where that is one.</summary>
    public static int Place(float* x, int n, float extreme)
    {
        bool isNaN = float.IsNaN(extreme);
        for (int i = 0; i < n; i++)
        {
            if (x[i] == extreme || (isNaN && float.IsNaN(x[i])))
            {
                return i;
            }
        }

        throw new ArgumentException("an extreme is one of its elements");
    }

    [MethodImpl(KernelCode.Loop)]
    private static float Run<T, TOp>(float* x, nint n, TOp op)
        where T : struct, ILanes<T>
        where TOp : struct, IBinary
    {
        if (n < T.Count)
        {
            return Join(x, n, op);
        }

        // The last vectors may take elements a second time, which changes no extreme.
        T first = T.Load(x);
        T second = first;
        nint i = T.Count;
        for (; i <= n - 2 * T.Count; i += 2 * T.Count)
        {
            first = op.Of(first, T.Load(x + i));
            second = op.Of(second, T.Load(x + i + T.Count));
        }

        for (; i < n; i += T.Count)
        {
            first = op.Of(first, T.Load(x + Math.Min(i, n - T.Count)));
        }

        float* lanes = stackalloc float[T.Count];
        T.Store(op.Of(first, second), lanes);
        float extreme = Join(lanes, T.Count, op);
        // Zeros of both signs are equal, and which one the lanes kept depends on their number.
        return extreme == 0f ? x[Place(x, (int)n, 0f)] : extreme;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Join<TOp>(float* x, nint n, TOp op)
        where TOp : struct, IBinary
    {
        float extreme = x[0];
        for (nint i = 1; i < n; i++)
        {
            extreme = op.Of(extreme, x[i]);
        }

        return extreme;
    }
}
