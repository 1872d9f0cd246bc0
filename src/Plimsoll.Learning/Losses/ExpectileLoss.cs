using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>
/// The asymmetric square l_τ(u) = |τ - 1(u &lt; 0)| u² (Newey and Powell 1987; IQL, Kostrikov et al., arXiv
/// 2110.06169, equation 5). With u = sample - m its expectation is least at the sample's τ-expectile; τ = 1/2
/// gives u²/2.
/// </summary>
public static class ExpectileLoss
{
    /// <summary>l_τ(u), element by element, any shape; τ in (0, 1).</summary>
    public static Node Of(GraphBuilder g, Node u, float expectile)
    {
        var negative = g.GreaterThan(g.Constant(0f, u.Shape), u);
        return g.Square(u) * (negative * (1f - 2f * expectile) + expectile);
    }
}
