namespace Plimsoll.Numerics.Reference;

/// <summary>Layer normalisation row by row: the specification of <see cref="Kernels.Normalisation"/>.</summary>
public static unsafe class ReferenceNormalisation
{
    /// <inheritdoc cref="Kernels.Normalisation.LayerNorm"/>
    public static void LayerNorm(
        float* y, float* mean, float* rstd, float* x, float* gain, float* offset, int rows, int cols, float eps)
    {
        for (int r = 0; r < rows; r++)
        {
            float* row = x + (nint)r * cols;
            LayerNormStatistics(mean + r, rstd + r, row, 1, cols, eps);
            float average = mean[r];
            float scale = rstd[r];
            for (int c = 0; c < cols; c++)
            {
                y[(nint)r * cols + c] = MathF.FusedMultiplyAdd((row[c] - average) * scale, gain[c], offset[c]);
            }
        }
    }

    /// <inheritdoc cref="Kernels.Normalisation.LayerNormStatistics"/>
    public static void LayerNormStatistics(float* mean, float* rstd, float* x, int rows, int cols, float eps)
    {
        for (int r = 0; r < rows; r++)
        {
            float* row = x + (nint)r * cols;
            float average = ReferenceReductions.Sum(row, cols) / cols;
            float squares = ReferenceReductions.Reduce(
                cols, (lane, i) => MathF.FusedMultiplyAdd(row[i] - average, row[i] - average, lane));
            mean[r] = average;
            rstd[r] = 1f / MathF.Sqrt(squares / cols + eps);
        }
    }

    /// <inheritdoc cref="Kernels.Normalisation.LayerNormGradient"/>
    public static void LayerNormGradient(
        float* dx, float* x, float* gain, float* mean, float* rstd, float* dy, int rows, int cols)
    {
        for (int r = 0; r < rows; r++)
        {
            float* row = x + (nint)r * cols;
            float* gradient = dy + (nint)r * cols;
            float average = mean[r];
            float scale = rstd[r];
            float first = ReferenceReductions.Dot(gradient, 1, gain, 1, cols) / cols;
            float second = ReferenceReductions.Reduce(
                cols,
                (lane, i) => MathF.FusedMultiplyAdd(gradient[i] * gain[i], (row[i] - average) * scale, lane)) / cols;
            for (int c = 0; c < cols; c++)
            {
                float normal = (row[c] - average) * scale;
                float inner = MathF.FusedMultiplyAdd(gradient[c], gain[c], -first);
                dx[(nint)r * cols + c] = scale * MathF.FusedMultiplyAdd(-normal, second, inner);
            }
        }
    }

    /// <summary>The specification of the kernel over compact rows.</summary>
    public static void LayerNormParameterGradient(
        float* dGain, float* dOffset, float* x, float* mean, float* rstd, float* dy, int rows, int cols,
        bool accumulate) =>
        LayerNormParameterGradient(dGain, dOffset, x, mean, rstd, dy, rows, cols, cols, accumulate);

    /// <summary>The specification of the kernel over rows that lie a pitch apart.</summary>
    public static void LayerNormParameterGradient(
        float* dGain, float* dOffset, float* x, float* mean, float* rstd, float* dy, int rows, int cols, nint pitch,
        bool accumulate)
    {
        for (int c = 0; c < cols; c++)
        {
            float gain = accumulate ? dGain[c] : 0f;
            float offset = accumulate ? dOffset[c] : 0f;
            for (int r = 0; r < rows; r++)
            {
                nint i = r * pitch + c;
                gain = MathF.FusedMultiplyAdd(dy[i], (x[i] - mean[r]) * rstd[r], gain);
                offset += dy[i];
            }

            dGain[c] = gain;
            dOffset[c] = offset;
        }
    }
}
