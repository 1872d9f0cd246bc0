namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// A vector of binary32 lanes. Every operation is correctly rounded lane by lane, so a body written once over
/// <typeparamref name="T"/> gives the same bits at any width. Masks are lanes of all ones or all zeros; integer
/// operations act on the lanes' bits.
/// </summary>
internal unsafe interface ILanes<T>
    where T : struct, ILanes<T>
{
    static abstract int Count { get; }

    static abstract T Zero { get; }

    static abstract T Create(float value);

    static abstract T CreateBits(int value);

    static abstract T Load(float* source);

    /// <summary>target[l * targetPitch + i] = source[i * pitch + l] for Count rows i and Count columns l.</summary>
    static abstract void Transpose(float* source, nint pitch, float* target, nint targetPitch);

    /// <summary>The first count lanes from memory, the others +0; nothing beyond is read.</summary>
    static abstract T LoadFirst(float* source, int count);

    static abstract void Store(T value, float* destination);

    /// <summary>The first count lanes to memory; nothing beyond is written.</summary>
    static abstract void StoreFirst(T value, float* destination, int count);

    static abstract T operator +(T x, T y);

    static abstract T operator -(T x, T y);

    static abstract T operator *(T x, T y);

    static abstract T operator /(T x, T y);

    static abstract T operator &(T x, T y);

    static abstract T operator |(T x, T y);

    static abstract T operator ^(T x, T y);

    /// <summary>x y + z, rounded once.</summary>
    static abstract T Fma(T x, T y, T z);

    /// <summary>z - x y, rounded once.</summary>
    static abstract T NegatedFma(T x, T y, T z);

    static abstract T Sqrt(T x);

    static abstract T Abs(T x);

    static abstract T Less(T x, T y);

    static abstract T LessOrEqual(T x, T y);

    static abstract T Equal(T x, T y);

    /// <summary>The lanes that are NaN.</summary>
    static abstract T Unordered(T x);

    static abstract T EqualBits(T x, T y);

    static abstract T Select(T mask, T x, T y);

    /// <summary>The mask of the first count lanes.</summary>
    static abstract T First(int count);

    /// <summary>The larger of the lanes read as signed integers.</summary>
    static abstract T GreaterBits(T x, T y);

    static abstract bool Any(T mask);

    /// <summary>x &gt; y ? x : y, so y where either is NaN.</summary>
    static abstract T GreaterOrSecond(T x, T y);

    /// <summary>x &lt; y ? x : y, so y where either is NaN.</summary>
    static abstract T LessOrSecond(T x, T y);

    static abstract T AddBits(T x, T y);

    static abstract T SubtractBits(T x, T y);

    static abstract T ShiftLeft(T x, int count);

    static abstract T ShiftRightArithmetic(T x, int count);

    static abstract T ShiftRightLogical(T x, int count);

    /// <summary>Lanes read as signed 32-bit integers, rounded to binary32.</summary>
    static abstract T FromInt(T x);

    /// <summary>0, 1, 2, ... as integers.</summary>
    static abstract T Indices { get; }

    /// <summary>The upper and lower halves of the 64-bit products of unsigned 32-bit lanes.</summary>
    static abstract T MultiplyHigh(T x, T y, out T low);

    /// <summary>The sum of the lanes, joined by adding the upper half to the lower half down to one.</summary>
    static abstract float JoinTree(T x);
}
