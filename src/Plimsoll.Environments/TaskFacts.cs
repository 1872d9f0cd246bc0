namespace Plimsoll.Environments;

/// <summary>What is known of a task without running it.</summary>
/// <param name="Name">The name that experiment files use.</param>
/// <param name="ObservationNames">One name for each of the S columns of an observation.</param>
/// <param name="ActionSize">A. Every action lives in [-1, 1]^A; each environment says what it means.</param>
/// <param name="Horizon">Steps after which an episode is cut off, at least 1.</param>
/// <param name="EndsEarly">True when an episode can terminate before the horizon.</param>
/// <param name="Meaning">One sentence for people.</param>
/// <param name="Engine">What simulates it.</param>
public sealed record TaskFacts(
    string Name,
    IReadOnlyList<string> ObservationNames,
    int ActionSize,
    int Horizon,
    bool EndsEarly,
    string Meaning,
    Engine Engine = Engine.Managed)
{
    /// <summary>Largest magnitude of an action's component, the same for all tasks.</summary>
    public const double ActionLimit = 1.0;

    /// <summary>S, the width of an observation.</summary>
    public int ObservationSize => ObservationNames.Count;

    /// <summary>C, the number of costs that a step returns.</summary>
    public int CostSize => 1;

    /// <summary>Equal in all parts, the names of the columns one by one.</summary>
    public bool Equals(TaskFacts? other) =>
        other is not null
        && Name == other.Name
        && ObservationNames.SequenceEqual(other.ObservationNames)
        && ActionSize == other.ActionSize
        && Horizon == other.Horizon
        && EndsEarly == other.EndsEarly
        && Meaning == other.Meaning
        && Engine == other.Engine;

    public override int GetHashCode() => HashCode.Combine(Name, ActionSize, Horizon, EndsEarly);
}
