using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

// The operations that Loops turns into kernels; operands are named x, y, z in the order of the kernel's sources.
internal readonly struct ReluOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.GreaterOrSecond(T.Zero, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Relu(x);
}

internal readonly struct ReluGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Less(T.Zero, y) & x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.ReluGradient(x, y);
}

internal readonly struct ExpOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Exp(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Exp(x);
}

internal readonly struct LogOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Log(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Log(x);
}

internal readonly struct TanhOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Tanh(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Tanh(x);
}

internal readonly struct SigmoidOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Sigmoid(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Sigmoid(x);
}

internal readonly struct SoftplusOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Softplus(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Softplus(x);
}

internal readonly struct MishOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Mish(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Mish(x);
}

internal readonly struct SinOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Sin(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Sin(x);
}

internal readonly struct CosOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => VectorMath.Cos(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Cos(x);
}

internal readonly struct TanhGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * T.NegatedFma(y, y, T.Create(1f));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.TanhGradient(x, y);
}

internal readonly struct SigmoidGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * T.NegatedFma(y, y, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.SigmoidGradient(x, y);
}

internal readonly struct SoftplusGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * VectorMath.Sigmoid(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.SoftplusGradient(x, y);
}

internal readonly struct MishGradientOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * VectorMath.MishDerivative(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.MishGradient(x, y);
}
