using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Eight lanes of AVX2 with FMA.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> value) : ILanes<Lanes256>
{
    private const MethodImplOptions Inline = MethodImplOptions.AggressiveInlining;

    private readonly Vector256<float> _value = value;

    public static int Count
    {
        [MethodImpl(Inline)]
        get => 8;
    }

    public static Lanes256 Zero
    {
        [MethodImpl(Inline)]
        get => new(Vector256<float>.Zero);
    }

    public static Lanes256 Indices
    {
        [MethodImpl(Inline)]
        get => new(Vector256<int>.Indices.AsSingle());
    }

    [MethodImpl(Inline)]
    public static Lanes256 Create(float value) => new(Vector256.Create(value));

    [MethodImpl(Inline)]
    public static Lanes256 CreateBits(int value) => new(Vector256.Create(value).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source));

    [MethodImpl(Inline)]
    public static Lanes256 LoadFirst(float* source, int count) => new(Avx.MaskLoad(source, Mask(count)));

    [MethodImpl(Inline)]
    public static void Store(Lanes256 value, float* destination) => value._value.Store(destination);

    [MethodImpl(Inline)]
    public static void StoreFirst(Lanes256 value, float* destination, int count) =>
        Avx.MaskStore(destination, Mask(count), value._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator +(Lanes256 x, Lanes256 y) => new(x._value + y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator -(Lanes256 x, Lanes256 y) => new(x._value - y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator *(Lanes256 x, Lanes256 y) => new(x._value * y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator /(Lanes256 x, Lanes256 y) => new(x._value / y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator &(Lanes256 x, Lanes256 y) => new(x._value & y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator |(Lanes256 x, Lanes256 y) => new(x._value | y._value);

    [MethodImpl(Inline)]
    public static Lanes256 operator ^(Lanes256 x, Lanes256 y) => new(x._value ^ y._value);

    [MethodImpl(Inline)]
    public static Lanes256 Fma(Lanes256 x, Lanes256 y, Lanes256 z) =>
        new(System.Runtime.Intrinsics.X86.Fma.MultiplyAdd(x._value, y._value, z._value));

    [MethodImpl(Inline)]
    public static Lanes256 NegatedFma(Lanes256 x, Lanes256 y, Lanes256 z) =>
        new(System.Runtime.Intrinsics.X86.Fma.MultiplyAddNegated(x._value, y._value, z._value));

    [MethodImpl(Inline)]
    public static Lanes256 Sqrt(Lanes256 x) => new(Vector256.Sqrt(x._value));

    [MethodImpl(Inline)]
    public static Lanes256 Abs(Lanes256 x) => new(Vector256.Abs(x._value));

    [MethodImpl(Inline)]
    public static Lanes256 Less(Lanes256 x, Lanes256 y) => new(Vector256.LessThan(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 LessOrEqual(Lanes256 x, Lanes256 y) =>
        new(Vector256.LessThanOrEqual(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 Equal(Lanes256 x, Lanes256 y) => new(Vector256.Equals(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 Unordered(Lanes256 x) => new(~Vector256.Equals(x._value, x._value));

    [MethodImpl(Inline)]
    public static Lanes256 EqualBits(Lanes256 x, Lanes256 y) =>
        new(Vector256.Equals(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 Select(Lanes256 mask, Lanes256 x, Lanes256 y) =>
        new(Vector256.ConditionalSelect(mask._value, x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 First(int count) => new(Mask(count));

    [MethodImpl(Inline)]
    public static Lanes256 GreaterBits(Lanes256 x, Lanes256 y) =>
        new(Vector256.Max(x._value.AsInt32(), y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static bool Any(Lanes256 mask) => Vector256.ExtractMostSignificantBits(mask._value) != 0;

    [MethodImpl(Inline)]
    public static Lanes256 GreaterOrSecond(Lanes256 x, Lanes256 y) => new(Avx.Max(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 LessOrSecond(Lanes256 x, Lanes256 y) => new(Avx.Min(x._value, y._value));

    [MethodImpl(Inline)]
    public static Lanes256 AddBits(Lanes256 x, Lanes256 y) =>
        new((x._value.AsInt32() + y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 SubtractBits(Lanes256 x, Lanes256 y) =>
        new((x._value.AsInt32() - y._value.AsInt32()).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 ShiftLeft(Lanes256 x, int count) => new((x._value.AsInt32() << count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 ShiftRightArithmetic(Lanes256 x, int count) =>
        new((x._value.AsInt32() >> count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 ShiftRightLogical(Lanes256 x, int count) =>
        new((x._value.AsInt32() >>> count).AsSingle());

    [MethodImpl(Inline)]
    public static Lanes256 FromInt(Lanes256 x) => new(Vector256.ConvertToSingle(x._value.AsInt32()));

    [MethodImpl(Inline)]
    public static Lanes256 MultiplyHigh(Lanes256 x, Lanes256 y, out Lanes256 low)
    {
        // vpmuludq takes the even lanes; the odd ones are shifted down first, then both are blended again.
        var even = Avx2.Multiply(x._value.AsUInt32(), y._value.AsUInt32());
        var odd = Avx2.Multiply((x._value.AsUInt64() >>> 32).AsUInt32(), (y._value.AsUInt64() >>> 32).AsUInt32());
        low = new(Avx2.Blend(even.AsUInt32(), (odd << 32).AsUInt32(), 0b10101010).AsSingle());
        return new(Avx2.Blend((even >>> 32).AsUInt32(), odd.AsUInt32(), 0b10101010).AsSingle());
    }

    [MethodImpl(Inline)]
    public static void Transpose(float* source, nint pitch, float* target, nint targetPitch)
    {
        // Half h of x_c, from four neighbouring rows, holds their column 4 h + c; then halves change places.
        FourRows(source, pitch, out var a0, out var a1, out var a2, out var a3);
        FourRows(source + 4 * pitch, pitch, out var b0, out var b1, out var b2, out var b3);
        nint four = 4 * targetPitch;
        TwoColumns(a0, b0, target, four);
        TwoColumns(a1, b1, target + targetPitch, four);
        TwoColumns(a2, b2, target + 2 * targetPitch, four);
        TwoColumns(a3, b3, target + 3 * targetPitch, four);
    }

    [MethodImpl(Inline)]
    private static void FourRows(
        float* source, nint pitch, out Vector256<float> x0, out Vector256<float> x1, out Vector256<float> x2,
        out Vector256<float> x3)
    {
        var r0 = Vector256.Load(source);
        var r1 = Vector256.Load(source + pitch);
        var r2 = Vector256.Load(source + 2 * pitch);
        var r3 = Vector256.Load(source + 3 * pitch);
        var low01 = Avx.UnpackLow(r0, r1).AsDouble();
        var low23 = Avx.UnpackLow(r2, r3).AsDouble();
        var high01 = Avx.UnpackHigh(r0, r1).AsDouble();
        var high23 = Avx.UnpackHigh(r2, r3).AsDouble();
        x0 = Avx.UnpackLow(low01, low23).AsSingle();
        x1 = Avx.UnpackHigh(low01, low23).AsSingle();
        x2 = Avx.UnpackLow(high01, high23).AsSingle();
        x3 = Avx.UnpackHigh(high01, high23).AsSingle();
    }

    /// <summary>Stores the lower and the upper halves of two vectors as columns that are step floats apart.</summary>
    [MethodImpl(Inline)]
    private static void TwoColumns(Vector256<float> a, Vector256<float> b, float* target, nint step)
    {
        Avx.Permute2x128(a, b, 0x20).Store(target);
        Avx.Permute2x128(a, b, 0x31).Store(target + step);
    }

    /// <summary>The 8 lanes joined by adding the upper half to the lower half (4, 2, 1).</summary>
    [MethodImpl(Inline)]
    public static float JoinTree(Lanes256 x)
    {
        var four = x._value.GetLower() + x._value.GetUpper();
        var two = four + Vector128.Shuffle(four, Vector128.Create(2, 3, 2, 3));
        return two.GetElement(0) + two.GetElement(1);
    }

    [MethodImpl(Inline)]
    private static Vector256<float> Mask(int count) =>
        Vector256.LessThan(Vector256<int>.Indices, Vector256.Create(count)).AsSingle();
}
