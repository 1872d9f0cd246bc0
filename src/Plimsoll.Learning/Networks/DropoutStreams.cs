using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Networks;

/// <summary>
/// Where the dropout masks of one forward pass come from. Two passes through a network in one step need two
/// roles; with one role they share their masks, because draws have addresses and no order.
/// </summary>
/// <param name="Random">The streams of the stage.</param>
/// <param name="Role">Names the pass; layer l is the stream's member l.</param>
public sealed record DropoutStreams(RandomRoot Random, string Role)
{
    /// <summary>x with each element dropped with the probability, the others divided by 1 - probability; x
    /// itself where the probability is 0.</summary>
    internal Node Apply(GraphBuilder g, Node x, float probability, int layer) =>
        probability == 0f ? x : x * g.KeepMask(Random.Stream(Role, layer), x.Shape, 1f - probability);
}
