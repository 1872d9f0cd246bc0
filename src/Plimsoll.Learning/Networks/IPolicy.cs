using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Networks;

/// <summary>A deterministic policy as a part of a graph.</summary>
public interface IPolicy
{
    /// <summary>S.</summary>
    int ObservationSize { get; }

    /// <summary>A.</summary>
    int ActionSize { get; }

    /// <summary>π(s) [B, A] for s [B, S].</summary>
    Node Act(GraphBuilder g, Node observation);
}
