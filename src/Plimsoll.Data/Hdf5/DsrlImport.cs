namespace Plimsoll.Data;

/// <summary>
/// Reads a dataset in DSRL's layout from HDF5 or npz: `observations` [N, S], `next_observations` [N, S],
/// `actions` [N, A], `rewards`, `costs`, `terminals`, `timeouts` [N] or [N, 1], of any number type; everything becomes
/// binary32. Texts at the root become source facts. All problems are found in one pass. Where the task is one of
/// DSRL's, the data are checked against its table and take their horizon and their range of returns from it.
/// </summary>
public static unsafe class DsrlImport
{
    /// <summary>The source fact that says how the caller resolved the end markers.</summary>
    public const string EndMarkersFact = "end_markers";

    /// <param name="path">The HDF5 or npz file.</param>
    /// <param name="options">What the file cannot say.</param>
    /// <param name="libraryCandidates">Names of the HDF5 library to try; null for the known ones.</param>
    public static ImportOutcome Read(
        string path, DsrlImportOptions options, IReadOnlyList<string>? libraryCandidates = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(options);
        ArgumentException.ThrowIfNullOrWhiteSpace(options.Task, nameof(options));
        if (options.Horizon is { } horizon)
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1, nameof(options));
        }

        var name = options.Name ?? path;
        if (NpzFile.LooksLikeOne(path))
        {
            var (columns, texts, problems) = NpzContents.Read(path, name);
            return columns is null
                ? new ImportOutcome.Rejected(problems)
                : Judge(columns, texts, name, options);
        }

        if (Hdf5Signature.Check(path, name) is { } unreadable)
        {
            return new ImportOutcome.Rejected([
                unreadable is DatasetProblem.FileMissing && DsrlTasks.Find(options.Task) is { } wanted
                    ? new DatasetProblem.DsrlFileMissing(path, wanted)
                    : unreadable,
            ]);
        }

        if (Hdf5Library.TryLoad(libraryCandidates, out var tried) is not { } library)
        {
            return new ImportOutcome.Rejected([new DatasetProblem.LibraryMissing(name, tried)]);
        }

        using var process = new Hdf5Process(library);
        return Read(path, options, process);
    }

    /// <summary>As the public function, once the file looks like HDF5 and the library is there.</summary>
    internal static ImportOutcome Read(string path, DsrlImportOptions options, Hdf5Process process)
    {
        var name = options.Name ?? path;
        var (contents, columns) = process.Read(path);
        return columns is null
            ? new ImportOutcome.Rejected(contents.Problems(name))
            : Judge(columns, contents.Texts, name, options);
    }

    private static ImportOutcome Judge(
        DatasetColumns columns, IReadOnlyList<KeyValuePair<string, string>> texts, string name,
        DsrlImportOptions options)
    {
        if (options.EndMarkers == EndMarkers.TimeLimits)
        {
            MoveTerminals(columns);
        }

        var task = DsrlTasks.Find(options.Task);
        var horizon = options.Horizon ?? task?.Horizon;
        var (trajectories, rows, problems) =
            DatasetChecks.All(name, columns, options with { Horizon = horizon });
        if (task is not null)
        {
            problems.AddRange(DsrlChecks.All(name, task, columns, trajectories, options.Horizon));
        }

        var facts = Facts(texts, options);
        if (ReturnRange.In(facts) is null && ReturnRange.IsIn(facts))
        {
            problems.Add(new DatasetProblem.BadReturnRange(
                name, facts.GetValueOrDefault(ReturnRange.LeastFact, ""),
                facts.GetValueOrDefault(ReturnRange.MostFact, "")));
        }

        var ordered = problems.OrderByDescending(problem => problem.Severity).ToArray();
        if (ordered is [{ Severity: Severity.Error }, ..])
        {
            return new ImportOutcome.Rejected(ordered);
        }

        var metadata = new DatasetMetadata(
            options.Task, horizon ?? trajectories.Max(trajectory => trajectory.Length), facts);
        if (task is not null && ReturnRange.In(facts) is null)
        {
            metadata = metadata.With(task.Returns.Facts);
        }

        return new ImportOutcome.Imported(
            new Dataset(columns.First(rows), trajectories, metadata, null), ordered);
    }

    private static void MoveTerminals(DatasetColumns columns)
    {
        for (var row = 0; row < columns.Count; row++)
        {
            // A marker that is neither 0 nor 1 stays, so that the checks name it under its own key.
            if (columns.Terminals[row] == 1)
            {
                columns.Timeouts[row] = 1;
                columns.Terminals[row] = 0;
            }
        }
    }

    private static Dictionary<string, string> Facts(
        IReadOnlyList<KeyValuePair<string, string>> texts, DsrlImportOptions options)
    {
        var facts = new Dictionary<string, string>();
        foreach (var (key, text) in texts)
        {
            if (key is not (DsrlExport.TaskAttribute or DsrlExport.HorizonAttribute)
                && !string.IsNullOrWhiteSpace(key))
            {
                facts[key] = text;
            }
        }

        if (options.EndMarkers is { } markers)
        {
            facts[EndMarkersFact] = markers == EndMarkers.TimeLimits ? "time limits" : "terminals";
        }

        return facts;
    }
}
