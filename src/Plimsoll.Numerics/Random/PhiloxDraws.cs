using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Random;

/// <summary>How the four words of a vector of blocks become four vectors of draws, in place.</summary>
internal interface IDraw
{
    void Of<T>(ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>;

    float Of(long element, StreamAddress address, ulong step);
}

internal readonly struct UniformDraw : IDraw
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Of<T>(ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        x0 = Uniform(x0);
        x1 = Uniform(x1);
        x2 = Uniform(x2);
        x3 = Uniform(x3);
    }

    public float Of(long element, StreamAddress address, ulong step) =>
        ReferencePhilox.Uniform(element, address, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static T Uniform<T>(T word)
        where T : struct, ILanes<T> =>
        T.Fma(
            T.FromInt(T.ShiftRightLogical(word, 9)), T.Create(ReferencePhilox.TwoToMinus23),
            T.Create(ReferencePhilox.TwoToMinus24));
}

internal readonly struct KeepDraw(float keepProbability, float kept) : IDraw
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Of<T>(ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        x0 = Keep(x0);
        x1 = Keep(x1);
        x2 = Keep(x2);
        x3 = Keep(x3);
    }

    public float Of(long element, StreamAddress address, ulong step) =>
        ReferencePhilox.KeepMask(element, keepProbability, address, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private T Keep<T>(T word)
        where T : struct, ILanes<T> =>
        T.Less(UniformDraw.Uniform(word), T.Create(keepProbability)) & T.Create(kept);
}

internal readonly struct IndexDraw(int bound) : IDraw
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Of<T>(ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        T factor = T.CreateBits(bound);
        x0 = T.MultiplyHigh(x0, factor, out _);
        x1 = T.MultiplyHigh(x1, factor, out _);
        x2 = T.MultiplyHigh(x2, factor, out _);
        x3 = T.MultiplyHigh(x3, factor, out _);
    }

    public float Of(long element, StreamAddress address, ulong step) =>
        BitConverter.Int32BitsToSingle(ReferencePhilox.Index(element, bound, address, step));
}

internal readonly struct NormalDraw : IDraw
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Of<T>(ref T x0, ref T x1, ref T x2, ref T x3)
        where T : struct, ILanes<T>
    {
        Pair(ref x0, ref x1);
        Pair(ref x2, ref x3);
    }

    public float Of(long element, StreamAddress address, ulong step) =>
        ReferencePhilox.Normal(element, address, step);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pair<T>(ref T radiusWord, ref T angleWord)
        where T : struct, ILanes<T>
    {
        T upper = T.FromInt(T.ShiftRightLogical(radiusWord, 16));
        T lower = T.FromInt(radiusWord & T.CreateBits(0xFFFF));
        T whole = T.Fma(upper, T.Create(65536f), lower);
        T u = T.Fma(whole, T.Create(ReferencePhilox.TwoToMinus32), T.Create(ReferencePhilox.TwoToMinus33));
        // u lies in [2^-33, 1], so the logarithm has no special case.
        T radius = T.Sqrt(VectorMath.LogOfNormal(u, T.Zero) * T.Create(-2f));
        T quadrant = T.ShiftRightArithmetic(T.AddBits(angleWord, T.CreateBits(0x20000000)), 30);
        T rest = T.FromInt(T.SubtractBits(angleWord, T.ShiftLeft(quadrant, 30)));
        VectorMath.SinCos(rest * T.Create(ReferencePhilox.QuarterTurn), out T sine, out T cosine);
        T turned = T.AddBits(quadrant, T.CreateBits(1));
        radiusWord = radius * VectorMath.Turn(sine, cosine, turned);
        angleWord = radius * VectorMath.Turn(sine, cosine, quadrant);
    }
}
