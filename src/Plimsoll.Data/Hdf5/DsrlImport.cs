namespace Plimsoll.Data;

/// <summary>
/// Reads a dataset in DSRL's HDF5 layout: `observations` [N, S], `next_observations` [N, S], `actions` [N,
/// A], `rewards`, `costs`, `terminals`, `timeouts` [N] or [N, 1], of any number type; everything becomes
/// binary32. Texts at the root become source facts. All problems are found in one pass.
/// </summary>
public static unsafe class DsrlImport
{
    /// <summary>The source fact that says how the caller resolved the end markers.</summary>
    public const string EndMarkersFact = "end_markers";

    /// <param name="path">The HDF5 file.</param>
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
        if (Hdf5Signature.Check(path, name) is { } unreadable)
        {
            return new ImportOutcome.Rejected([unreadable]);
        }

        if (Hdf5Library.TryLoad(libraryCandidates, out var tried) is not { } library)
        {
            return new ImportOutcome.Rejected([new DatasetProblem.LibraryMissing(name, tried)]);
        }

        var (columns, texts, problems) = ReadArrays(library, path, name);
        if (columns is null)
        {
            return new ImportOutcome.Rejected(problems);
        }

        return Judge(columns, texts, name, options);
    }

    private static (DatasetColumns? Columns, IReadOnlyList<KeyValuePair<string, string>> Texts,
        IReadOnlyList<DatasetProblem> Problems) ReadArrays(Hdf5Library library, string path, string name)
    {
        lock (Hdf5Library.Gate)
        {
            using var reader = Hdf5Reader.TryOpen(library, path);
            if (reader?.Names() is not { } names)
            {
                return (null, [], [new DatasetProblem.Damaged(name, null)]);
            }

            var (arrays, problems) = Describe(reader, names, name);
            if (problems.Count > 0)
            {
                return (null, [], problems);
            }

            var columns = DatasetColumns.Allocate(
                (int)arrays[DatasetKeys.Observations].Shape[0],
                (int)arrays[DatasetKeys.Observations].Shape[1],
                (int)arrays[DatasetKeys.Actions].Shape[1]);
            var damaged = DatasetKeys.All
                .Where(key => !reader.Read(key, columns.Pointer(key)))
                .Select(key => new DatasetProblem.Damaged(name, key))
                .ToArray();
            return damaged.Length > 0 ? (null, [], damaged) : (columns, reader.Texts(), []);
        }
    }

    private static (Dictionary<string, Hdf5Array> Arrays, List<DatasetProblem> Problems) Describe(
        Hdf5Reader reader, IReadOnlyList<string> names, string name)
    {
        var arrays = new Dictionary<string, Hdf5Array>();
        var problems = new List<DatasetProblem>();
        foreach (var key in DatasetKeys.All.Where(names.Contains))
        {
            switch (reader.Describe(key))
            {
                case null or { IsPlausible: false }:
                    problems.Add(new DatasetProblem.Damaged(name, key));
                    break;
                case { Type: { } foreign }:
                    problems.Add(new DatasetProblem.WrongType(name, key, foreign));
                    break;
                case var array:
                    arrays.Add(key, array);
                    break;
            }
        }

        var unsound = problems.Select(problem => problem switch
        {
            DatasetProblem.Damaged damaged => damaged.Key,
            DatasetProblem.WrongType wrong => wrong.Key,
            _ => null,
        }).ToHashSet();
        problems.AddRange(DatasetKeys.CheckShapes(
            name, names, key => arrays[key].Shape, squeezes: true, except: unsound));
        return (arrays, problems);
    }

    private static ImportOutcome Judge(
        DatasetColumns columns, IReadOnlyList<KeyValuePair<string, string>> texts, string name,
        DsrlImportOptions options)
    {
        if (options.EndMarkers == EndMarkers.TimeLimits)
        {
            MoveTerminals(columns);
        }

        var (trajectories, rows, problems) = DatasetChecks.All(name, columns, options);
        var ordered = problems.OrderByDescending(problem => problem.Severity).ToArray();
        if (ordered is [{ Severity: Severity.Error }, ..])
        {
            return new ImportOutcome.Rejected(ordered);
        }

        var longest = trajectories.Max(trajectory => trajectory.Length);
        var metadata = new DatasetMetadata(options.Task, options.Horizon ?? longest, Facts(texts, options));
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
