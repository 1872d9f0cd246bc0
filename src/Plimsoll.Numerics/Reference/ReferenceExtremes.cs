namespace Plimsoll.Numerics.Reference;

/// <summary>Extremes element by element: the specification of <see cref="Kernels.Extremes"/>.</summary>
public static unsafe class ReferenceExtremes
{
    /// <summary>The first of the largest of n &gt;= 1 elements (so -0 where it stands before +0); NaN where any is NaN.</summary>
    public static float Maximum(float* x, nint n)
    {
        float largest = x[0];
        for (nint i = 1; i < n; i++)
        {
            largest = Scalar.Maximum(largest, x[i]);
        }

        return largest;
    }

    /// <summary>The first of the smallest of n &gt;= 1 elements (so +0 where it stands before -0); NaN where any is NaN.</summary>
    public static float Minimum(float* x, nint n)
    {
        float smallest = x[0];
        for (nint i = 1; i < n; i++)
        {
            smallest = Scalar.Minimum(smallest, x[i]);
        }

        return smallest;
    }
}
