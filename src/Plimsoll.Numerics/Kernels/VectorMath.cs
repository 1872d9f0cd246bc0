using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The functions of <see cref="Scalar"/> on vectors: the same operations in the same order on each lane.</summary>
internal static unsafe class VectorMath
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static T Exp<T>(T x)
        where T : struct, ILanes<T>
    {
        // The bound comes first: MIN and MAX give their second operand for NaN.
        x = T.LessOrSecond(T.Create(Scalar.ExpUpper), x);
        x = T.GreaterOrSecond(T.Create(Scalar.ExpLower), x);
        T shift = T.Create(Scalar.RoundingShift);
        T shifted = T.Fma(x, T.Create(Scalar.Log2E), shift);
        T n = shifted - shift;
        T exponent = T.SubtractBits(shifted, T.CreateBits(Scalar.RoundingShiftBits));
        T r = T.Fma(n, T.Create(-Scalar.Ln2High), x);
        r = T.Fma(n, T.Create(-Scalar.Ln2Low), r);
        T p = T.Fma(T.Create(Scalar.E0), r, T.Create(Scalar.E1));
        p = T.Fma(p, r, T.Create(Scalar.E2));
        p = T.Fma(p, r, T.Create(Scalar.E3));
        p = T.Fma(p, r, T.Create(Scalar.E4));
        p = T.Fma(p, r, T.Create(Scalar.E5));
        p = T.Fma(p, r * r, r) + T.Create(1f);
        T half = T.ShiftRightArithmetic(exponent, 1);
        return p * PowerOfTwo(half) * PowerOfTwo(T.SubtractBits(exponent, half));
    }

    [MethodImpl(Inline)]
    private static T PowerOfTwo<T>(T n)
        where T : struct, ILanes<T> =>
        T.ShiftLeft(T.AddBits(n, T.CreateBits(127)), 23);

    [MethodImpl(Inline)]
    public static T Log<T>(T x)
        where T : struct, ILanes<T>
    {
        T tiny = T.Less(x, T.Create(Scalar.SmallestNormal));
        T result = LogOfNormal(
            T.Select(tiny, x * T.Create(Scalar.DenormalScale), x), T.Select(tiny, T.Create(23f), T.Zero));
        result = T.Select(T.Equal(x, T.Zero), T.Create(float.NegativeInfinity), result);
        result = T.Select(T.Less(x, T.Zero), T.Create(float.NaN), result);
        return T.Select(T.Less(x, T.Create(float.PositiveInfinity)), result, x);
    }

    // ln x - lowered ln 2 for a normal, positive x.
    [MethodImpl(Inline)]
    public static T LogOfNormal<T>(T x, T lowered)
        where T : struct, ILanes<T>
    {
        T bits = T.AddBits(x, T.CreateBits(0x3F800000 - Scalar.SqrtHalfBits));
        T e = T.FromInt(T.SubtractBits(T.ShiftRightArithmetic(bits, 23), T.CreateBits(127)));
        e -= lowered;
        T f = T.AddBits(bits & T.CreateBits(0x007FFFFF), T.CreateBits(Scalar.SqrtHalfBits)) - T.Create(1f);
        T z = f * f;
        T p = T.Fma(T.Create(Scalar.L0), f, T.Create(Scalar.L1));
        p = T.Fma(p, f, T.Create(Scalar.L2));
        p = T.Fma(p, f, T.Create(Scalar.L3));
        p = T.Fma(p, f, T.Create(Scalar.L4));
        p = T.Fma(p, f, T.Create(Scalar.L5));
        p = T.Fma(p, f, T.Create(Scalar.L6));
        p = T.Fma(p, f, T.Create(Scalar.L7));
        p = T.Fma(p, f, T.Create(Scalar.L8));
        T y = f * z * p;
        y = T.Fma(e, T.Create(Scalar.Ln2Low), y);
        y = T.Fma(z, T.Create(-0.5f), y);
        return T.Fma(e, T.Create(Scalar.Ln2High), f + y);
    }

    // w = 1 + u lies in [1, 2] or is NaN, so the special cases of the logarithm cannot arise but for NaN.
    [MethodImpl(Inline)]
    private static T Log1pOfUnit<T>(T u)
        where T : struct, ILanes<T>
    {
        T w = u + T.Create(1f);
        T d = w - T.Create(1f);
        T result = LogOfNormal(w, T.Zero) * (u / d);
        return T.Select(T.Equal(d, T.Zero), u, result);
    }

    [MethodImpl(Inline)]
    public static T Tanh<T>(T x)
        where T : struct, ILanes<T>
    {
        T magnitude = T.Abs(x);
        T z = x * x;
        T p = T.Fma(T.Create(Scalar.T0), z, T.Create(Scalar.T1));
        p = T.Fma(p, z, T.Create(Scalar.T2));
        p = T.Fma(p, z, T.Create(Scalar.T3));
        p = T.Fma(p, z, T.Create(Scalar.T4));
        T small = T.Fma(p * z, x, x);
        T one = T.Create(1f);
        T large = one - T.Create(2f) / (Exp(magnitude + magnitude) + one);
        large |= x & T.CreateBits(int.MinValue);
        return T.Select(T.Less(magnitude, T.Create(Scalar.TanhSmall)), small, large);
    }

    [MethodImpl(Inline)]
    public static T Sigmoid<T>(T x)
        where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        return one / (Exp(x ^ T.CreateBits(int.MinValue)) + one);
    }

    [MethodImpl(Inline)]
    public static T Softplus<T>(T x)
        where T : struct, ILanes<T>
    {
        T positive = T.GreaterOrSecond(T.Zero, x);
        return positive + Log1pOfUnit(Exp(x | T.CreateBits(int.MinValue)));
    }

    [MethodImpl(Inline)]
    public static T Mish<T>(T x)
        where T : struct, ILanes<T>
    {
        T two = T.Create(2f);
        T e = Exp(T.LessOrSecond(T.Create(Scalar.MishUpper), x));
        T w = e * (e + two);
        return T.GreaterOrSecond(T.Create(Scalar.ExpLower), x) * (w / (w + two));
    }

    [MethodImpl(Inline)]
    public static T MishDerivative<T>(T x)
        where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        T two = T.Create(2f);
        T bounded = T.LessOrSecond(T.Create(Scalar.MishUpper), x);
        bounded = T.GreaterOrSecond(T.Create(Scalar.ExpLower), bounded);
        T e = Exp(bounded);
        T w = e * (e + two);
        T q = one / (w + two);
        T t = w * q;
        T slope = bounded * (e * T.Create(4f)) * (e + one) * q;
        return T.Fma(slope, q, t);
    }

    [MethodImpl(Inline)]
    public static T Sin<T>(T x)
        where T : struct, ILanes<T>
    {
        if (T.Any(T.Less(T.Create(Trigonometric.DirectLimit), T.Abs(x))))
        {
            return LaneByLane(x, &Scalar.Sin);
        }

        T r = Reduce(x, out T quadrant);
        return OfQuadrant(r, quadrant);
    }

    [MethodImpl(Inline)]
    public static T Cos<T>(T x)
        where T : struct, ILanes<T>
    {
        if (T.Any(T.Less(T.Create(Trigonometric.DirectLimit), T.Abs(x))))
        {
            return LaneByLane(x, &Scalar.Cos);
        }

        T r = Reduce(x, out T quadrant);
        return OfQuadrant(r, T.AddBits(quadrant, T.CreateBits(1)));
    }

    [MethodImpl(Inline)]
    private static T Reduce<T>(T x, out T quadrant)
        where T : struct, ILanes<T>
    {
        T shift = T.Create(Scalar.RoundingShift);
        quadrant = T.Fma(x, T.Create(Trigonometric.TwoOverPi), shift);
        T n = quadrant - shift;
        T r = T.Fma(n, T.Create(-Trigonometric.HalfPi1), x);
        r = T.Fma(n, T.Create(-Trigonometric.HalfPi2), r);
        return T.Fma(n, T.Create(-Trigonometric.HalfPi3), r);
    }

    /// <summary>sin(r + quadrant pi/2) for |r| up to pi/4; the quadrant is in the low two bits.</summary>
    [MethodImpl(Inline)]
    public static T OfQuadrant<T>(T r, T quadrant)
        where T : struct, ILanes<T>
    {
        SinCos(r, out T s, out T c);
        return Turn(s, c, quadrant);
    }

    /// <summary>sin r and cos r for |r| up to pi/4.</summary>
    [MethodImpl(Inline)]
    public static void SinCos<T>(T r, out T sine, out T cosine)
        where T : struct, ILanes<T>
    {
        T z = r * r;
        T s = T.Fma(T.Create(Trigonometric.S0), z, T.Create(Trigonometric.S1));
        s = T.Fma(s, z, T.Create(Trigonometric.S2));
        sine = T.Fma(s * z, r, r);
        T c = T.Fma(T.Create(Trigonometric.C0), z, T.Create(Trigonometric.C1));
        c = T.Fma(c, z, T.Create(Trigonometric.C2));
        cosine = T.Fma(c, z * z, T.Fma(z, T.Create(-0.5f), T.Create(1f)));
    }

    /// <summary>The sine after quadrant quarter turns of an angle with this sine and cosine.</summary>
    [MethodImpl(Inline)]
    public static T Turn<T>(T sine, T cosine, T quadrant)
        where T : struct, ILanes<T>
    {
        T even = T.EqualBits(quadrant & T.CreateBits(1), T.Zero);
        T sign = T.ShiftLeft(quadrant & T.CreateBits(2), 30);
        return T.Select(even, sine, cosine) ^ sign;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static T LaneByLane<T>(T x, delegate*<float, float> function)
        where T : struct, ILanes<T>
    {
        float* lanes = stackalloc float[T.Count];
        T.Store(x, lanes);
        for (int l = 0; l < T.Count; l++)
        {
            lanes[l] = function(lanes[l]);
        }

        return T.Load(lanes);
    }
}
