using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Plimsoll.Learning.Tests")]

namespace Plimsoll.Learning.Diffusion;

/// <summary>
/// Exp, expm1, log and cos in binary64 from additions, products and quotients alone, so that every machine
/// gives the same bits (Math's versions follow the C library). Relative error below 1e-15 on the stated
/// ranges. Reduction and series: Muller et al., Handbook of Floating-Point Arithmetic (2nd ed.), chapter 10;
/// the arrangement of log is that of fdlibm's e_log.c.
/// </summary>
internal static class Elementary
{
    private const double Log2E = 1.4426950408889634;

    // ln 2 with 21 trailing zero bits, so that k * Ln2High is exact for |k| < 2^20, and the rest.
    private const double Ln2High = 6.93147180369123816490e-01;
    private const double Ln2Low = 1.90821492927058770002e-10;

    // pi/2 in two parts of 33 bits and a rest: n * part is exact for |n| < 2^20.
    private const double HalfPi1 = 1.57079632673412561417e+00;
    private const double HalfPi2 = 6.07710050630396597660e-11;
    private const double HalfPi3 = 2.02226624879595063154e-21;

    /// <summary>The largest |x| that Cos accepts.</summary>
    public const double CosLimit = 1e6;

    /// <summary>e^x; infinity above 709.79, gradual underflow to 0 below -708.</summary>
    public static double Exp(double x)
    {
        if (double.IsNaN(x))
        {
            return x;
        }
        if (x > 709.79)
        {
            return double.PositiveInfinity;
        }
        if (x < -745.14)
        {
            return 0.0;
        }
        var (k, r) = ReduceByLn2(x);
        return Scale(1.0 + ExpM1Core(r), k);
    }

    /// <summary>e^x - 1 without cancellation near 0.</summary>
    public static double ExpM1(double x)
    {
        if (!(x <= 700.0))
        {
            return Exp(x) - 1.0;
        }
        if (x < -40.0)
        {
            return -1.0;
        }
        if (Math.Abs(x) < 0.34)
        {
            return ExpM1Core(x);
        }
        var (k, r) = ReduceByLn2(x);
        return Scale(ExpM1Core(r), k) + (Scale(1.0, k) - 1.0);
    }

    /// <summary>Natural logarithm; -infinity at 0, NaN below.</summary>
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
        var shift = 0;
        if (x < 2.2250738585072014e-308)
        {
            x *= 18014398509481984.0; // 2^54 makes a subnormal normal
            shift = -54;
        }
        var bits = BitConverter.DoubleToInt64Bits(x);
        var k = (int)(bits >> 52) - 1023 + shift;
        var m = BitConverter.Int64BitsToDouble((bits & 0x000F_FFFF_FFFF_FFFFL) | 0x3FF0_0000_0000_0000L);
        if (m > 1.4142135623730951)
        {
            m *= 0.5;
            k += 1;
        }
        var f = m - 1.0;
        var s = f / (2.0 + f);
        var z = s * s;
        // atanh series 2 (z/3 + z^2/5 + ...); z <= 0.0295, so the first term left out is below 1e-18.
        var series = 2.0 / 25;
        for (var n = 23; n >= 3; n -= 2)
        {
            series = series * z + 2.0 / n;
        }
        var half = 0.5 * f * f;
        return k * Ln2High - ((half - (s * (half + series * z) + k * Ln2Low)) - f);
    }

    /// <summary>cos x for |x| at most <see cref="CosLimit"/>; NaN beyond, where the reduction would lose
    /// digits.</summary>
    public static double Cos(double x)
    {
        if (!(Math.Abs(x) <= CosLimit))
        {
            return double.NaN;
        }
        var n = Math.Floor(x * (1.0 / HalfPi1) + 0.5);
        var high = x - n * HalfPi1;
        var middle = n * HalfPi2;
        var r = high - middle;
        var rest = (high - r) - middle - n * HalfPi3;
        return ((long)n & 3) switch
        {
            0 => CosCore(r, rest),
            1 => -SinCore(r, rest),
            2 => -CosCore(r, rest),
            _ => SinCore(r, rest),
        };
    }

    private static (int Exponent, double Remainder) ReduceByLn2(double x)
    {
        var k = Math.Floor(x * Log2E + 0.5);
        return ((int)k, (x - k * Ln2High) - k * Ln2Low);
    }

    // Taylor to r^14: |r| <= 0.347 leaves less than 1e-19.
    private static double ExpM1Core(double r)
    {
        var series = 1.0 / 14;
        for (var n = 13; n >= 3; n--)
        {
            series = (1.0 + r * series) / n;
        }
        // The first two terms are kept apart, so the result is r plus a correction at most a fifth of it.
        return r + 0.5 * r * r * (1.0 + r * series);
    }

    private static double CosCore(double r, double rest)
    {
        var z = r * r;
        var series = 1.0;
        for (var n = 18; n >= 4; n -= 2)
        {
            series = 1.0 - z * series / (n * (n - 1));
        }
        return 1.0 - (0.5 * z * series + r * rest);
    }

    private static double SinCore(double r, double rest)
    {
        var z = r * r;
        var series = 1.0;
        for (var n = 19; n >= 5; n -= 2)
        {
            series = 1.0 - z * series / (n * (n - 1));
        }
        return r + (rest - r * z * series / 6.0);
    }

    private static double Scale(double x, int k)
    {
        if (k < -1000)
        {
            return x * PowerOfTwo(k + 100) * PowerOfTwo(-100);
        }
        return k > 1023 ? x * 2.0 * PowerOfTwo(k - 1) : x * PowerOfTwo(k);
    }

    private static double PowerOfTwo(int k) => BitConverter.Int64BitsToDouble((long)(k + 1023) << 52);
}
