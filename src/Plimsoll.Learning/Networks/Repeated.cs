using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Networks;

/// <summary>Several actions for each state: networks take rows, losses take a leading axis N of
/// draws.</summary>
public static class Repeated
{
    /// <summary>s [B, S] as N times B rows [N B, S], draw by draw.</summary>
    public static Node States(GraphBuilder g, Node observation, Axis draws) =>
        Join(g, g.BroadcastLeading(observation, draws));

    /// <summary>x [N, B, K] seen as rows [N B, K].</summary>
    public static Node Join(GraphBuilder g, Node x) =>
        g.Reshape(x, new Shape(new Axis(x.Shape[1].Name, x.Shape[0].Size * x.Shape[1].Size), x.Shape[2]));

    /// <summary>Rows [N B, K] seen as [N, B, K].</summary>
    public static Node Split(GraphBuilder g, Node x, Axis draws, Axis batch) =>
        g.Reshape(x, new Shape(draws, batch, x.Shape[^1]));
}
