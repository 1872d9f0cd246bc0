using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Networks;

/// <summary>Which member of an ensemble stands for it. For a reward the smallest is the careful one, for a
/// cost the largest.</summary>
public enum MemberBound
{
    Smallest,
    Largest,
}

/// <summary>
/// Values of ensembles as one: [E, ..] to [..]. A double ensemble has its members in two halves, q1 and q2,
/// each the bound of its own members (OSRL's EnsembleDoubleQCritic). Gradients go to the members that were
/// taken.</summary>
public static class MemberBounds
{
    /// <summary>The smallest or largest member.</summary>
    public static Node Of(GraphBuilder g, Node values, MemberBound bound) =>
        bound == MemberBound.Smallest ? g.MinLeading(values) : g.MaxLeading(values);

    /// <summary>
    /// w bound(q1, q2) + (1 - w) other(q1, q2), the soft clipped double Q of BCQ (Fujimoto et al., arXiv
    /// 1812.02900, section 4.2; for a reward w min + (1 - w) max).
    /// </summary>
    /// <param name="values">[E, ..], E even.</param>
    /// <param name="bound">Within the halves, and what w weighs between them.</param>
    /// <param name="weight">w in [0, 1].</param>
    public static Node Mixed(GraphBuilder g, Node values, MemberBound bound, float weight)
    {
        var half = values.Shape[0].Size / 2;
        if (2 * half != values.Shape[0].Size)
            throw new ShapeException($"{values.Shape} does not fall into two ensembles of equal size");
        var axis = new Axis(values.Shape[0].Name, half);
        var first = Of(g, g.SliceLeading(values, 0, axis), bound);
        var second = Of(g, g.SliceLeading(values, half, axis), bound);
        var (low, high) = (g.Minimum(first, second), g.Maximum(first, second));
        var (bounding, other) = bound == MemberBound.Smallest ? (low, high) : (high, low);
        return bounding * weight + other * (1f - weight);
    }
}
