using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>Means over what is not padding: Σ m x / Σ m. NaN where nothing is left.</summary>
public static class MaskedMean
{
    /// <summary>x and mask [..] alike, the mask 1 or 0; a scalar. Padded values must be finite.</summary>
    public static Node Of(GraphBuilder g, Node x, Node mask) => g.Dot(x, mask) / g.Sum(mask);

    /// <summary>The same for x [.., K] with a mask [..] of its rows: the mean over kept rows and all K
    /// columns.</summary>
    public static Node OfRows(GraphBuilder g, Node x, Node mask) =>
        Of(g, g.SumLast(x), mask) * (1f / x.Shape.Columns);
}
