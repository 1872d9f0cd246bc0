using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Losses;

/// <summary>
/// Huber's loss u²/2 for |u| &lt;= δ, else δ (|u| - δ/2) (Huber 1964): a square whose gradient stays within
/// ±δ. Written m (|u| - m/2) with m = min(|u|, δ). Once differentiable everywhere.
/// </summary>
public static class HuberLoss
{
    /// <summary>Element by element, any shape; δ above 0, in the unit of u.</summary>
    public static Node Of(GraphBuilder g, Node u, float delta)
    {
        var size = g.Abs(u);
        var inner = g.Minimum(size, g.Constant(delta, u.Shape));
        return inner * (size - inner * 0.5f);
    }
}
