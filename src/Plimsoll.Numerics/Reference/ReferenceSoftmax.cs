namespace Plimsoll.Numerics.Reference;

/// <summary>Softmax and its kin row by row: the specification of <see cref="Kernels.SoftmaxRows"/>.</summary>
/// <remarks>Sums are those of <see cref="ReferenceReductions"/>. A NaN makes its row NaN.</remarks>
public static unsafe class ReferenceSoftmax
{
    /// <summary>
    /// y_i = e_i (1 / Σ e), e_i = exp(x_i - max x). NaN all along a row with +infinity or with -infinity alone, for
    /// which it has no value.
    /// </summary>
    public static void Softmax(float* y, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, y += cols, x += cols)
        {
            float largest = ReferenceExtremes.Maximum(x, cols);
            for (int c = 0; c < cols; c++)
            {
                y[c] = Scalar.Exp(x[c] - largest);
            }

            float factor = 1f / ReferenceReductions.Sum(y, cols);
            for (int c = 0; c < cols; c++)
            {
                y[c] *= factor;
            }
        }
    }

    /// <summary>dx_i = y_i (dy_i - Σ dy y), y the softmax; the sum by fused multiply-add.</summary>
    public static void SoftmaxGradient(float* dx, float* dy, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, dy += cols, y += cols)
        {
            float mean = ReferenceReductions.Dot(dy, 1, y, 1, cols);
            for (int c = 0; c < cols; c++)
            {
                dx[c] = y[c] * (dy[c] - mean);
            }
        }
    }

    /// <summary>y_i = (x_i - max x) - ln Σ exp(x - max x). NaN where softmax is.</summary>
    public static void LogSoftmax(float* y, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, y += cols, x += cols)
        {
            float largest = ReferenceExtremes.Maximum(x, cols);
            float* row = x;
            float sum = ReferenceReductions.Reduce(cols, (lane, i) => lane + Scalar.Exp(row[i] - largest));
            float logarithm = Scalar.Log(sum);
            for (int c = 0; c < cols; c++)
            {
                y[c] = x[c] - largest - logarithm;
            }
        }
    }

    /// <summary>dx_i = dy_i - exp(y_i) Σ dy, y the logarithm of the softmax; rounded once after the exponential.</summary>
    public static void LogSoftmaxGradient(float* dx, float* dy, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, dy += cols, y += cols)
        {
            float sum = ReferenceReductions.Sum(dy, cols);
            for (int c = 0; c < cols; c++)
            {
                dx[c] = MathF.FusedMultiplyAdd(-sum, Scalar.Exp(y[c]), dy[c]);
            }
        }
    }

    /// <summary>
    /// d = max x + ln Σ exp(x - max x), one number a row; -infinity where all x are, +infinity where any is.
    /// </summary>
    public static void LogSumExp(float* d, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, x += cols)
        {
            float largest = ReferenceExtremes.Maximum(x, cols);
            float* row = x;
            float sum = ReferenceReductions.Reduce(cols, (lane, i) => lane + Scalar.Exp(row[i] - largest));
            d[r] = float.IsFinite(largest) ? largest + Scalar.Log(sum) : largest;
        }
    }

    /// <summary>dx_i = dy exp(x_i - y), y the result of the row; NaN for infinite elements of an infinite result.</summary>
    public static void LogSumExpGradient(float* dx, float* dy, float* x, float* y, int rows, int cols)
    {
        for (int r = 0; r < rows; r++, dx += cols, x += cols)
        {
            for (int c = 0; c < cols; c++)
            {
                dx[c] = dy[r] * Scalar.Exp(x[c] - y[r]);
            }
        }
    }
}
