using System.Runtime.InteropServices;
using Plimsoll.Environments.Bullet.Native;

namespace Plimsoll.Environments.Bullet;

/// <summary>Bullet and the shim before it.</summary>
internal static class BulletEngine
{
    private const string Install =
        "Run `apt-get install libbullet-dev g++ pkg-config`, then `dotnet fsi build.fsx -- build`, which compiles it.";

    /// <summary>What computes; libstdc++ only holds and frees.</summary>
    private static readonly ComputingLibrary[] Computing =
    [
        new("the shim before Bullet", [BulletLibrary.FileName]),
        new("libBulletDynamics", ["libBulletDynamics-float64.so"]),
        new("libBulletCollision", ["libBulletCollision-float64.so"]),
        new("libLinearMath", ["libLinearMath-float64.so"]),
        ComputingLibrary.Mathematics,
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

        var (library, state) = Examine(handle);
        if (library is null)
        {
            NativeLibrary.Free(handle);
        }

        return (library, state);
    }

    /// <summary>The library only where the engine is ready.</summary>
    private static (BulletLibrary? Library, EngineState State) Examine(nint handle)
    {
        try
        {
            var library = new BulletLibrary(handle);
            if (library.Misfit() is { } misfit)
            {
                return (null, DoesNotFit($"{misfit}."));
            }

            var state = MappedLibraries.Find(Computing);
            return (state is EngineState.Ready ? library : null, state);
        }
        catch (EntryPointNotFoundException failure)
        {
            return (null, DoesNotFit(failure.Message));
        }
    }

    private static EngineState.Missing DoesNotFit(string why) =>
        new($"{BulletLibrary.FileName} does not fit this program: {why}", Install);
}
