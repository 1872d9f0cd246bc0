using Plimsoll.Environments.Bullet;
using Plimsoll.Environments.MuJoCo;

namespace Plimsoll.Environments;

/// <summary>What moves a task's world.</summary>
public enum Engine
{
    /// <summary>C# of ours: the same bits everywhere.</summary>
    Managed,

    /// <summary>Bullet in double precision, behind a shim of ours.</summary>
    Bullet,

    /// <summary>MuJoCo.</summary>
    MuJoCo,
}

/// <summary>A file of native code whose bytes decide what a simulation gives.</summary>
/// <param name="Name">As people know it, such as <c>libBulletDynamics-float64.so.3.24</c>; no path.</param>
/// <param name="Path">Where this process has it from.</param>
public sealed record NativeFile(string Name, string Path);

/// <summary>Whether an engine can be used in this process.</summary>
public abstract record EngineState
{
    private EngineState()
    {
    }

    /// <param name="Files">Every native file whose bytes decide the results, in a fixed order; none for C#.</param>
    public sealed record Ready(IReadOnlyList<NativeFile> Files) : EngineState;

    /// <param name="What">One sentence: what is absent or does not fit, and what that rules out.</param>
    /// <param name="Remedy">One sentence: the Debian package to install, or what to build.</param>
    public sealed record Missing(string What, string Remedy) : EngineState;
}

/// <summary>The engines of this process.</summary>
public static class Engines
{
    /// <summary>Loads the engine where that was not done yet, and says what came of it. Thread-safe; the answer
    /// stays the same for the life of the process.</summary>
    public static EngineState StateOf(Engine engine) => engine switch
    {
        Engine.Managed => new EngineState.Ready([]),
        Engine.Bullet => BulletEngine.State,
        Engine.MuJoCo => MuJoCoEngine.State,
        _ => throw new ArgumentOutOfRangeException(nameof(engine), engine, "There is no such engine."),
    };
}
