using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Probe;

/// <summary>A kernel over up to three sources; those it does not take are ignored.</summary>
public unsafe delegate void ElementwiseKernel(float* d, float* x, float* y, float* z, nint n);

/// <summary>An element-wise kernel beside its scalar specification.</summary>
public sealed record ElementwiseCase(
    string Name, int Sources, ElementwiseKernel Kernel, Func<float, float, float, float> Reference)
{
    public override string ToString() => Name;
}

/// <summary>Every element-wise kernel there is.</summary>
public static unsafe class ElementwiseTable
{
    private const float S = 0.37f;

    public static IReadOnlyList<ElementwiseCase> Cases { get; } =
    [
        Two("Add", (d, x, y, z, n) => Elementwise.Add(d, x, y, n), (x, y) => x + y),
        Two("Subtract", (d, x, y, z, n) => Elementwise.Subtract(d, x, y, n), (x, y) => x - y),
        Two("Multiply", (d, x, y, z, n) => Elementwise.Multiply(d, x, y, n), (x, y) => x * y),
        Two("Divide", (d, x, y, z, n) => Elementwise.Divide(d, x, y, n), (x, y) => x / y),
        Two("Minimum", (d, x, y, z, n) => Elementwise.Minimum(d, x, y, n), Scalar.Minimum),
        Two("Maximum", (d, x, y, z, n) => Elementwise.Maximum(d, x, y, n), Scalar.Maximum),
        new("MultiplyAdd", 3, (d, x, y, z, n) => Elementwise.MultiplyAdd(d, x, y, z, n), MathF.FusedMultiplyAdd),
        Two(
            "AddScaled", (d, x, y, z, n) => Elementwise.AddScaled(d, x, y, S, n),
            (x, y) => MathF.FusedMultiplyAdd(S, y, x)),
        One("Scale", (d, x, y, z, n) => Elementwise.Scale(d, x, S, n), x => x * S),
        One("AddConstant", (d, x, y, z, n) => Elementwise.AddConstant(d, x, S, n), x => x + S),
        One("Negate", (d, x, y, z, n) => Elementwise.Negate(d, x, n), x => -x),
        One("Square", (d, x, y, z, n) => Elementwise.Square(d, x, n), x => x * x),
        One("Sqrt", (d, x, y, z, n) => Elementwise.Sqrt(d, x, n), MathF.Sqrt),
        One("Reciprocal", (d, x, y, z, n) => Elementwise.Reciprocal(d, x, n), x => 1f / x),
        One("Abs", (d, x, y, z, n) => Elementwise.Abs(d, x, n), MathF.Abs),
        One("Copy", (d, x, y, z, n) => Elementwise.Copy(d, x, n), x => x),
        One("Fill", (d, x, y, z, n) => Elementwise.Fill(d, S, n), x => S),
        One("Clamp", (d, x, y, z, n) => Elementwise.Clamp(d, x, -S, S, n), x => Scalar.Clamp(x, -S, S)),
        Two("GreaterThan", (d, x, y, z, n) => Elementwise.GreaterThan(d, x, y, n), Scalar.GreaterThan),
        new("Select", 3, (d, x, y, z, n) => Elementwise.Select(d, x, y, z, n), Scalar.Select),
        One("Relu", (d, x, y, z, n) => Elementwise.Relu(d, x, n), Scalar.Relu),
        One("Exp", (d, x, y, z, n) => Elementwise.Exp(d, x, n), Scalar.Exp),
        One("Log", (d, x, y, z, n) => Elementwise.Log(d, x, n), Scalar.Log),
        One("Tanh", (d, x, y, z, n) => Elementwise.Tanh(d, x, n), Scalar.Tanh),
        One("Sigmoid", (d, x, y, z, n) => Elementwise.Sigmoid(d, x, n), Scalar.Sigmoid),
        One("Softplus", (d, x, y, z, n) => Elementwise.Softplus(d, x, n), Scalar.Softplus),
        One("Mish", (d, x, y, z, n) => Elementwise.Mish(d, x, n), Scalar.Mish),
        One("Sin", (d, x, y, z, n) => Elementwise.Sin(d, x, n), Scalar.Sin),
        One("Cos", (d, x, y, z, n) => Elementwise.Cos(d, x, n), Scalar.Cos),
        Two("ReluGradient", (d, x, y, z, n) => Elementwise.ReluGradient(d, x, y, n), Scalar.ReluGradient),
        Two("TanhGradient", (d, x, y, z, n) => Elementwise.TanhGradient(d, x, y, n), Scalar.TanhGradient),
        Two("SigmoidGradient", (d, x, y, z, n) => Elementwise.SigmoidGradient(d, x, y, n), Scalar.SigmoidGradient),
        Two(
            "SoftplusGradient", (d, x, y, z, n) => Elementwise.SoftplusGradient(d, x, y, n),
            Scalar.SoftplusGradient),
        One("Gelu", (d, x, y, z, n) => Elementwise.Gelu(d, x, n), Scalar.Gelu),
        One("Silu", (d, x, y, z, n) => Elementwise.Silu(d, x, n), Scalar.Silu),
        Two("GeluGradient", (d, x, y, z, n) => Elementwise.GeluGradient(d, x, y, n), Scalar.GeluGradient),
        Two("SiluGradient", (d, x, y, z, n) => Elementwise.SiluGradient(d, x, y, n), Scalar.SiluGradient),
        Two("MishGradient", (d, x, y, z, n) => Elementwise.MishGradient(d, x, y, n), Scalar.MishGradient),
    ];

    private static ElementwiseCase One(string name, ElementwiseKernel kernel, Func<float, float> reference) =>
        new(name, 1, kernel, (x, _, _) => reference(x));

    private static ElementwiseCase Two(string name, ElementwiseKernel kernel, Func<float, float, float> reference) =>
        new(name, 2, kernel, (x, y, _) => reference(x, y));
}
