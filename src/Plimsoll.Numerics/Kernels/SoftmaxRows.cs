using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Softmax, its logarithm and the logarithm of a sum of exponentials over the columns of [rows, cols], with the
/// gradients. <see cref="ReferenceSoftmax"/> is the specification. A destination must not overlap a source.
/// </summary>
public static unsafe class SoftmaxRows
{
    /// <inheritdoc cref="ReferenceSoftmax.Softmax"/>
    public static void Softmax(float* y, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, y += cols, x += cols)
        {
            float largest = Extremes.Maximum(x, cols);
            Loops.Unary(y, x, cols, new ExpDifferenceOp(largest));
            Elementwise.Scale(y, y, 1f / Reductions.Sum(y, cols), cols);
        }
    }

    /// <inheritdoc cref="ReferenceSoftmax.SoftmaxGradient"/>
    public static void SoftmaxGradient(float* dx, float* dy, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, dy += cols, y += cols)
        {
            Loops.Binary(dx, dy, y, cols, new SoftmaxGradientOp(Reductions.Dot(dy, y, cols)));
        }
    }

    /// <inheritdoc cref="ReferenceSoftmax.LogSoftmax"/>
    public static void LogSoftmax(float* y, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, y += cols, x += cols)
        {
            float largest = Extremes.Maximum(x, cols);
            Loops.Unary(y, x, cols, new ExpDifferenceOp(largest));
            float logarithm = Scalar.Log(Reductions.Sum(y, cols));
            Loops.Unary(y, x, cols, new LogSoftmaxOp(largest, logarithm));
        }
    }

    /// <inheritdoc cref="ReferenceSoftmax.LogSoftmaxGradient"/>
    public static void LogSoftmaxGradient(float* dx, float* dy, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, dy += cols, y += cols)
        {
            Loops.Binary(dx, dy, y, cols, new LogSoftmaxGradientOp(Reductions.Sum(dy, cols)));
        }
    }

    /// <inheritdoc cref="ReferenceSoftmax.LogSumExp"/>
    public static void LogSumExp(float* d, float* x, int rows, int cols)
    {
        // Blocks are summed one by one and joined in order, which is the order of the sum over all.
        float* terms = stackalloc float[Math.Min(cols, ReferenceReductions.Block)];
        for (int r = 0; r < rows; r++, x += cols)
        {
            float largest = Extremes.Maximum(x, cols);
            float sum = 0f;
            for (int start = 0; start < cols; start += ReferenceReductions.Block)
            {
                int count = Math.Min(ReferenceReductions.Block, cols - start);
                Loops.Unary(terms, x + start, count, new ExpDifferenceOp(largest));
                sum += Reductions.Sum(terms, count);
            }

            d[r] = float.IsFinite(largest) ? largest + Scalar.Log(sum) : largest;
        }
    }

    /// <inheritdoc cref="ReferenceSoftmax.LogSumExpGradient"/>
    public static void LogSumExpGradient(float* dx, float* dy, float* x, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, x += cols)
        {
            Loops.Unary(dx, x, cols, new LogSumExpGradientOp(dy[r], y[r]));
        }
    }
}

internal readonly struct ExpDifferenceOp(float largest) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Exp(x - T.Create(largest));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Exp(x - largest);
}

internal readonly struct SoftmaxGradientOp(float mean) : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => y * (x - T.Create(mean));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => y * (x - mean);
}

internal readonly struct LogSoftmaxOp(float largest, float logarithm) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x - T.Create(largest) - T.Create(logarithm);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => x - largest - logarithm;
}

internal readonly struct LogSoftmaxGradientOp(float sum) : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.NegatedFma(T.Create(sum), VectorMath.Exp(y), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => MathF.FusedMultiplyAdd(-sum, Scalar.Exp(y), x);
}

internal readonly struct LogSumExpGradientOp(float upstream, float logarithm) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.Create(upstream) * VectorMath.Exp(x - T.Create(logarithm));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => upstream * Scalar.Exp(x - logarithm);
}
