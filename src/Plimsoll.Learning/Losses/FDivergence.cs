using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>The regulariser f of stationary-distribution corrections.</summary>
public enum FDivergenceKind
{
    /// <summary>f(x) = ½ (x - 1)².</summary>
    ChiSquare,

    /// <summary>x (log x - 1) + 1 below 1, ½ (x - 1)² from there on: never asks for a negative
    /// weight.</summary>
    SoftChiSquare,

    /// <summary>f(x) = x log x.</summary>
    KullbackLeibler,
}

/// <summary>
/// f(x) and the inverse of its derivative, element by element (OptiDICE, Lee et al., arXiv 2106.10783;
/// COptiDICE, arXiv 2204.08957). The optimal correction is w = max(0, (f')⁻¹(e/α)).
/// </summary>
public static class FDivergence
{
    // Below it x log x is negligible: less than 7e-29 in magnitude.
    private const float Tiny = 1e-30f;

    /// <summary>f(x) for x &gt;= 0, any shape.</summary>
    public static Node Of(GraphBuilder g, Node x, FDivergenceKind kind)
    {
        switch (kind)
        {
            case FDivergenceKind.ChiSquare:
                return Square(x);
            case FDivergenceKind.KullbackLeibler:
                return x * g.Log(g.Clamp(x, Tiny, float.MaxValue));
            default:
                var one = g.Constant(1f, x.Shape);
                var low = g.Minimum(x, one);
                var logarithmic = low * (g.Log(g.Clamp(low, Tiny, 2f)) - 1f) + 1f;
                return g.Select(g.GreaterThan(one, x), logarithmic, Square(x));
        }

        Node Square(Node y) => g.Square(y - 1f) * 0.5f;
    }

    /// <summary>(f')⁻¹(y), any shape: y + 1; e^y below 0 and y + 1 from there on; e^(y - 1).</summary>
    public static Node InverseDerivative(GraphBuilder g, Node y, FDivergenceKind kind)
    {
        switch (kind)
        {
            case FDivergenceKind.ChiSquare:
                return y + 1f;
            case FDivergenceKind.KullbackLeibler:
                return g.Exp(y - 1f);
            default:
                var zero = g.Constant(0f, y.Shape);
                // The exponential sees no positive argument: an overflow there would poison the gradient.
                return g.Select(g.GreaterThan(zero, y), g.Exp(g.Minimum(y, zero)), y + 1f);
        }
    }

    /// <summary>w = max(0, (f')⁻¹(advantage/α)), any shape; α above 0.</summary>
    public static Node Correction(GraphBuilder g, Node advantage, float alpha, FDivergenceKind kind) =>
        g.Relu(InverseDerivative(g, advantage * (1f / alpha), kind));
}
