using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>How element i joins its lane; the operation holds the pointers it reads.</summary>
internal interface ILaneStep
{
    T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge;
}

/// <summary>
/// Sums over 64 lanes as <see cref="ReferenceReductions"/> defines them: four vectors of 16 or eight of 8. Lanes that
/// the end of the data leaves out keep their value, so that not even a zero's sign changes.
/// </summary>
internal static unsafe class TreeReduction
{
    private const int Lanes = ReferenceReductions.Lanes;

    [MethodImpl(KernelCode.Loop)]
    public static float Run<T, TStep>(nint n, TStep step)
        where T : struct, ILanes<T>
        where TStep : struct, ILaneStep
    {
        float total = 0f;
        for (nint start = 0; start < n; start += ReferenceReductions.Block)
        {
            nint end = Math.Min(n, start + ReferenceReductions.Block);
            T a0 = T.Zero, a1 = T.Zero, a2 = T.Zero, a3 = T.Zero;
            T a4 = T.Zero, a5 = T.Zero, a6 = T.Zero, a7 = T.Zero;
            nint i = start;
            for (; i <= end - Lanes; i += Lanes)
            {
                a0 = step.Of<T, Whole>(a0, i, T.Count);
                a1 = step.Of<T, Whole>(a1, i + T.Count, T.Count);
                a2 = step.Of<T, Whole>(a2, i + 2 * T.Count, T.Count);
                a3 = step.Of<T, Whole>(a3, i + 3 * T.Count, T.Count);
                if (T.Count == 8)
                {
                    a4 = step.Of<T, Whole>(a4, i + 32, 8);
                    a5 = step.Of<T, Whole>(a5, i + 40, 8);
                    a6 = step.Of<T, Whole>(a6, i + 48, 8);
                    a7 = step.Of<T, Whole>(a7, i + 56, 8);
                }
            }

            if (i < end)
            {
                a0 = Rest(a0, i, end, step);
                a1 = Rest(a1, i + T.Count, end, step);
                a2 = Rest(a2, i + 2 * T.Count, end, step);
                a3 = Rest(a3, i + 3 * T.Count, end, step);
                if (T.Count == 8)
                {
                    a4 = Rest(a4, i + 32, end, step);
                    a5 = Rest(a5, i + 40, end, step);
                    a6 = Rest(a6, i + 48, end, step);
                    a7 = Rest(a7, i + 56, end, step);
                }
            }

            if (T.Count == 8)
            {
                a0 += a4;
                a1 += a5;
                a2 += a6;
                a3 += a7;
            }

            total += T.JoinTree(a0 + a2 + (a1 + a3));
        }

        return total;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static T Rest<T, TStep>(T lane, nint i, nint end, TStep step)
        where T : struct, ILanes<T>
        where TStep : struct, ILaneStep
    {
        if (i >= end)
        {
            return lane;
        }

        int count = (int)Math.Min(T.Count, end - i);
        return T.Select(T.First(count), step.Of<T, Cut>(lane, i, count), lane);
    }
}

internal readonly unsafe struct SumStep(float* x) : ILaneStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge =>
        lane + Edge.Load<T, TEdge>(x + i, count);
}

internal readonly unsafe struct DotStep(float* x, float* y) : ILaneStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge =>
        T.Fma(Edge.Load<T, TEdge>(x + i, count), Edge.Load<T, TEdge>(y + i, count), lane);
}

internal readonly unsafe struct SquareStep(float* x) : ILaneStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        T value = Edge.Load<T, TEdge>(x + i, count);
        return T.Fma(value, value, lane);
    }
}
