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
        var (first, second) = (Sample.Of(g, x), Sample.Of(g, y));
        var across = MeanGap(g, first, second, kernel, bandwidth);
        var square = across * 2f - Within(g, first, kernel, bandwidth) - Within(g, second, kernel, bandwidth);
        return g.Sqrt(g.Maximum(square, g.Constant(0f, square.Shape)) + Floor);
    }

    /// <summary>Mean gap of a sample with itself. The kernel is symmetric, so the gradient through both
    /// arguments is twice that through the first: 2v - v has the value v and twice its gradient.</summary>
    private static Node Within(GraphBuilder g, Sample x, MmdKernel kernel, float bandwidth)
    {
        var gap = MeanGap(g, x, x with { Values = g.Detach(x.Values) }, kernel, bandwidth);
        return gap * 2f - g.Detach(gap);
    }

    /// <summary>Mean of 1 - k over all pairs, [B]. Draw n of x meets draw (n + s) mod M of y in round s: each
    /// round is element by element over rows [N B], which stay in cache.</summary>
    private static Node MeanGap(GraphBuilder g, Sample x, Sample y, MmdKernel kernel, float bandwidth)
    {
        var rows = x.Values.Shape[1];
        var rounds = g.Concat(
            "rounds", [.. Enumerable.Repeat(y.Values, 1 + (x.Draws.Size + y.Draws.Size - 2) / y.Draws.Size)]);
        Node? sum = null;
        for (var s = 0; s < y.Draws.Size; s++)
        {
            var difference = x.Values - g.Columns(rounds, s * y.Batch.Size, rows);
            var distance = g.SumLeading(
                kernel == MmdKernel.Gaussian ? g.Square(difference) : g.Abs(difference));
            var t = g.Tanh(distance * (0.25f / bandwidth));
            var gaps = t / (t + 1f);
            sum = sum is null ? gaps : sum + gaps;
        }
        var byDraw = g.SplitLeading(sum!, x.Draws, x.Batch);
        return g.SumLeading(byDraw) * (2f / (x.Draws.Size * y.Draws.Size));
    }

    /// <param name="Values">[A, N B]: components apart, so that distances add up element by element.</param>
    private sealed record Sample(Node Values, Axis Draws, Axis Batch)
    {
        internal static Sample Of(GraphBuilder g, Node x) =>
            new(g.Transpose(g.MergeLeading(x, "pairs")), x.Shape[0], x.Shape[1]);
    }
}
