using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Order statistics. One code on every path: it compares and moves, and adds only to interpolate.</summary>
public static unsafe class Quantiles
{
    /// <summary>
    /// With h = q (n - 1) in binary64 and w = h - ⌊h⌋ in binary32: x_⌊h⌋ + w (x_⌊h⌋+1 - x_⌊h⌋) of the sorted elements
    /// by fused multiply-add, from the other side where w &gt;= 0.5, so that it is monotone; x_⌊h⌋ itself where w is
    /// 0. NaN where any element is. -0 sorts before +0.
    /// Between a finite and an infinite element it is the infinite one, between both infinities NaN.
    /// </summary>
    /// <param name="x">n &gt;= 1 elements; they are left in another order, as keys and not as numbers.</param>
    public static float Take(float* x, int n, double q)
    {
        int* keys = (int*)x;
        for (int i = 0; i < n; i++)
        {
            if (float.IsNaN(x[i]))
            {
                return float.NaN;
            }

            keys[i] = Flip(keys[i]);
        }

        double rank = q * (n - 1);
        int lower = (int)rank;
        float weight = (float)(rank - lower);
        float low = Scalar.Float(Flip(Select(keys, n, lower)));
        if (weight == 0f)
        {
            return low;
        }

        // What follows the selected place is no smaller, so the next in order is the least of it.
        int next = int.MaxValue;
        for (int i = lower + 1; i < n; i++)
        {
            next = Math.Min(next, keys[i]);
        }

        float high = Scalar.Float(Flip(next));
        if (float.IsInfinity(low) || float.IsInfinity(high))
        {
            return low == high ? low : low + high;
        }

        float difference = high - low;
        return weight < 0.5f
            ? MathF.FusedMultiplyAdd(weight, difference, low)
            : MathF.FusedMultiplyAdd(weight - 1f, difference, high);
    }

    /// <summary>Bits whose order as signed integers is that of the numbers; its own inverse.</summary>
    private static int Flip(int bits) => bits ^ ((bits >> 31) & int.MaxValue);

    /// <summary>Hoare's selection (1961): afterwards place k holds what it would after sorting, with nothing larger
    /// before and nothing smaller behind it.</summary>
    private static int Select(int* keys, int n, int k)
    {
        int left = 0;
        int right = n - 1;
        while (left < right)
        {
            int pivot = Median(keys[left], keys[left + (right - left) / 2], keys[right]);
            int i = left;
            int j = right;
            while (i <= j)
            {
                while (keys[i] < pivot)
                {
                    i++;
                }

                while (keys[j] > pivot)
                {
                    j--;
                }

                if (i <= j)
                {
                    (keys[i], keys[j]) = (keys[j], keys[i]);
                    i++;
                    j--;
                }
            }

            if (k <= j)
            {
                right = j;
            }
            else if (k >= i)
            {
                left = i;
            }
            else
            {
                break;
            }
        }

        return keys[k];
    }

    private static int Median(int x, int y, int z) =>
        Math.Max(Math.Min(x, y), Math.Min(Math.Max(x, y), z));
}
