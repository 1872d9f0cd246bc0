namespace Plimsoll.Environments.Bullet;

/// <summary>Bullet and the shim before it.</summary>
internal static class BulletEngine
{
    internal static EngineState State { get; } = new EngineState.Missing(
        "Bullet is not built into this version, so its tasks cannot be simulated.", "Use a task without it.");
}
