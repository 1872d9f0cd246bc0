using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Sixteen lanes of AVX-512.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector512<float> _value = value;

    public static int Count
    {
        [MethodImpl(Inline)]
        get => 16;
    }

    public static Lanes512 Zero
    {
        [MethodImpl(Inline)]
        get => new(Vector512<float>.Zero);
    }

    public static Lanes512 Indices
    {
        [MethodImpl(Inline)]
        get => new(Vector512<int>.Indices.AsSingle());
    }

    [MethodImpl(Inline)]
    public static Lanes512 Create(float value) => new(Vector512.Create(value));

    [MethodImpl(Inline)]
    public static Lanes512 CreateBits(int value) => new(Vector512.Create(value).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(Inline)]
    public static Lanes512 LoadFirst(float* source, int count) =>
        new(Avx512F.MaskLoad(source, Mask(count), Vector512<float>.Zero));

    [MethodImpl(Inline)]
    public static void Store(Lanes512 value, float* destination) => value._value.Store(destination);

    [MethodImpl(Inline)]
    public static void StoreFirst(Lanes512 value, float* destination, int count) =>
        Avx512F.MaskStore(destination, Mask(count), value._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator +(Lanes512 x, Lanes512 y) => new(x._value + y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator -(Lanes512 x, Lanes512 y) => new(x._value - y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator *(Lanes512 x, Lanes512 y) => new(x._value * y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator /(Lanes512 x, Lanes512 y) => new(x._value / y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator &(Lanes512 x, Lanes512 y) => new(x._value & y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator |(Lanes512 x, Lanes512 y) => new(x._value | y._value);

    [MethodImpl(Inline)]
    public static Lanes512 operator ^(Lanes512 x, Lanes512 y) => new(x._value ^ y._value);

    [MethodImpl(Inline)]
    public static Lanes512 Fma(Lanes512 x, Lanes512 y, Lanes512 z) =>
        new(Avx512F.FusedMultiplyAdd(x._value, y._value, z._value));

    [MethodImpl(Inline)]
    public static Lanes512 NegatedFma(Lanes512 x, Lanes512 y, Lanes512 z) =>
        new(Avx512F.FusedMultiplyAddNegated(x._value, y._value, z._value));

    [MethodImpl(Inline)]
    public static Lanes512 Sqrt(Lanes512 x) => new(Vector512.Sqrt(x._value));

    [MethodImpl(Inline)]
    public static Lanes512 Abs(Lanes512 x) => new(Vector512.Abs(x._value));

    [MethodImpl(Inline)]
    public static Lanes512 Less(Lanes512 x, Lanes512 y) => new(Vector512.LessThan(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 LessOrEqual(Lanes512 x, Lanes512 y) =>
        new(Vector512.LessThanOrEqual(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 Equal(Lanes512 x, Lanes512 y) => new(Vector512.Equals(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 Unordered(Lanes512 x) => new(~Vector512.Equals(x._value, x._value));

    [MethodImpl(Inline)]
    public static Lanes512 EqualBits(Lanes512 x, Lanes512 y) =>
        new(Vector512.Equals(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 Select(Lanes512 mask, Lanes512 x, Lanes512 y) =>
        new(Vector512.ConditionalSelect(mask._value, x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 First(int count) => new(Mask(count));

    [MethodImpl(Inline)]
    public static Lanes512 GreaterBits(Lanes512 x, Lanes512 y) =>
        new(Vector512.Max(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static bool Any(Lanes512 mask) => Vector512.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(Inline)]
    public static Lanes512 GreaterOrSecond(Lanes512 x, Lanes512 y) => new(Avx512F.Max(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 LessOrSecond(Lanes512 x, Lanes512 y) => new(Avx512F.Min(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes512 AddBits(Lanes512 x, Lanes512 y) =>
        new((x._value.AsInt32() + y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 SubtractBits(Lanes512 x, Lanes512 y) =>
        new((x._value.AsInt32() - y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 ShiftLeft(Lanes512 x, int count) => new((x._value.AsInt32() << count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 ShiftRightArithmetic(Lanes512 x, int count) =>
        new((x._value.AsInt32() >> count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 ShiftRightLogical(Lanes512 x, int count) =>
        new((x._value.AsInt32() >>> count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes512 FromInt(Lanes512 x) => new(Vector512.ConvertToSingle(x._value.AsInt32()));

    [MethodImpl(Inline)]
    public static Lanes512 MultiplyHigh(Lanes512 x, Lanes512 y, out Lanes512 low)
    {
        // vpmuludq takes the even lanes; the odd ones are shifted down first, then both are interleaved again.
        var even = Avx512F.Multiply(x._value.AsUInt32(), y._value.AsUInt32()).AsUInt32();
        var odd = Avx512F.Multiply(
            (x._value.AsUInt64() >>> 32).AsUInt32(), (y._value.AsUInt64() >>> 32).AsUInt32()).AsUInt32();
        var lowIndex = Vector512.Create(0u, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30);
        var highIndex = Vector512.Create(1u, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31);
        low = new(Avx512F.PermuteVar16x32x2(even, lowIndex, odd).AsSingle());
        return new(Avx512F.PermuteVar16x32x2(even, highIndex, odd).AsSingle());
    }

    [MethodImpl(Inline)]
    public static void Transpose(float* source, nint pitch, float* target, nint targetPitch)
    {
        // Quarter q of x_c, from four neighbouring rows, holds their column 4 q + c; then quarters change places.
        FourRows(source, pitch, out var a0, out var a1, out var a2, out var a3);
        FourRows(source + 4 * pitch, pitch, out var b0, out var b1, out var b2, out var b3);
        FourRows(source + 8 * pitch, pitch, out var c0, out var c1, out var c2, out var c3);
        FourRows(source + 12 * pitch, pitch, out var d0, out var d1, out var d2, out var d3);
        nint four = 4 * targetPitch;
        FourColumns(a0, b0, c0, d0, target, four);
        FourColumns(a1, b1, c1, d1, target + targetPitch, four);
        FourColumns(a2, b2, c2, d2, target + 2 * targetPitch, four);
        FourColumns(a3, b3, c3, d3, target + 3 * targetPitch, four);
    }

    [MethodImpl(Inline)]
    private static void FourRows(
        float* source, nint pitch, out Vector512<float> x0, out Vector512<float> x1, out Vector512<float> x2,
        out Vector512<float> x3)
    {
        var r0 = Vector512.Load(source);
        var r1 = Vector512.Load(source + pitch);
        var r2 = Vector512.Load(source + 2 * pitch);
        var r3 = Vector512.Load(source + 3 * pitch);
        var low01 = Avx512F.UnpackLow(r0, r1).AsDouble();
        var low23 = Avx512F.UnpackLow(r2, r3).AsDouble();
        var high01 = Avx512F.UnpackHigh(r0, r1).AsDouble();
        var high23 = Avx512F.UnpackHigh(r2, r3).AsDouble();
        x0 = Avx512F.UnpackLow(low01, low23).AsSingle();
        x1 = Avx512F.UnpackHigh(low01, low23).AsSingle();
        x2 = Avx512F.UnpackLow(high01, high23).AsSingle();
        x3 = Avx512F.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>Stores the quarters 0, 1, 2 and 3 of four vectors as columns that are step floats apart.</summary>
    [MethodImpl(Inline)]
    private static void FourColumns(
        Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d, float* target, nint step)
    {
        const byte even = 0b10_00_10_00;
        const byte odd = 0b11_01_11_01;
        var abEven = Avx512F.Shuffle4x128(a, b, even);
        var cdEven = Avx512F.Shuffle4x128(c, d, even);
        var abOdd = Avx512F.Shuffle4x128(a, b, odd);
        var cdOdd = Avx512F.Shuffle4x128(c, d, odd);
        Avx512F.Shuffle4x128(abEven, cdEven, even).Store(target);
        Avx512F.Shuffle4x128(abOdd, cdOdd, even).Store(target + step);
        Avx512F.Shuffle4x128(abEven, cdEven, odd).Store(target + 2 * step);
        Avx512F.Shuffle4x128(abOdd, cdOdd, odd).Store(target + 3 * step);
    }

    /// <summary>The 16 lanes joined by adding the upper half to the lower half (8, 4, 2, 1).</summary>
    [MethodImpl(Inline)]
    public static float JoinTree(Lanes512 x) => Lanes256.JoinTree(new(x._value.GetLower() + x._value.GetUpper()));

    [MethodImpl(Inline)]
    private static Vector512<float> Mask(int count) =>
        Vector512.LessThan(Vector512<int>.Indices, Vector512.Create(count)).AsSingle();
}
