namespace Plimsoll.Numerics.Kernels;

// Activations, their gradients and transcendental functions; errors and special values are those of Reference.Scalar.
public static unsafe partial class Elementwise
{
    /// <summary>d = max(x, 0); NaN and -0 stay.</summary>
    public static void Relu(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(ReluOp));

    /// <summary>d = tanh x.</summary>
    public static void Tanh(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(TanhOp));

    /// <summary>d = e^x.</summary>
    public static void Exp(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(ExpOp));

    /// <summary>d = ln x.</summary>
    public static void Log(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(LogOp));

    /// <summary>d = 1 / (1 + e^-x).</summary>
    public static void Sigmoid(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SigmoidOp));

    /// <summary>d = ln(1 + e^x).</summary>
    public static void Softplus(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SoftplusOp));

    /// <summary>d = x tanh(softplus x).</summary>
    public static void Mish(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(MishOp));

    /// <summary>d = sin x.</summary>
    public static void Sin(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SinOp));

    /// <summary>d = cos x.</summary>
    public static void Cos(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(CosOp));

    /// <summary>d = dy where the output y is above 0, else 0.</summary>
    public static void ReluGradient(float* d, float* dy, float* y, nint n) =>
        Loops.Binary(d, dy, y, n, default(ReluGradientOp));

    /// <summary>d = dy (1 - y^2) from the output y.</summary>
    public static void TanhGradient(float* d, float* dy, float* y, nint n) =>
        Loops.Binary(d, dy, y, n, default(TanhGradientOp));

    /// <summary>d = dy (y - y^2) from the output y.</summary>
    public static void SigmoidGradient(float* d, float* dy, float* y, nint n) =>
        Loops.Binary(d, dy, y, n, default(SigmoidGradientOp));

    /// <summary>d = dy sigmoid(x) from the input x.</summary>
    public static void SoftplusGradient(float* d, float* dy, float* x, nint n) =>
        Loops.Binary(d, dy, x, n, default(SoftplusGradientOp));

    /// <summary>d = dy Mish'(x) from the input x.</summary>
    public static void MishGradient(float* d, float* dy, float* x, nint n) =>
        Loops.Binary(d, dy, x, n, default(MishGradientOp));
}
