using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Layer normalisation (Ba, Kiros and Hinton 2016) over the columns of [rows, cols].</summary>
public static unsafe class Normalisation
{
    /// <summary>
    /// y = (x - mean) rstd gain + offset, rstd = 1 / sqrt(var + eps), var the population variance of the row.
    /// y, x: [rows, cols]; mean, rstd: [rows]; gain, offset: [cols]. y may be x.
    /// </summary>
    /// <remarks>
    /// The mean and the mean square of (x - mean) are sums in the order of <see cref="Reductions"/> divided by cols;
    /// y is fma((x - mean) * rstd, gain, offset).
    /// </remarks>
    public static void LayerNorm(
        float* y, float* mean, float* rstd, float* x, float* gain, float* offset, int rows, int cols,
        float eps = 1e-5f)
    {
        if (InstructionSet.IsAvx512)
        {
            LayerNormRows.Forward<Lanes512>(y, mean, rstd, x, gain, offset, rows, cols, eps);
        }
        else if (InstructionSet.IsAvx2)
        {
            LayerNormRows.Forward<Lanes256>(y, mean, rstd, x, gain, offset, rows, cols, eps);
        }
        else
        {
            ReferenceNormalisation.LayerNorm(y, mean, rstd, x, gain, offset, rows, cols, eps);
        }
    }

    /// <summary>The mean and the rstd of <see cref="LayerNorm"/> alone, to the same bits.</summary>
    public static void LayerNormStatistics(float* mean, float* rstd, float* x, int rows, int cols, float eps = 1e-5f)
    {
        if (InstructionSet.IsAvx512)
        {
            LayerNormRows.Statistics<Lanes512>(mean, rstd, x, rows, cols, eps);
        }
        else if (InstructionSet.IsAvx2)
        {
            LayerNormRows.Statistics<Lanes256>(mean, rstd, x, rows, cols, eps);
        }
        else
        {
            ReferenceNormalisation.LayerNormStatistics(mean, rstd, x, rows, cols, eps);
        }
    }

    /// <summary>
    /// dx = rstd (dy gain - mean(dy gain) - xhat mean(dy gain xhat)), xhat = (x - mean) rstd, means over the row.
    /// dx may be dy or x.
    /// </summary>
    /// <remarks>
    /// Both means are sums in the order of <see cref="Reductions"/>, lanes by fused multiply-add, divided by cols;
    /// dx is rstd * fma(-xhat, second, fma(dy, gain, -first)).
    /// </remarks>
    public static void LayerNormGradient(
        float* dx, float* x, float* gain, float* mean, float* rstd, float* dy, int rows, int cols)
    {
        if (InstructionSet.IsAvx512)
        {
            LayerNormRows.Gradient<Lanes512>(dx, x, gain, mean, rstd, dy, rows, cols);
        }
        else if (InstructionSet.IsAvx2)
        {
            LayerNormRows.Gradient<Lanes256>(dx, x, gain, mean, rstd, dy, rows, cols);
        }
        else
        {
            ReferenceNormalisation.LayerNormGradient(dx, x, gain, mean, rstd, dy, rows, cols);
        }
    }

    /// <summary>
    /// dGain = (accumulate ? dGain : 0) + sum over rows of dy xhat (one chain of fused multiply-adds a column, rows
    /// ascending); dOffset likewise the sum of dy by plain adds.
    /// </summary>
    public static void LayerNormParameterGradient(
        float* dGain, float* dOffset, float* x, float* mean, float* rstd, float* dy, int rows, int cols,
        bool accumulate) =>
        LayerNormParameterGradient(dGain, dOffset, x, mean, rstd, dy, rows, cols, cols, accumulate);

    /// <summary>The same for some columns of x and dy, whose rows lie a pitch apart.</summary>
    public static void LayerNormParameterGradient(
        float* dGain, float* dOffset, float* x, float* mean, float* rstd, float* dy, int rows, int cols, nint pitch,
        bool accumulate)
    {
        if (InstructionSet.IsAvx512)
        {
            LayerNormRows.ParameterGradient<Lanes512>(
                dGain, dOffset, x, mean, rstd, dy, rows, cols, pitch, accumulate);
        }
        else if (InstructionSet.IsAvx2)
        {
            LayerNormRows.ParameterGradient<Lanes256>(
                dGain, dOffset, x, mean, rstd, dy, rows, cols, pitch, accumulate);
        }
        else
        {
            ReferenceNormalisation.LayerNormParameterGradient(
                dGain, dOffset, x, mean, rstd, dy, rows, cols, pitch, accumulate);
        }
    }
}
