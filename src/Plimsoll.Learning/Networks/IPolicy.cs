using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Networks;

/// <summary>What acts in a task.</summary>
public interface IPolicy
{
    /// <summary>S.</summary>
    int ObservationSize { get; }

    /// <summary>A.</summary>
    int ActionSize { get; }
}

/// <summary>A policy whose action follows from the observation alone, and from random numbers if it draws any: a part
/// of a graph.</summary>
public interface IMarkovPolicy : IPolicy
{
    /// <summary>Z, standard normal numbers that one action takes; 0: the policy is deterministic.</summary>
    int Normals => 0;

    /// <summary>π(s) [B, A] for s [B, S].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="observation">s [B, S].</param>
    /// <param name="normals">[B, Z], independent N(0, 1); null where Z is 0.</param>
    Node Act(GraphBuilder g, Node observation, Node? normals = null);
}

/// <summary>A policy whose parameters a surrogate loss trains (<see cref="DiracPolicy"/>,
/// <see cref="GaussianPolicy"/>). It acts by its mean: deterministic.</summary>
public interface ISurrogatePolicy : IMarkovPolicy
{
    /// <summary>The network's arrays.</summary>
    IReadOnlyList<StateArray> Parameters { get; }

    /// <summary>The network.</summary>
    Mlp Network { get; }
}
