using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

// The operations that Loops turns into kernels; operands are named x, y, z in the order of the kernel's sources.
internal readonly struct AddOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => x + y;
}

internal readonly struct SubtractOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => x - y;
}

internal readonly struct MultiplyOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => x * y;
}

internal readonly struct DivideOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => x / y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => x / y;
}

internal readonly struct MinimumOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Select(T.LessOrEqual(x, y) | T.Unordered(x), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.Minimum(x, y);
}

internal readonly struct MaximumOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Select(T.LessOrEqual(y, x) | T.Unordered(x), x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.Maximum(x, y);
}

internal readonly struct MultiplyAddOp : ITernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y, T z)
        where T : struct, ILanes<T> => T.Fma(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y, float z) => MathF.FusedMultiplyAdd(x, y, z);
}

internal readonly struct AddScaledOp(float scale) : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Fma(T.Create(scale), y, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => MathF.FusedMultiplyAdd(scale, y, x);
}

internal readonly struct ScaleOp(float scale) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x * T.Create(scale);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => x * scale;
}

internal readonly struct AddConstantOp(float constant) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x + T.Create(constant);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => x + constant;
}

internal readonly struct NegateOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x ^ T.CreateBits(int.MinValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => -x;
}

internal readonly struct SquareOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => x * x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => x * x;
}

internal readonly struct SqrtOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.Sqrt(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => MathF.Sqrt(x);
}

internal readonly struct ReciprocalOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.Create(1f) / x;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => 1f / x;
}

internal readonly struct AbsOp : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.Abs(x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => MathF.Abs(x);
}

internal readonly struct ClampOp(float low, float high) : IUnary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x)
        where T : struct, ILanes<T> => T.LessOrSecond(T.Create(high), T.GreaterOrSecond(T.Create(low), x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x) => Scalar.Clamp(x, low, high);
}

internal readonly struct GreaterThanOp : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Less(y, x) & T.Create(1f);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => Scalar.GreaterThan(x, y);
}

internal readonly struct SelectOp : ITernary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y, T z)
        where T : struct, ILanes<T> => T.Select(T.Equal(x, T.Zero), z, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y, float z) => Scalar.Select(x, y, z);
}
