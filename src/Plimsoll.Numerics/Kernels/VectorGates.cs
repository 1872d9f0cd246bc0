using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>GELU and SiLU of <see cref="Scalar"/> on vectors: the same operations in the same order on each lane.</summary>
internal static class VectorGates
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    [MethodImpl(Inline)]
    public static T Gelu<T>(T x)
        where T : struct, ILanes<T> =>
        T.GreaterOrSecond(T.Create(-Scalar.GeluLimit), x) * NormalBelow(x, out _);

    [MethodImpl(Inline)]
    public static T GeluDerivative<T>(T x)
        where T : struct, ILanes<T>
    {
        T below = NormalBelow(x, out T bell);
        T bounded = T.GreaterOrSecond(T.Create(-Scalar.GeluLimit), x);
        bounded = T.LessOrSecond(T.Create(Scalar.GeluLimit), bounded);
        return T.Fma(bounded * bell, T.Create(Scalar.NormalPeak), below);
    }

    [MethodImpl(Inline)]
    private static T NormalBelow<T>(T x, out T bell)
        where T : struct, ILanes<T>
    {
        T t = T.LessOrSecond(T.Create(Scalar.GeluLimit), T.Abs(x));
        T square = t * t;
        T rest = T.Fma(t, t, square ^ T.CreateBits(int.MinValue));
        bell = VectorMath.Exp(square * T.Create(-0.5f));
        bell = T.Fma(bell, rest * T.Create(-0.5f), bell);
        T one = T.Create(1f);
        T d = one / (t + T.Create(Scalar.GeluCentre));
        T v = t * d;
        T p = T.Fma(T.Create(Scalar.G0), v, T.Create(Scalar.G1));
        p = T.Fma(p, v, T.Create(Scalar.G2));
        p = T.Fma(p, v, T.Create(Scalar.G3));
        p = T.Fma(p, v, T.Create(Scalar.G4));
        p = T.Fma(p, v, T.Create(Scalar.G5));
        p = T.Fma(p, v, T.Create(Scalar.G6));
        p = T.Fma(p, v, T.Create(Scalar.G7));
        p = T.Fma(p, v, T.Create(Scalar.G8));
        p = T.Fma(p, v, T.Create(Scalar.G9));
        T tail = bell * (p * d);
        return T.Select(T.Less(x, T.Zero), tail, one - tail);
    }

    [MethodImpl(Inline)]
    public static T Silu<T>(T x)
        where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        T e = VectorMath.Exp(x | T.CreateBits(int.MinValue));
        T bounded = T.GreaterOrSecond(T.Create(Scalar.ExpLower), x);
        return bounded * (T.Select(T.Less(x, T.Zero), e, one) / (e + one));
    }

    [MethodImpl(Inline)]
    public static T SiluDerivative<T>(T x)
        where T : struct, ILanes<T>
    {
        T one = T.Create(1f);
        T e = VectorMath.Exp(x | T.CreateBits(int.MinValue));
        T q = one / (e + one);
        T bounded = T.GreaterOrSecond(T.Create(Scalar.ExpLower), x);
        bounded = T.LessOrSecond(T.Create(-Scalar.ExpLower), bounded);
        return T.Fma(bounded * e * q, q, T.Select(T.Less(x, T.Zero), e, one) * q);
    }
}

internal readonly struct GeluOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorGates.Gelu(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Gelu(x);
}

internal readonly struct SiluOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorGates.Silu(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Silu(x);
}

internal readonly struct GeluGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * VectorGates.GeluDerivative(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.GeluGradient(x, y);
}

internal readonly struct SiluGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * VectorGates.SiluDerivative(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.SiluGradient(x, y);
}
