using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Reference;

/// <summary>
/// Binary32 elementary functions, one value at a time: the specification that the vector kernels equal to the bit.
/// Every function is one fixed sequence of correctly rounded operations (add, multiply, divide, square root, fused
/// multiply-add), so its bits depend neither on the C library nor on the CPU.
/// </summary>
/// <remarks>
/// NaN in gives NaN out everywhere; which NaN is not specified. Error bounds are the largest seen against double
/// precision over the samples of the tests, in units in the last place (ulp) of the true result.
/// </remarks>
public static partial class Scalar
{
    // Adding 1.5 * 2^23 rounds to the nearest integer (ties to even), which then sits in the low mantissa bits.
    internal const float RoundingShift = 12582912f;
    internal const int RoundingShiftBits = 0x4B400000;

    internal const float Log2E = 1.44269504f;
    internal const float Ln2High = 0.693359375f;
    internal const float Ln2Low = -2.12194440e-4f;
    internal const float ExpUpper = 89f;
    internal const float ExpLower = -104f;

    // e^r = 1 + r + r^2 P(r) on |r| <= ln 2 / 2 (Cephes expf, S. L. Moshier).
    internal const float E0 = 1.9875691500e-4f;
    internal const float E1 = 1.3981999507e-3f;
    internal const float E2 = 8.3334519073e-3f;
    internal const float E3 = 4.1665795894e-2f;
    internal const float E4 = 1.6666665459e-1f;
    internal const float E5 = 5.0000001201e-1f;

    // ln(1 + f) = f - f^2/2 + f^3 P(f) on 1 + f in [sqrt(1/2), sqrt(2)) (Cephes logf).
    internal const float L0 = 7.0376836292e-2f;
    internal const float L1 = -1.1514610310e-1f;
    internal const float L2 = 1.1676998740e-1f;
    internal const float L3 = -1.2420140846e-1f;
    internal const float L4 = 1.4249322787e-1f;
    internal const float L5 = -1.6668057665e-1f;
    internal const float L6 = 2.0000714765e-1f;
    internal const float L7 = -2.4999993993e-1f;
    internal const float L8 = 3.3333331174e-1f;
    internal const int SqrtHalfBits = 0x3F3504F3;
    internal const float SmallestNormal = 1.17549435e-38f;
    internal const float DenormalScale = 8388608f;

    // tanh x = x + x^3 P(x^2) on |x| < 0.625 (Cephes tanhf).
    internal const float T0 = -5.70498872745e-3f;
    internal const float T1 = 2.06390887954e-2f;
    internal const float T2 = -5.37397155531e-2f;
    internal const float T3 = 1.33314422036e-1f;
    internal const float T4 = -3.33332819422e-1f;
    internal const float TanhSmall = 0.625f;

    /// <summary>e^x, at most 1.1 ulp; subnormal results are rounded once; overflow gives +infinity, underflow 0.</summary>
    public static float Exp(float x)
    {
        x = x > ExpUpper ? ExpUpper : x;
        x = x < ExpLower ? ExpLower : x;
        float shifted = Fma(x, Log2E, RoundingShift);
        float n = shifted - RoundingShift;
        int exponent = Bits(shifted) - RoundingShiftBits;
        float r = Fma(n, -Ln2High, x);
        r = Fma(n, -Ln2Low, r);
        float p = Fma(E0, r, E1);
        p = Fma(p, r, E2);
        p = Fma(p, r, E3);
        p = Fma(p, r, E4);
        p = Fma(p, r, E5);
        p = Fma(p, r * r, r) + 1f;
        // 2^n in two factors: the first product is exact, the second rounds once also for subnormal results.
        int half = exponent >> 1;
        return p * PowerOfTwo(half) * PowerOfTwo(exponent - half);
    }

