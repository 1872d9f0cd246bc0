using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// A positive weight α = exp(l) that climbs the slope of a dual: l &lt;- clamp(l + rate α slope, -5, 5), l =
/// 0 at first (BEAR, Kumar et al., arXiv 1906.00949; CPQ). Its only memory is l.
/// </summary>
internal sealed class DualWeight(TrainingState state, string name)
{
    internal const float Bound = 5f;

    private readonly StateArray log = state.Add(name, Shape.Scalar);

    /// <summary>l as it is where this is written.</summary>
    internal Node Log(GraphBuilder g) => g.Read(log);

    /// <summary>α, without gradient.</summary>
    internal Node Value(GraphBuilder g) => g.Exp(g.Detach(g.Read(log)));

    /// <summary>One step of l for the slope of the dual in α, a scalar.</summary>
    internal void Climb(GraphBuilder g, Node slope, float rate) =>
        g.Assign(log, g.Clamp(g.Read(log) + Value(g) * g.Detach(slope) * rate, -Bound, Bound));
}
