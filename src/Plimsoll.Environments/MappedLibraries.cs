namespace Plimsoll.Environments;

/// <summary>A library that computes part of a step.</summary>
/// <param name="Name">For people.</param>
/// <param name="Beginnings">How names of its file may begin.</param>
/// <param name="Required">False where the engine may hold it itself.</param>
internal sealed record ComputingLibrary(string Name, string[] Beginnings, bool Required = true)
{
    /// <summary>The C library's mathematics, which chooses code by the kind of CPU.</summary>
    internal static ComputingLibrary Mathematics { get; } = new("libm", ["libm.so", "libm-"]);
}

/// <summary>Where this process has its libraries from, by its own account.</summary>
internal static class MappedLibraries
{
    private const string Maps = "/proc/self/maps";

    /// <summary>What the kernel appends to a path whose file is no longer there.</summary>
    private const string Gone = " (deleted)";

    internal static EngineState Find(IReadOnlyList<ComputingLibrary> wanted) => Find(wanted, () => File.ReadLines(Maps));

    /// <summary>
    /// Ready with the files of the libraries in their order, or what cannot be told. Maps are ordered by address,
    /// which says nothing of the file that a call is bound to: where several files fit one name, all of them count,
    /// ordered by path.
    /// </summary>
    /// <param name="wanted">What decides results.</param>
    /// <param name="maps">Lines as of /proc/PID/maps: five columns, then the path, symbolic links resolved.</param>
    internal static EngineState Find(IReadOnlyList<ComputingLibrary> wanted, Func<IEnumerable<string>> maps)
    {
        string[] mapped;
        try
        {
            mapped =
            [
                .. maps().Select(line => line.IndexOf('/') is var start and >= 0 ? line[start..] : "")
                    .Distinct().Order(StringComparer.Ordinal),
            ];
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new EngineState.Missing(
                $"Which native libraries this process uses cannot be read, and results depend on them "
                + $"({unreadable.Message.ReplaceLineEndings(" ")}).",
                $"Let the program read {Maps}.");
        }

        var files = new List<NativeFile>();
        foreach (var library in wanted)
        {
            var found = mapped.Where(path => library.Beginnings.Any(
                name => Path.GetFileName(path).StartsWith(name, StringComparison.Ordinal))).ToArray();
            if (found.Length == 0 && library.Required)
            {
                return new EngineState.Missing(
                    $"Where {library.Name} comes from cannot be told, and results depend on it: {Maps} names no file "
                    + $"like {string.Join("* or ", library.Beginnings)}*.",
                    $"Use a build that loads {library.Name} as a library of its own.");
            }

            if (found.FirstOrDefault(path => path.EndsWith(Gone, StringComparison.Ordinal)) is { } gone)
            {
                return new EngineState.Missing(
                    $"{gone[..^Gone.Length]} was replaced while this program ran, and results depend on it.",
                    "Start the program again.");
            }

            files.AddRange(found.Select(path => new NativeFile(Path.GetFileName(path), path)));
        }

        return new EngineState.Ready(files);
    }
}
