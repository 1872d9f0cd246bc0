using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Reference;

/// <summary>
/// Binary64 elementary functions for schedules and host code, each a fixed sequence of correctly rounded operations.
/// Relative error at most about 1e-15 over the stated ranges; NaN in gives NaN out.
/// </summary>
public static class ScalarDouble
{
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;
    private const double Log2E = 1.44269504088896338700;

    // pi/2 in three parts of 53 bits.
    private const double HalfPi1 = 1.5707963267948966;
    private const double HalfPi2 = 6.123233995736766e-17;
    private const double HalfPi3 = -1.4973849048591833e-33;

    /// <summary>The correctly rounded square root.</summary>
    public static double Sqrt(double x) => Math.Sqrt(x);

    /// <summary>e^x; overflow (x &gt; 709.78) gives +infinity, underflow 0, subnormal results are rounded once.</summary>
    public static double Exp(double x)
    {
        if (!(x < 710.0))
        {
            return double.IsNaN(x) ? x : double.PositiveInfinity;
        }

        if (x < -746.0)
        {
            return 0.0;
        }

        double n = Math.Floor(Fma(x, Log2E, 0.5));
        double r = Fma(n, -Ln2High, x);
        double low = n * Ln2Low;
        double value = 1.0 + ExpTail(r - low);
        int half = (int)n >> 1;
        return value * PowerOfTwo(half) * PowerOfTwo((int)n - half);
    }

    /// <summary>e^x - 1, accurate also near 0.</summary>
    public static double Expm1(double x) => Math.Abs(x) < 0.5 ? ExpTail(x) : Exp(x) - 1.0;

    /// <summary>ln x; ln(0) = -infinity, x &lt; 0 gives NaN.</summary>
    public static double Log(double x)
    {
        if (!(x > 0.0))
        {
            return x == 0.0 ? double.NegativeInfinity : double.NaN;
        }

        if (double.IsPositiveInfinity(x))
        {
            return x;
        }

        int shift = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0;
            shift = 54;
        }

        const long sqrtHalfBits = 0x3FE6A09E667F3BCD;
        long bits = BitConverter.DoubleToInt64Bits(x) + (0x3FF0000000000000 - sqrtHalfBits);
        double e = (int)(bits >> 52) - 1023 - shift;
        double f = BitConverter.Int64BitsToDouble((bits & 0x000FFFFFFFFFFFFF) + sqrtHalfBits) - 1.0;

        // ln(1 + f) = 2 atanh(s), s = f / (2 + f), written as f - (f^2/2 - s (f^2/2 + R)) (fdlibm).
        double s = f / (2.0 + f);
        double z = s * s;
        double series = 2.0 / 25.0;
        for (int k = 23; k >= 3; k -= 2)
        {
            series = Fma(series, z, 2.0 / k);
        }

        double half = 0.5 * f * f;
        double tail = s * (half + z * series);
        return Fma(e, Ln2High, f - (half - Fma(e, Ln2Low, tail)));
    }

    /// <summary>sin x for |x| up to 1e6; beyond, and for infinities, NaN.</summary>
    public static double Sin(double x) => Rotate(x, 0);

    /// <summary>cos x for |x| up to 1e6; beyond, and for infinities, NaN.</summary>
    public static double Cos(double x) => Rotate(x, 1);

    private static double Rotate(double x, int quarterTurns)
    {
        if (!(Math.Abs(x) <= 1e6))
        {
            return double.NaN;
        }

        double n = Math.Floor(Fma(x, 0.63661977236758134, 0.5));
        // The product n * HalfPi2 keeps what rounding the first difference would lose.
        double first = Fma(n, -HalfPi1, x);
        double r = Fma(n, -HalfPi2, first);
        double error = Fma(n, -HalfPi2, first - r);
        error = Fma(n, -HalfPi3, error);
        int quadrant = (int)n + quarterTurns;
        double z = r * r;
        double value;
        if ((quadrant & 1) == 0)
        {
            double series = Series(z, 21);
            value = r + Fma(r * z, series, error);
        }
        else
        {
            double series = Series(z, 22);
            double tail = Fma(z * z, series, -r * error);
            double half = 0.5 * z;
            double w = 1.0 - half;
            value = w + ((1.0 - w - half) + tail);
        }

        return (quadrant & 2) == 0 ? value : -value;
    }

    // The Taylor tail of sine (odd last: from -1/3!) or cosine (even last: from 1/4!) in z = r^2, by Horner.
    private static double Series(double z, int last)
    {
        int first = (last & 1) == 1 ? 3 : 4;
        double sum = 0.0;
        for (int k = last; k >= first; k -= 2)
        {
            // Each term as a ratio to the one before: sum <- 1 - z sum / ((k + 1)(k + 2)).
            sum = 1.0 - (k == last ? 0.0 : z * sum / ((k + 1.0) * (k + 2.0)));
        }

        return sum * (first == 3 ? -1.0 / 6.0 : 1.0 / 24.0);
    }

    // e^r - 1 on |r| < 0.5 by its Taylor series; 0.5^17 / 18! is below 1e-20.
    private static double ExpTail(double r)
    {
        double sum = 1.0 / 18.0;
        for (int k = 17; k >= 3; k--)
        {
            sum = Fma(sum * r, 1.0 / k, 1.0 / k);
        }

        return Fma(r * r * 0.5, Fma(sum, r, 1.0), r);
    }

    private static double PowerOfTwo(int n) => BitConverter.Int64BitsToDouble((long)(n + 1023) << 52);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Fma(double x, double y, double z) => Math.FusedMultiplyAdd(x, y, z);
}
