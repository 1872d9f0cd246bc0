using Plimsoll.Environments.MuJoCo.Native;

namespace Plimsoll.Environments.MuJoCo;

/// <summary>libmujoco, looked for once in the life of a process.</summary>
internal static class MuJoCoEngine
{
    /// <summary>The engine itself, its collision detection, which some builds hold in it, and mathematics.</summary>
    internal static IReadOnlyList<ComputingLibrary> Computing { get; } =
    [
        new("libccd", ["libccd.so"], Required: false),
        ComputingLibrary.Mathematics,
        new("libmujoco", ["libmujoco.so"]),
    ];

    private static readonly (MjRuntime? Runtime, EngineState State) Loaded = Load();

    internal static EngineState State => Loaded.State;

    /// <exception cref="InvalidOperationException">The engine is missing.</exception>
    internal static MjRuntime Runtime => Loaded.Runtime
        ?? throw new InvalidOperationException("MuJoCo is missing: ask for the engine's state first.");

    private static (MjRuntime? Runtime, EngineState State) Load()
    {
        if (!OperatingSystem.IsLinux())
        {
            return (null, new EngineState.Missing(
                "MuJoCo is called on Linux only.", "Use a task without it, or Linux."));
        }

        switch (MjRuntime.Open(MjRuntime.Candidates, MjLayout.Known))
        {
            case MjOpening.Opened opened:
                var state = MappedLibraries.Find(Computing);
                return (state is EngineState.Ready ? opened.Runtime : null, state);
            case MjOpening.Refused refused:
                return (null, new EngineState.Missing(refused.What, refused.Remedy));
            default:
                throw new InvalidOperationException("There is no other opening.");
        }
    }
}
