namespace Plimsoll.Numerics.Kernels;

/// <summary>
/// Element-wise arithmetic over n compact binary32 elements. A destination may be exactly a source; partial overlap
/// is an error of the caller. Special values follow IEEE 754 where nothing else is said.
/// </summary>
public static unsafe partial class Elementwise
{
    /// <summary>d = x + y.</summary>
    public static void Add(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(AddOp));

    /// <summary>d = x - y.</summary>
    public static void Subtract(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(SubtractOp));

    /// <summary>d = x y.</summary>
    public static void Multiply(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(MultiplyOp));

    /// <summary>d = x / y.</summary>
    public static void Divide(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(DivideOp));

    /// <summary>d = the smaller; NaN where either is NaN; x where equal.</summary>
    public static void Minimum(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(MinimumOp));

    /// <summary>d = the larger; NaN where either is NaN; x where equal.</summary>
    public static void Maximum(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(MaximumOp));

    /// <summary>d = x y + z, rounded once.</summary>
    public static void MultiplyAdd(float* d, float* x, float* y, float* z, nint n) =>
        Loops.Ternary(d, x, y, z, n, default(MultiplyAddOp));

    /// <summary>d = x + s y, rounded once.</summary>
    public static void AddScaled(float* d, float* x, float* y, float s, nint n) =>
        Loops.Binary(d, x, y, n, new AddScaledOp(s));

    /// <summary>d = s x.</summary>
    public static void Scale(float* d, float* x, float s, nint n) =>
        Loops.Unary(d, x, n, new ScaleOp(s));

    /// <summary>d = x + s.</summary>
    public static void AddConstant(float* d, float* x, float s, nint n) =>
        Loops.Unary(d, x, n, new AddConstantOp(s));

    /// <summary>d = -x.</summary>
    public static void Negate(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(NegateOp));

    /// <summary>d = x x.</summary>
    public static void Square(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SquareOp));

    /// <summary>d = the square root of x; NaN below 0.</summary>
    public static void Sqrt(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SqrtOp));

    /// <summary>d = 1 / x, correctly rounded.</summary>
    public static void Reciprocal(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(ReciprocalOp));

    /// <summary>d = |x|.</summary>
    public static void Abs(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(AbsOp));

    /// <summary>d = x held within [low, high]; NaN stays.</summary>
    public static void Clamp(float* d, float* x, float low, float high, nint n) =>
        Loops.Unary(d, x, n, new ClampOp(low, high));

    /// <summary>d = 1 where x &gt; y, else 0 (so for NaN too).</summary>
    public static void GreaterThan(float* d, float* x, float* y, nint n) =>
        Loops.Binary(d, x, y, n, default(GreaterThanOp));

    /// <summary>d = x where mask is not 0 (NaN counts as not 0), else y.</summary>
    public static void Select(float* d, float* mask, float* x, float* y, nint n) =>
        Loops.Ternary(d, mask, x, y, n, default(SelectOp));

    /// <summary>d = x.</summary>
    public static void Copy(float* d, float* x, nint n) => Buffer.MemoryCopy(x, d, n * sizeof(float), n * sizeof(float));

    /// <summary>d = value.</summary>
    public static void Fill(float* d, float value, nint n)
    {
        // A span holds at most 2^31 - 1 elements.
        const int most = 1 << 30;
        for (nint i = 0; i < n; i += most)
        {
            new Span<float>(d + i, (int)Math.Min(most, n - i)).Fill(value);
        }
    }
}
