namespace Plimsoll.Environments;

/// <summary>
/// An engine's simulation broke down: what follows in this environment belongs to no episode. The environment
/// stands still until it is reset; the others of its batch are not affected.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="environment">Which environment of the batch.</param>
/// <param name="words">What the engine says.</param>
public sealed class SimulationException(string task, int environment, string words)
    : Exception($"{task}: the simulation of environment {environment} broke down. The engine says: {words}")
{
    public string Task { get; } = task;

    public int Index { get; } = environment;

    public string Words { get; } = words;
}
