using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Tests.Kernels;

namespace Plimsoll.Numerics.Tests.Float64;

internal static partial class Definitions
{
    private static void AddElementwise()
    {
        Add<Unary>((u, _, x, e) => Each(x[0].Length, i => Of(u.Kind, x[0][i], e)));
        Add<Binary>((b, _, x, e) => Each(x[0].Length, i => Of(b.Kind, x[0][i], x[1][i], e)));
        Add<Slope>((s, _, x, e) => Each(x[0].Length, i => x[0][i] * SlopeOf(s.Kind, x[1][i], e)));
        Add<Select>((_, _, x) => Each(x[0].Length, i => x[0][i] != 0 ? x[1][i] : x[2][i]));
        Add<Scale>((s, _, x) => Each(x[0].Length, i => x[0][i] * s.Factor));
        Add<AddConstant>((a, _, x) => Each(x[0].Length, i => x[0][i] + a.Term));
        Add<Clamp>((c, _, x, e) => Each(x[0].Length, i =>
        {
            Decide(e, x[0][i], c.Low);
            Decide(e, x[0][i], c.High);
            return Math.Min(Math.Max(x[0][i], c.Low), c.High);
        }));
        Add<TimesScalar>((_, _, x) => Each(x[0].Length, i => x[0][i] * x[1][0]));
        Add<AddRow>((_, node, x) => Each(x[0].Length, i => x[0][i] + x[1][i % node.Shape.Columns]));
        Add<TimesRow>((_, node, x) => Each(x[0].Length, i => x[0][i] * x[1][i % node.Shape.Columns]));
        Add<TimesColumn>((_, node, x) => Each(x[0].Length, i => x[0][i] * x[1][i / node.Shape.Columns]));
    }

    private static double Of(UnaryKind kind, double x, Evaluation e) => kind switch
    {
        UnaryKind.Square => x * x,
        UnaryKind.Sqrt => Math.Sqrt(x),
        UnaryKind.Abs => Rectified(e, x, Math.Abs(x)),
        UnaryKind.Exp => Math.Exp(x),
        UnaryKind.Log => Math.Log(x),
        UnaryKind.Tanh => Math.Tanh(x),
        UnaryKind.Sigmoid => Sigmoid(x),
        UnaryKind.Softplus => Softplus(x),
        UnaryKind.Mish => x * Math.Tanh(Softplus(x)),
        UnaryKind.Relu => Rectified(e, x, Math.Max(x, 0)),
        UnaryKind.Sin => Math.Sin(x),
        UnaryKind.Cos => Math.Cos(x),
        UnaryKind.Gelu => x * NormalDistribution.Below(x),
        UnaryKind.Silu => x * Sigmoid(x),
        _ => throw new NotSupportedException($"the function {kind} has no binary64 definition; add one here"),
    };

    private static double Of(BinaryKind kind, double x, double y, Evaluation e)
    {
        if (kind is BinaryKind.Minimum or BinaryKind.Maximum or BinaryKind.GreaterThan) Decide(e, x, y);
        return kind switch
        {
            BinaryKind.Add => x + y,
            BinaryKind.Subtract => x - y,
            BinaryKind.Multiply => x * y,
            BinaryKind.Divide => x / y,
            BinaryKind.Minimum => Math.Min(x, y),
            BinaryKind.Maximum => Math.Max(x, y),
            BinaryKind.GreaterThan => x > y ? 1 : 0,
            _ => throw new NotSupportedException($"the function {kind} has no binary64 definition; add one here"),
        };
    }

    /// <summary>The derivative, from the output for tanh, sigmoid and ReLU, from the input otherwise.</summary>
    private static double SlopeOf(SlopeKind kind, double saved, Evaluation e)
    {
        switch (kind)
        {
            case SlopeKind.Tanh: return 1 - saved * saved;
            case SlopeKind.Sigmoid: return saved * (1 - saved);
            case SlopeKind.Softplus: return Sigmoid(saved);
            case SlopeKind.Relu: return Rectified(e, saved, saved > 0 ? 1 : 0);
            case SlopeKind.Gelu:
                var density = Math.Exp(-saved * saved / 2) / Math.Sqrt(2 * Math.PI);
                return NormalDistribution.Below(saved) + saved * density;
            case SlopeKind.Silu: return Sigmoid(saved) * (1 + saved * (1 - Sigmoid(saved)));
            case SlopeKind.Mish:
                var t = Math.Tanh(Softplus(saved));
                return t + saved * (1 - t * t) * Sigmoid(saved);
            default: throw new NotSupportedException($"the slope of {kind} has no binary64 definition; add one here");
        }
    }

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private static double Softplus(double x) => Math.Max(x, 0) + Log1p(Math.Exp(-Math.Abs(x)));

    // Kahan's correction; the library has no log1p.
    private static double Log1p(double u)
    {
        var w = 1 + u;
        return w == 1 ? u : Math.Log(w) * (u / (w - 1));
    }

    private static double Rectified(Evaluation e, double x, double y)
    {
        Decide(e, x, 0);
        return y;
    }

    private static void Decide(Evaluation e, double x, double y) => e.Decide(x.CompareTo(y));
}
