using System.Runtime.InteropServices;

namespace Plimsoll.Data;

/// <summary>
/// The HDF5 C library, found at run time (1.10 or later, where identifiers have 64 bits). Its functions are
/// called one at a time, because not every build of it is safe for threads.
/// </summary>
public sealed unsafe class Hdf5Library
{
    /// <summary>The Debian package that holds the library.</summary>
    public const string DebianPackage = "libhdf5-103-1";

    /// <summary>Names a library that lies elsewhere; no other is tried then.</summary>
    public const string EnvironmentVariable = "PLIMSOLL_HDF5_LIBRARY";

    private static readonly Version Oldest = new(1, 10);
    private static readonly Lock LoadGate = new();
    private static Hdf5Library? found;

    private Hdf5Library(string name, nint handle)
    {
        Name = name;
        Functions = new Hdf5Functions(handle);
    }

    /// <summary>The names under which systems know the library, in the order in which they are
    /// tried.</summary>
    public static IReadOnlyList<string> Candidates { get; } =
    [
        "libhdf5_serial.so.103", "libhdf5_serial.so.310", "libhdf5.so.310", "libhdf5.so.200",
            "libhdf5.so.103",
        "libhdf5_serial.so", "libhdf5.so", "libhdf5.dylib", "hdf5.dll",
    ];

    /// <summary>The candidate that was loaded.</summary>
    public string Name { get; }

    public Version Version
    {
        get
        {
            uint major, minor, release;
            _ = Functions.GetVersion(&major, &minor, &release);
            return new Version((int)major, (int)minor, (int)release);
        }
    }

    /// <summary>Held around every sequence of calls.</summary>
    internal static Lock Gate { get; } = new();

    internal Hdf5Functions Functions { get; }

    /// <summary>Loads the library.</summary>
    /// <param name="candidates">File names to try; null tries the known ones and remembers what it
    /// found.</param>
    /// <param name="tried">The names that were tried.</param>
    /// <returns>Null when no candidate could be loaded.</returns>
    public static Hdf5Library? TryLoad(IReadOnlyList<string>? candidates, out IReadOnlyList<string> tried)
    {
        if (candidates is not null)
        {
            tried = candidates;
            return Load(candidates);
        }

        var elsewhere = Environment.GetEnvironmentVariable(EnvironmentVariable);
        // Whoever names a library means that one: another in its place would hide a wrong name.
        tried = string.IsNullOrWhiteSpace(elsewhere) ? Candidates : [elsewhere];
        lock (LoadGate)
        {
            return found ??= Load(tried);
        }
    }

    private static Hdf5Library? Load(IReadOnlyList<string> candidates)
    {
        foreach (var name in candidates)
        {
            if (!NativeLibrary.TryLoad(name, out var handle))
            {
                continue;
            }

            try
            {
                var library = new Hdf5Library(name, handle);
                if (library.Functions.Open() >= 0 && library.Version >= Oldest)
                {
                    return library;
                }
            }
            catch (EntryPointNotFoundException)
            {
                // Another library of that name, or one that is too old.
            }
        }

        return null;
    }
}
