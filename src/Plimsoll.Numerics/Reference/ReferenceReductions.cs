namespace Plimsoll.Numerics.Reference;

/// <summary>
/// Sums in the fixed order of the determinism contract: element i of a block of 4096 goes to lane i mod 64 in
/// ascending order, the 64 lanes (all starting at +0) are joined by adding the upper half to the lower half
/// (32, 16, 8, 4, 2, 1), and the blocks are joined in ascending order, starting at +0.
/// </summary>
public static unsafe class ReferenceReductions
{
    /// <summary>Lanes a block is spread over.</summary>
    public const int Lanes = 64;

    /// <summary>Elements a block has.</summary>
    public const int Block = 4096;

    /// <summary>One step of a lane: the new value of the lane from its old one and element i.</summary>
    public delegate float LaneStep(float lane, nint i);

    /// <summary>The sum of n terms, each joined to its lane by <paramref name="step"/>.</summary>
    public static float Reduce(nint n, LaneStep step)
    {
        float* lanes = stackalloc float[Lanes];
        float total = 0f;
        for (nint start = 0; start < n; start += Block)
        {
            new Span<float>(lanes, Lanes).Clear();
            nint end = Math.Min(n, start + Block);
            for (nint i = start; i < end; i++)
            {
                nint lane = i % Lanes;
                lanes[lane] = step(lanes[lane], i);
            }

            total += Join(lanes);
        }

        return total;
    }

    /// <summary>The halving tree over 64 lanes, in place.</summary>
    public static float Join(float* lanes)
    {
        for (int half = Lanes / 2; half > 0; half /= 2)
        {
            for (int l = 0; l < half; l++)
            {
                lanes[l] += lanes[l + half];
            }
        }

        return lanes[0];
    }

    /// <summary>The sum of x.</summary>
    public static float Sum(float* x, nint n) => Reduce(n, (lane, i) => lane + x[i]);

    /// <summary>The sum of x^2, each lane by fused multiply-add.</summary>
    public static float SumOfSquares(float* x, nint n) =>
        Reduce(n, (lane, i) => MathF.FusedMultiplyAdd(x[i], x[i], lane));

    /// <summary>The dot product of two strided vectors, each lane by fused multiply-add.</summary>
    public static float Dot(float* x, nint strideX, float* y, nint strideY, nint n) =>
        Reduce(n, (lane, i) => MathF.FusedMultiplyAdd(x[i * strideX], y[i * strideY], lane));

    /// <summary>The largest |x|; NaN where any element is NaN; 0 for none.</summary>
    public static float AbsoluteMaximum(float* x, nint n)
    {
        float result = 0f;
        for (nint i = 0; i < n; i++)
        {
            float magnitude = MathF.Abs(x[i]);
            result = magnitude <= result ? result : magnitude;
            if (float.IsNaN(magnitude))
            {
                return float.NaN;
            }
        }

        return result;
    }

    /// <summary>True where every element is finite.</summary>
    public static bool AllFinite(float* x, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            if (!float.IsFinite(x[i]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>d[c] = (accumulate ? d[c] : 0) + the sum over rows, added in ascending row order.</summary>
    public static void SumRows(float* d, float* x, int rows, int cols, bool accumulate) =>
        SumRows(d, x, rows, cols, cols, accumulate);

    /// <summary>As above, of rows that lie <paramref name="pitch"/> floats apart.</summary>
    internal static void SumRows(float* d, float* x, int rows, int cols, nint pitch, bool accumulate)
    {
        for (int c = 0; c < cols; c++)
        {
            float sum = accumulate ? d[c] : 0f;
            for (int r = 0; r < rows; r++)
            {
                sum += x[r * pitch + c];
            }

            d[c] = sum;
        }
    }

    /// <summary>d[r] = the sum of row r in the fixed order of <see cref="Sum"/>.</summary>
    public static void SumColumns(float* d, float* x, int rows, int cols)
    {
        for (int r = 0; r < rows; r++)
        {
            d[r] = Sum(x + (nint)r * cols, cols);
        }
    }

    /// <summary>d[i] = x[0, i] + x[1, i] + ... in ascending member order, starting from member 0.</summary>
    public static void SumLeading(float* d, float* x, int members, nint n) => SumLeading(d, x, members, n, n);

    /// <summary>As above, of members that lie <paramref name="pitch"/> floats apart.</summary>
    internal static void SumLeading(float* d, float* x, int members, nint n, nint pitch)
    {
        for (nint i = 0; i < n; i++)
        {
            float sum = x[i];
            for (int e = 1; e < members; e++)
            {
                sum += x[e * pitch + i];
            }

            d[i] = sum;
        }
    }

    /// <summary>d[i] = the sum over members divided by their number.</summary>
    public static void MeanLeading(float* d, float* x, int members, nint n)
    {
        SumLeading(d, x, members, n);
        for (nint i = 0; i < n; i++)
        {
            d[i] /= members;
        }
    }

    /// <summary>d[i] = the smallest over members; NaN where any is NaN.</summary>
    public static void MinLeading(float* d, float* x, int members, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            float least = x[i];
            for (int e = 1; e < members; e++)
            {
                least = Scalar.Minimum(least, x[e * n + i]);
            }

            d[i] = least;
        }
    }

    /// <summary>d[i] = the largest over members; NaN where any is NaN.</summary>
    public static void MaxLeading(float* d, float* x, int members, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            float largest = x[i];
            for (int e = 1; e < members; e++)
            {
                largest = Scalar.Maximum(largest, x[e * n + i]);
            }

            d[i] = largest;
        }
    }

    /// <summary>d[i] = sqrt(sum over members of (x - mean)^2 / members), squares joined by fused multiply-add.</summary>
    public static void StandardDeviationLeading(float* d, float* x, int members, nint n)
    {
        for (nint i = 0; i < n; i++)
        {
            float sum = x[i];
            for (int e = 1; e < members; e++)
            {
                sum += x[e * n + i];
            }

            float mean = sum / members;
            float squares = 0f;
            for (int e = 0; e < members; e++)
            {
                float difference = x[e * n + i] - mean;
                squares = MathF.FusedMultiplyAdd(difference, difference, squares);
            }

            d[i] = MathF.Sqrt(squares / members);
        }
    }
}