    /// <summary>ln x, at most 1 ulp; ln(0) = -infinity, x &lt; 0 gives NaN, +infinity stays.</summary>
    public static float Log(float x)
    {
        bool tiny = x < SmallestNormal;
        float scaled = tiny ? x * DenormalScale : x;
        int bits = Bits(scaled) + (0x3F800000 - SqrtHalfBits);
        float e = (bits >> 23) - 127;
        e -= tiny ? 23f : 0f;
        float f = Float((bits & 0x007FFFFF) + SqrtHalfBits) - 1f;
        float z = f * f;
        float p = Fma(L0, f, L1);
        p = Fma(p, f, L2);
        p = Fma(p, f, L3);
        p = Fma(p, f, L4);
        p = Fma(p, f, L5);
        p = Fma(p, f, L6);
        p = Fma(p, f, L7);
        p = Fma(p, f, L8);
        float y = f * z * p;
        y = Fma(e, Ln2Low, y);
        y = Fma(z, -0.5f, y);
        float result = Fma(e, Ln2High, f + y);
        result = x == 0f ? float.NegativeInfinity : result;
        result = x < 0f ? float.NaN : result;
        // +infinity and NaN come back as they are.
        return x < float.PositiveInfinity ? result : x;
    }

    /// <summary>ln(1 + u) for u in [0, 1], the range that softplus needs; at most 2.5 ulp.</summary>
    internal static float Log1pOfUnit(float u)
    {
        // W. Kahan: the rounding error of w = 1 + u cancels in ln(w) u / (w - 1).
        float w = u + 1f;
        float d = w - 1f;
        float result = Log(w) * (u / d);
        return d == 0f ? u : result;
    }

    /// <summary>tanh x, at most 1.5 ulp; odd, keeps -0 and subnormals, saturates at 1.</summary>
    public static float Tanh(float x)
    {
        float magnitude = MathF.Abs(x);
        float z = x * x;
        float p = Fma(T0, z, T1);
        p = Fma(p, z, T2);
        p = Fma(p, z, T3);
        p = Fma(p, z, T4);
        float small = Fma(p * z, x, x);
        float large = 1f - 2f / (Exp(magnitude + magnitude) + 1f);
        large = Float(Bits(large) | (Bits(x) & int.MinValue));
        return magnitude < TanhSmall ? small : large;
    }

    /// <summary>1 / (1 + e^-x), at most 2.5 ulp for x &gt;= -87; 0 where e^-x overflows (x &lt; -88.72).</summary>
    public static float Sigmoid(float x) => 1f / (Exp(-x) + 1f);

    /// <summary>ln(1 + e^x) = max(x, 0) + ln(1 + e^-|x|), at most 3 ulp for x &gt;= -87; +infinity stays.</summary>
    public static float Softplus(float x)
    {
        float positive = 0f > x ? 0f : x;
        return positive + Log1pOfUnit(Exp(-MathF.Abs(x)));
    }

    internal const float MishUpper = 20f;

    /// <summary>
    /// Mish(x) = x tanh(ln(1 + e^x)) = x w / (w + 2), w = e^x (e^x + 2) (Misra 2019); at most 5 ulp for x >= -80;
    /// -infinity gives -0, +infinity stays.
    /// </summary>
    public static float Mish(float x)
    {
        float e = Exp(x > MishUpper ? MishUpper : x);
        float w = e * (e + 2f);
        float bounded = x < ExpLower ? ExpLower : x;
        return bounded * (w / (w + 2f));
    }

    /// <summary>Mish'(x) = t + 4 x e^x (e^x + 1) / (w + 2)^2, t = w / (w + 2), w as in <see cref="Mish"/>.</summary>
    public static float MishDerivative(float x)
    {
        float bounded = x > MishUpper ? MishUpper : x;
        bounded = bounded < ExpLower ? ExpLower : bounded;
        float e = Exp(bounded);
        float w = e * (e + 2f);
        float q = 1f / (w + 2f);
        float t = w * q;
        float slope = bounded * (e * 4f) * (e + 1f) * q;
        return Fma(slope, q, t);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Fma(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static int Bits(float x) => BitConverter.SingleToInt32Bits(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static float Float(int bits) => BitConverter.Int32BitsToSingle(bits);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float PowerOfTwo(int n) => Float((n + 127) << 23);

    /// <summary>sin x, at most 2 ulp for every finite x; infinities give NaN.</summary>
    public static float Sin(float x) => Trigonometric.Sin(x);

    /// <summary>cos x, at most 2 ulp for every finite x; infinities give NaN.</summary>
    public static float Cos(float x) => Trigonometric.Cos(x);
}
