using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Networks;

/// <summary>A normal distribution with a mean and a deviation σ = e^l of its own in each component, as nodes
/// of equal shape [B, K].</summary>
/// <param name="LogDeviation">l, already clamped.</param>
public readonly record struct DiagonalGaussian(Node Mean, Node LogDeviation)
{
    /// <summary>The halves of a network's output [.., 2K]: mean, then log deviation clamped to [low, high].
    /// The gradient of a clamped component is 0.</summary>
    internal static DiagonalGaussian FromColumns(
        GraphBuilder g, Node output, Axis component, float low, float high) => new(
            g.Columns(output, 0, component),
            g.Clamp(g.Columns(output, component.Size, component), low, high));

    /// <summary>μ + σ ξ for given standard normal draws ξ [B, K] (Kingma and Welling, arXiv 1312.6114,
    /// section 2.4).</summary>
    public Node At(GraphBuilder g, Node standardised) => Mean + g.Exp(LogDeviation) * standardised;

    /// <summary>One draw for each row, [B, K].</summary>
    public Node Sample(GraphBuilder g, StreamAddress stream) => At(g, g.Normal(stream, Mean.Shape));

    /// <summary>N draws for each row, [N, B, K].</summary>
    public Node Samples(GraphBuilder g, Axis draws, StreamAddress stream) =>
        Repeated(g, draws).Sample(g, stream);

    /// <summary>The same distribution for each of N draws, [N, B, K].</summary>
    internal DiagonalGaussian Repeated(GraphBuilder g, Axis draws) =>
        new(g.BroadcastLeading(Mean, draws), g.BroadcastLeading(LogDeviation, draws));
}
