using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>The kernel of a <see cref="MaximumMeanDiscrepancy"/>.</summary>
public enum MmdKernel
{
    /// <summary>exp(-‖x - y‖²/(2σ)); σ is not squared, as in BEAR's code.</summary>
    Gaussian,

    /// <summary>exp(-‖x - y‖₁/(2σ)).</summary>
    Laplacian,
}

/// <summary>
/// The maximum mean discrepancy of two samples (Gretton et al. 2012, equation 5, the biased estimate; BEAR,
/// Kumar et al., arXiv 1906.00949): √(max(0, mean k(x,x') + mean k(y,y') - 2 mean k(x,y)) + 1e-6),
/// in each state. With d = 1 - k the sum is 2 mean d(x,y) - mean d(x,x') - mean d(y,y'), and d = 2T/(1 + T)
/// with T = tanh(r/2) keeps the relative accuracy that 1 - exp(-r) loses where samples are close. Equal
/// samples give √1e-6 = 0.001 exactly. Shapes: x [N, B, A], y [M, B, A]; result [B]. Symmetric and
/// translation-invariant up to rounding.
/// </summary>
public static class MaximumMeanDiscrepancy
{
    /// <summary>Under the root, so that its gradient stays finite.</summary>
    public const float Floor = 1e-6f;

    /// <param name="bandwidth">σ, above 0; 50 in BEAR-Lag.</param>
    public static Node Of(GraphBuilder g, Node x, Node y, MmdKernel kernel, float bandwidth)
    {
        if (x.Shape.Rank != 3 || y.Shape.Rank != 3 || !x.Shape.WithoutFirst().Equals(y.Shape.WithoutFirst()))
            throw new ShapeException($"samples {x.Shape} and {y.Shape} are not [N, B, A] and [M, B, A]");
        var square = MeanGap(g, x, y, kernel, bandwidth) * 2f
            - MeanGap(g, x, x, kernel, bandwidth) - MeanGap(g, y, y, kernel, bandwidth);
        return g.Sqrt(g.Maximum(square, g.Constant(0f, square.Shape)) + Floor);
    }

    /// <summary>Mean of 1 - k over all pairs, [B]. One node a member of y: the pairs of one member stay in
    /// cache.</summary>
    private static Node MeanGap(GraphBuilder g, Node x, Node y, MmdKernel kernel, float bandwidth)
    {
        var (n, m) = (x.Shape[0], y.Shape[0].Size);
        Node? sum = null;
        for (var j = 0; j < m; j++)
        {
            var difference = x - g.BroadcastLeading(g.Member(y, j), n);
            var distance = g.SumLast(kernel == MmdKernel.Gaussian ? g.Square(difference) : g.Abs(difference));
            var t = g.Tanh(distance * (0.25f / bandwidth));
            var gaps = g.SumLeading(t / (t + 1f));
            sum = sum is null ? gaps : sum + gaps;
        }
        return sum! * (2f / (n.Size * m));
    }
}
