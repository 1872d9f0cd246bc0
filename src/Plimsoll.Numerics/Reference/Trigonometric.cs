using System.Runtime.CompilerServices;

namespace Plimsoll.Numerics.Reference;

/// <summary>Binary32 sine and cosine for every finite argument.</summary>
internal static class Trigonometric
{
    // Up to here the three-term reduction is accurate; beyond, 2/pi to 192 bits takes over.
    internal const float DirectLimit = 32768f;

    internal const float TwoOverPi = 0.636619772f;

    // pi/2 in three parts (Cody and Waite 1980); with fused multiply-add no part needs trailing zeros.
    internal const float HalfPi1 = 1.5707962512969970703125f;
    internal const float HalfPi2 = 7.5497894158615963533521e-8f;
    internal const float HalfPi3 = 5.3903029534742383927e-15f;

    // sin r = r + r^3 P(r^2), cos r = 1 - r^2/2 + r^4 P(r^2) on |r| <= pi/4 (Cephes sinf, cosf).
    internal const float S0 = -1.9515295891e-4f;
    internal const float S1 = 8.3321608736e-3f;
    internal const float S2 = -1.6666654611e-1f;
    internal const float C0 = 2.443315711809948e-5f;
    internal const float C1 = -1.388731625493765e-3f;
    internal const float C2 = 4.166664568298827e-2f;

    // 2/pi as overlapping 32-bit windows, 8 bits apart.
    private static ReadOnlySpan<uint> InversePi =>
    [
        0x000000A2, 0x0000A2F9, 0x00A2F983, 0xA2F9836E, 0xF9836E4E, 0x836E4E44, 0x6E4E4415, 0x4E441529,
        0x441529FC, 0x1529FC27, 0x29FC2757, 0xFC2757D1, 0x2757D1F5, 0x57D1F534, 0xD1F534DD, 0xF534DDC0,
        0x34DDC0DB, 0xDDC0DB62, 0xC0DB6295, 0xDB629599, 0x6295993C, 0x95993C43, 0x993C4390, 0x3C439041,
    ];

    internal static float Sin(float x)
    {
        float r = Reduce(x, out int quadrant);
        return OfQuadrant(r, quadrant);
    }

    internal static float Cos(float x)
    {
        float r = Reduce(x, out int quadrant);
        return OfQuadrant(r, quadrant + 1);
    }

    /// <summary>sin(r + quadrant pi/2) for |r| up to pi/4.</summary>
    internal static float OfQuadrant(float r, int quadrant)
    {
        float z = r * r;
        float s = Scalar.Fma(S0, z, S1);
        s = Scalar.Fma(s, z, S2);
        s = Scalar.Fma(s * z, r, r);
        float c = Scalar.Fma(C0, z, C1);
        c = Scalar.Fma(c, z, C2);
        c = Scalar.Fma(c, z * z, Scalar.Fma(z, -0.5f, 1f));
        float value = (quadrant & 1) != 0 ? c : s;
        return Scalar.Float(Scalar.Bits(value) ^ ((quadrant & 2) << 30));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Reduce(float x, out int quadrant)
    {
        if (MathF.Abs(x) > DirectLimit)
        {
            return ReduceLarge(x, out quadrant);
        }

        float shifted = Scalar.Fma(x, TwoOverPi, Scalar.RoundingShift);
        float n = shifted - Scalar.RoundingShift;
        quadrant = Scalar.Bits(shifted);
        float r = Scalar.Fma(n, -HalfPi1, x);
        r = Scalar.Fma(n, -HalfPi2, r);
        return Scalar.Fma(n, -HalfPi3, r);
    }

    // Payne and Hanek 1983: the fraction of x * 2/pi from the 96 bits of 2/pi that matter for this exponent.
    private static float ReduceLarge(float x, out int quadrant)
    {
        uint bits = BitConverter.SingleToUInt32Bits(x);
        if ((bits & 0x7F800000) == 0x7F800000)
        {
            quadrant = 0;
            return float.NaN;
        }

        int window = (int)(bits >> 26) & 15;
        uint mantissa = ((bits & 0x007FFFFF) | 0x00800000) << (int)((bits >> 23) & 7);
        ulong high = (ulong)(mantissa * InversePi[window]) << 32;
        ulong middle = (ulong)mantissa * InversePi[window + 4];
        ulong low = (ulong)mantissa * InversePi[window + 8];
        ulong fraction = (high | (low >> 32)) + middle;
        ulong n = (fraction + (1UL << 61)) >> 62;
        fraction -= n << 62;
        // pi/2 * 2^-62: one double rounding each for the product and for the result.
        float r = (float)((long)fraction * 3.4061215800865545e-19);
        bool negative = (bits >> 31) != 0;
        quadrant = negative ? -(int)n : (int)n;
        return negative ? -r : r;
    }
}
