namespace Plimsoll.Environments;

/// <summary>
/// A simulation broke down, as its engine or its numbers say: what follows in this environment belongs to no episode. The environment
/// stands still until it is reset; the others of its batch are not affected.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="environment">Which environment of the batch.</param>
/// <param name="words">What is wrong; no sentence of its own, without a full stop.</param>
public sealed class SimulationException(string task, int environment, string words)
    : Exception($"{task}: the simulation of environment {environment} broke down: {words}")
{
    public string Task { get; } = task;

    public int Index { get; } = environment;

    public string Words { get; } = words;
}
