using System.Runtime.InteropServices;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet;

/// <summary>Bullet and the shim before it.</summary>
internal static class BulletEngine
{
    private const string Install =
        "Run `apt-get install libbullet-dev g++ pkg-config`, then `dotnet fsi build.fsx -- build`, which compiles it.";

    /// <summary>The files that compute, by the beginning of their names. libstdc++ only holds and frees.</summary>
    private static readonly string[] Computing =
    [
        BulletLibrary.FileName,
        "libBulletDynamics-float64.so",
        "libBulletCollision-float64.so",
        "libLinearMath-float64.so",
        "libm.so",
    ];

    // The program's folder and no other: asking for an assembly's own would put all of it into stages' keys.
    private static readonly (BulletLibrary? Library, EngineState State) Loaded = Load([AppContext.BaseDirectory]);

    internal static EngineState State => Loaded.State;

    /// <exception cref="InvalidOperationException">The engine is missing.</exception>
    internal static BulletLibrary Library =>
        Loaded.Library ?? throw new InvalidOperationException(
            State is EngineState.Missing missing ? $"{missing.What} {missing.Remedy}" : "Bullet is not loaded.");

    /// <summary>Loads the shim from the first of the folders that holds it.</summary>
    internal static (BulletLibrary? Library, EngineState State) Load(IEnumerable<string> folders)
    {
        static (BulletLibrary?, EngineState) Missing(string what, string remedy) =>
            (null, new EngineState.Missing(what, remedy));

        var beside = folders.Select(folder => Path.Combine(folder, BulletLibrary.FileName)).FirstOrDefault(File.Exists);
        if (beside is null)
        {
            return Missing(
                $"The shim {BulletLibrary.FileName} is not beside the program, so Bullet's tasks cannot be simulated.",
                Install);
        }

        nint handle;
        try
        {
            handle = NativeLibrary.Load(beside);
        }
        catch (Exception failure) when (failure is DllNotFoundException or BadImageFormatException)
        {
            return Missing(
                $"{BulletLibrary.FileName} cannot be loaded, so Bullet's tasks cannot be simulated "
                + $"({failure.Message.ReplaceLineEndings(" ").Trim()}).",
                "Run `apt-get install libbullet3.24`.");
        }

        try
        {
            var library = new BulletLibrary(handle);
            return library.Misfit() is { } misfit
                ? Missing($"{BulletLibrary.FileName} does not fit this program: {misfit}.", Install)
                : (library, Files());
        }
        catch (EntryPointNotFoundException failure)
        {
            return Missing($"{BulletLibrary.FileName} does not fit this program: {failure.Message}", Install);
        }
    }

    /// <summary>Where the process has each file from, by its own account.</summary>
    private static EngineState Files()
    {
        var mapped = MappedFiles();
        var files = new List<NativeFile>();
        foreach (var name in Computing)
        {
            // The first mapping is the one that calls are bound to.
            if (mapped.FirstOrDefault(path => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))
                is not { } path)
            {
                return new EngineState.Missing(
                    $"Where {name} comes from cannot be told on this system, and results depend on it.",
                    "Bullet's tasks need Linux with /proc.");
            }

            files.Add(new NativeFile(Path.GetFileName(path), path));
        }

        return new EngineState.Ready(files);
    }

    private static List<string> MappedFiles()
    {
        const string maps = "/proc/self/maps";
        if (!File.Exists(maps))
        {
            return [];
        }

        // address permissions offset device inode path
        return [.. File.ReadLines(maps).Select(line => line.Split(' ', 6, StringSplitOptions.RemoveEmptyEntries))
            .Where(fields => fields.Length == 6).Select(fields => fields[5]).Distinct()];
    }
}
