using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Sums and extremes in the fixed order of <see cref="ReferenceReductions"/>; empty gives 0.</summary>
public static unsafe partial class Reductions
{
    /// <inheritdoc cref="ReferenceReductions.Sum"/>
    public static float Sum(float* x, nint n) => ReferenceReductions.Sum(x, n);

    /// <summary>The dot product of x and y, each lane by fused multiply-add.</summary>
    public static float Dot(float* x, float* y, nint n) => ReferenceReductions.Dot(x, 1, y, 1, n);

    /// <inheritdoc cref="ReferenceReductions.SumOfSquares"/>
    public static float SumOfSquares(float* x, nint n) => ReferenceReductions.SumOfSquares(x, n);

    /// <inheritdoc cref="ReferenceReductions.AbsoluteMaximum"/>
    public static float AbsoluteMaximum(float* x, nint n) => ReferenceReductions.AbsoluteMaximum(x, n);

    /// <inheritdoc cref="ReferenceReductions.AllFinite"/>
    public static bool AllFinite(float* x, nint n) => ReferenceReductions.AllFinite(x, n);

    /// <inheritdoc cref="ReferenceReductions.SumRows"/>
    public static void SumRows(float* d, float* x, int rows, int cols, bool accumulate) =>
        ReferenceReductions.SumRows(d, x, rows, cols, accumulate);

    /// <inheritdoc cref="ReferenceReductions.SumColumns"/>
    public static void SumColumns(float* d, float* x, int rows, int cols) =>
        ReferenceReductions.SumColumns(d, x, rows, cols);

    /// <inheritdoc cref="ReferenceReductions.SumLeading"/>
    public static void SumLeading(float* d, float* x, int members, nint n) =>
        ReferenceReductions.SumLeading(d, x, members, n);

    /// <inheritdoc cref="ReferenceReductions.MeanLeading"/>
    public static void MeanLeading(float* d, float* x, int members, nint n) =>
        ReferenceReductions.MeanLeading(d, x, members, n);

    /// <inheritdoc cref="ReferenceReductions.MinLeading"/>
    public static void MinLeading(float* d, float* x, int members, nint n) =>
        ReferenceReductions.MinLeading(d, x, members, n);

    /// <inheritdoc cref="ReferenceReductions.MaxLeading"/>
    public static void MaxLeading(float* d, float* x, int members, nint n) =>
        ReferenceReductions.MaxLeading(d, x, members, n);

    /// <inheritdoc cref="ReferenceReductions.StandardDeviationLeading"/>
    public static void StandardDeviationLeading(float* d, float* x, int members, nint n) =>
        ReferenceReductions.StandardDeviationLeading(d, x, members, n);
}
