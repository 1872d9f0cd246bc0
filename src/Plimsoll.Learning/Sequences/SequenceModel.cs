using Plimsoll.Learning.Networks;

namespace Plimsoll.Learning.Sequences;

/// <summary>A network of whole trajectories, and how it sees returns and costs to go.</summary>
/// <param name="Network">Its arrays have the name of a policy's, since a target makes it one.</param>
/// <param name="ObservationSize">S.</param>
/// <param name="ActionSize">A.</param>
public sealed record SequenceModel(
    CausalTransformer Network, SequenceScales Scales, int ObservationSize, int ActionSize);
