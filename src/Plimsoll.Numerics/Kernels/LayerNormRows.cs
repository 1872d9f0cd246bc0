using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The bodies of <see cref="Normalisation"/> over generic lanes.</summary>
internal static unsafe class LayerNormRows
{
    public static void Forward<T>(
        float* y, float* mean, float* rstd, float* x, float* gain, float* offset, int rows, int cols, float eps)
        where T : struct, ILanes<T>
    {
        for (int r = 0; r < rows; r++)
        {
            float* row = x + (nint)r * cols;
            Statistics<T>(mean + r, rstd + r, row, 1, cols, eps);
            Loops.Ternary<NormaliseOp, T>(y + (nint)r * cols, row, gain, offset, cols, new(mean[r], rstd[r]));
        }
    }

    public static void Statistics<T>(float* mean, float* rstd, float* x, int rows, int cols, float eps)
        where T : struct, ILanes<T>
    {
        for (int r = 0; r < rows; r++, x += cols)
        {
            float average = TreeReduction.Run<T, SumStep>(cols, new(x)) / cols;
            float variance = TreeReduction.Run<T, DeviationStep>(cols, new(x, average)) / cols;
            mean[r] = average;
            rstd[r] = 1f / MathF.Sqrt(variance + eps);
        }
    }

    public static void Gradient<T>(
        float* dx, float* x, float* gain, float* mean, float* rstd, float* dy, int rows, int cols)
        where T : struct, ILanes<T>
    {
        for (int r = 0; r < rows; r++)
        {
            nint i = (nint)r * cols;
            float first = TreeReduction.Run<T, DotStep>(cols, new(dy + i, gain)) / cols;
            float second = TreeReduction.Run<T, CorrelationStep>(
                cols, new(dy + i, gain, x + i, mean[r], rstd[r])) / cols;
            Loops.Ternary<NormaliseGradientOp, T>(
                dx + i, x + i, dy + i, gain, cols, new(mean[r], rstd[r], first, second));
        }
    }

    [MethodImpl(KernelCode.Loop)]
    public static void ParameterGradient<T>(
        float* dGain, float* dOffset, float* x, float* mean, float* rstd, float* dy, int rows, int cols, nint pitch,
        bool accumulate)
        where T : struct, ILanes<T>
    {
        int c = 0;
        for (; c <= cols - 2 * T.Count; c += 2 * T.Count)
        {
            T gain0 = accumulate ? T.Load(dGain + c) : T.Zero;
            T gain1 = accumulate ? T.Load(dGain + c + T.Count) : T.Zero;
            T offset0 = accumulate ? T.Load(dOffset + c) : T.Zero;
            T offset1 = accumulate ? T.Load(dOffset + c + T.Count) : T.Zero;
            nint i = c;
            for (int r = 0; r < rows; r++, i += pitch)
            {
                T average = T.Create(mean[r]);
                T scale = T.Create(rstd[r]);
                T dy0 = T.Load(dy + i);
                T dy1 = T.Load(dy + i + T.Count);
                gain0 = T.Fma(dy0, (T.Load(x + i) - average) * scale, gain0);
                gain1 = T.Fma(dy1, (T.Load(x + i + T.Count) - average) * scale, gain1);
                offset0 += dy0;
                offset1 += dy1;
            }

            T.Store(gain0, dGain + c);
            T.Store(gain1, dGain + c + T.Count);
            T.Store(offset0, dOffset + c);
            T.Store(offset1, dOffset + c + T.Count);
        }

        for (; c < cols; c += T.Count)
        {
            int count = Math.Min(T.Count, cols - c);
            T gain = accumulate ? T.LoadFirst(dGain + c, count) : T.Zero;
            T offset = accumulate ? T.LoadFirst(dOffset + c, count) : T.Zero;
            nint i = c;
            for (int r = 0; r < rows; r++, i += pitch)
            {
                T value = T.LoadFirst(dy + i, count);
                T normal = (T.LoadFirst(x + i, count) - T.Create(mean[r])) * T.Create(rstd[r]);
                gain = T.Fma(value, normal, gain);
                offset += value;
            }

            T.StoreFirst(gain, dGain + c, count);
            T.StoreFirst(offset, dOffset + c, count);
        }
    }
}

internal readonly unsafe struct DeviationStep(float* x, float mean) : ILaneStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        T difference = Edge.Load<T, TEdge>(x + i, count) - T.Create(mean);
        return T.Fma(difference, difference, lane);
    }
}

internal readonly unsafe struct CorrelationStep(float* dy, float* gain, float* x, float mean, float rstd) : ILaneStep
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T, TEdge>(T lane, nint i, int count)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        T normal = (Edge.Load<T, TEdge>(x + i, count) - T.Create(mean)) * T.Create(rstd);
        return T.Fma(Edge.Load<T, TEdge>(dy + i, count) * Edge.Load<T, TEdge>(gain + i, count), normal, lane);
    }
}

internal readonly struct NormaliseOp(float mean, float rstd) : ITernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y, T z)
        where T : struct, ILanes<T> => T.Fma((x - T.Create(mean)) * T.Create(rstd), y, z);

    public float Of(float x, float y, float z) => MathF.FusedMultiplyAdd((x - mean) * rstd, y, z);
}

internal readonly struct NormaliseGradientOp(float mean, float rstd, float first, float second) : ITernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y, T z)
        where T : struct, ILanes<T>
    {
        T normal = (x - T.Create(mean)) * T.Create(rstd);
        T inner = T.Fma(y, z, T.Create(-first));
        return T.Create(rstd) * T.NegatedFma(normal, T.Create(second), inner);
    }

    public float Of(float x, float y, float z) =>
        rstd * MathF.FusedMultiplyAdd(-((x - mean) * rstd), second, MathF.FusedMultiplyAdd(y, z, -first));
}
