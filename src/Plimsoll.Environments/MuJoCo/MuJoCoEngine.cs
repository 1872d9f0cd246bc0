using Plimsoll.Environments.MuJoCo.Native;

namespace Plimsoll.Environments.MuJoCo;

/// <summary>libmujoco, looked for once in the life of a process.</summary>
internal static class MuJoCoEngine
{
    private const string MapsOfThisProcess = "/proc/self/maps";

    /// <summary>
    /// Libraries that compute part of a step, by how their file names begin: the engine itself, its collision
    /// detection, and the C library's mathematics, which chooses code by the kind of CPU.
    /// </summary>
    private static readonly string[] Computing = ["libmujoco.so", "libccd.so", "libm.so", "libm-"];

    private static MjOpening Opening { get; } = OperatingSystem.IsLinux()
        ? MjRuntime.Open(MjRuntime.Candidates, MjLayout.Known)
        : new MjOpening.Refused("MuJoCo is called on Linux only.", "Use a task without it, or Linux.");

    internal static EngineState State { get; } = Opening switch
    {
        MjOpening.Opened => new EngineState.Ready(FilesIn(File.ReadLines(MapsOfThisProcess))),
        MjOpening.Refused refused => new EngineState.Missing(refused.What, refused.Remedy),
        _ => throw new InvalidOperationException("There is no other opening."),
    };

    /// <exception cref="InvalidOperationException">The engine is missing.</exception>
    internal static MjRuntime Runtime => Opening is MjOpening.Opened opened
        ? opened.Runtime
        : throw new InvalidOperationException("MuJoCo is missing: ask for the engine's state first.");

    /// <summary>The computing libraries among the files mapped into a process, ordered by name.</summary>
    /// <param name="maps">Lines as of /proc/PID/maps: five columns, then the path, symbolic links
    /// resolved.</param>
    internal static IReadOnlyList<NativeFile> FilesIn(IEnumerable<string> maps) =>
    [
        .. maps
            .Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
            .Distinct()
            .Select(path => new NativeFile(Path.GetFileName(path), path))
            .Where(file => Computing.Any(name => file.Name.StartsWith(name, StringComparison.Ordinal)))
            .OrderBy(file => file.Name, StringComparer.Ordinal),
    ];
}
