namespace Plimsoll.Numerics.Kernels;

// Activations that weigh their argument, and their gradients; errors and special values are those of Reference.Scalar.
public static unsafe partial class Elementwise
{
    /// <summary>d = x Φ(x).</summary>
    public static void Gelu(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(GeluOp));

    /// <summary>d = dy GELU'(x) from the input x.</summary>
    public static void GeluGradient(float* d, float* dy, float* x, nint n) =>
        Loops.Binary(d, dy, x, n, default(GeluGradientOp));

    /// <summary>d = x / (1 + e^-x).</summary>
    public static void Silu(float* d, float* x, nint n) =>
        Loops.Unary(d, x, n, default(SiluOp));

    /// <summary>d = dy SiLU'(x) from the input x.</summary>
    public static void SiluGradient(float* d, float* dy, float* x, nint n) =>
        Loops.Binary(d, dy, x, n, default(SiluGradientOp));
}
