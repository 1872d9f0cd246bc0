namespace Plimsoll.Data;

/// <summary>
/// Reads a dataset in DSRL's layout from HDF5 or npz: `observations` [N, S], `next_observations` [N, S], `actions`
/// [N, A], `rewards`, `costs`, `terminals`, `timeouts` [N] or [N, 1], of any number type; everything becomes
/// binary32. Texts at the root become source facts. A dataset artifact of ours is taken as it is. All problems are
/// found in one pass. Where the task is one of DSRL's, the data are checked against its table and take their horizon
/// and their range of returns from it.
/// </summary>
public static unsafe class DsrlImport
{
    /// <summary>The source fact that says how the caller resolved the end markers.</summary>
    public const string EndMarkersFact = "end_markers";

    /// <param name="path">The file; its first bytes say which format it has.</param>
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

        if (SafetensorsFile.LooksLikeOne(path))
        {
            return ReadArtifact(path, name, options);
        }

        if (Hdf5Signature.Check(path, name) is { } unreadable)
        {
            // The ending decides about the words of a failure alone.
            if (unreadable is DatasetProblem.UnknownFormat
                && path.EndsWith(".safetensors", StringComparison.OrdinalIgnoreCase))
            {
                return ReadArtifact(path, name, options);
            }

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

        return Judge(columns, TaskResolution.Of(options, name, texts), Facts(texts, options), name, options, null);
    }

    /// <summary>An artifact of ours. Its end markers were resolved when it was made; to move them, it is
    /// copied.</summary>
    private static ImportOutcome ReadArtifact(string path, string name, DsrlImportOptions options)
    {
        var opening = Dataset.TryOpen(path);
        if (opening is DatasetOpening.Refused(var refusal))
        {
            return new ImportOutcome.Rejected([refusal with { Dataset = name }]);
        }

        var dataset = ((DatasetOpening.Opened)opening).Dataset;
        var metadata = dataset.Metadata;
        if (options.EndMarkers == EndMarkers.TimeLimits)
        {
            var copy = dataset.Select(Enumerable.Range(0, dataset.Trajectories.Count));
            dataset.Dispose();
            dataset = copy;
            MoveTerminals(dataset.Columns);
        }

        var resolution = TaskResolution.Of(options, name, metadata.Task, metadata.Horizon);
        var facts = Facts([.. metadata.Facts], options);
        options = options with { EndMarkers = options.EndMarkers ?? EndMarkers.Terminals };
        var outcome = Judge(dataset.Columns, resolution, facts, name, options, dataset);
        if (outcome is ImportOutcome.Rejected)
        {
            dataset.Dispose();
        }

        return outcome;
    }

    /// <param name="owner">Of the columns; null for memory that nobody needs to close.</param>
    private static ImportOutcome Judge(
        DatasetColumns columns, TaskResolution resolution, Dictionary<string, string> facts, string name,
        DsrlImportOptions options, Dataset? owner)
    {
        var task = resolution.Dsrl;
        var horizon = resolution.Horizon ?? task?.Horizon;
        var (trajectories, rows, problems) =
            DatasetChecks.All(name, columns, options with { Task = resolution.Task, Horizon = horizon });
        if (task is not null)
        {
            problems.AddRange(DsrlChecks.All(name, task, columns, trajectories, resolution.Horizon, facts));
        }

        problems.AddRange(
            new[] { resolution.Problem, ReturnRange.Unsound(name, facts) }.OfType<DatasetProblem>());
        var ordered = problems.OrderByDescending(problem => problem.Severity).ToArray();
        if (ordered is [{ Severity: Severity.Error }, ..])
        {
            return new ImportOutcome.Rejected(ordered);
        }

        var metadata = new DatasetMetadata(
            resolution.Task, horizon ?? trajectories.Max(trajectory => trajectory.Length), facts);
        if (task is not null && ReturnRange.In(facts) is null)
        {
            metadata = metadata.With(task.Returns.Facts);
        }

        return new ImportOutcome.Imported(
            new Dataset(columns.First(rows), trajectories, metadata, owner), ordered);
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
