namespace Plimsoll.Environments.MuJoCo;

/// <summary>libmujoco.</summary>
internal static class MuJoCoEngine
{
    internal static EngineState State { get; } = new EngineState.Missing(
        "MuJoCo is not built into this version, so its tasks cannot be simulated.", "Use a task without it.");
}
