using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Sums and extremes in the fixed order of <see cref="ReferenceReductions"/>; empty gives 0.</summary>
public static unsafe partial class Reductions
{
    /// <inheritdoc cref="ReferenceReductions.Sum"/>
    public static float Sum(float* x, nint n) =>
        InstructionSet.IsAvx512 ? TreeReduction.Run<Lanes512, SumStep>(n, new(x))
        : InstructionSet.IsAvx2 ? TreeReduction.Run<Lanes256, SumStep>(n, new(x))
        : ReferenceReductions.Sum(x, n);

    /// <summary>The dot product of x and y, each lane by fused multiply-add.</summary>
    public static float Dot(float* x, float* y, nint n) =>
        InstructionSet.IsAvx512 ? TreeReduction.Run<Lanes512, DotStep>(n, new(x, y))
        : InstructionSet.IsAvx2 ? TreeReduction.Run<Lanes256, DotStep>(n, new(x, y))
        : ReferenceReductions.Dot(x, 1, y, 1, n);

    /// <inheritdoc cref="ReferenceReductions.SumOfSquares"/>
    public static float SumOfSquares(float* x, nint n) =>
        InstructionSet.IsAvx512 ? TreeReduction.Run<Lanes512, SquareStep>(n, new(x))
        : InstructionSet.IsAvx2 ? TreeReduction.Run<Lanes256, SquareStep>(n, new(x))
        : ReferenceReductions.SumOfSquares(x, n);

    /// <inheritdoc cref="ReferenceReductions.AbsoluteMaximum"/>
    public static float AbsoluteMaximum(float* x, nint n)
    {
        int bits = InstructionSet.IsAvx512 ? AbsoluteMaximumBits<Lanes512>(x, n)
            : InstructionSet.IsAvx2 ? AbsoluteMaximumBits<Lanes256>(x, n)
            : Scalar.Bits(ReferenceReductions.AbsoluteMaximum(x, n)) & int.MaxValue;
        return bits > InfinityBits ? float.NaN : Scalar.Float(bits);
    }

    /// <inheritdoc cref="ReferenceReductions.AllFinite"/>
    public static bool AllFinite(float* x, nint n) =>
        InstructionSet.IsAvx512 ? AbsoluteMaximumBits<Lanes512>(x, n) < InfinityBits
        : InstructionSet.IsAvx2 ? AbsoluteMaximumBits<Lanes256>(x, n) < InfinityBits
        : ReferenceReductions.AllFinite(x, n);

    /// <inheritdoc cref="ReferenceReductions.SumColumns"/>
    public static void SumColumns(float* d, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++)
        {
            d[r] = Sum(x + (nint)r * cols, cols);
        }
    }
}
