namespace Plimsoll.Data;

/// <summary>What the root of an HDF5 file says it holds, before anything is judged.</summary>
/// <param name="Names">Null when the file cannot be opened.</param>
/// <param name="Arrays">Those of DSRL's arrays that are there and can be opened.</param>
/// <param name="Damaged">Those that could be opened but not read.</param>
/// <param name="Texts">Attributes of the root.</param>
internal sealed record Hdf5Contents(
    IReadOnlyList<string>? Names,
    IReadOnlyDictionary<string, Hdf5Array> Arrays,
    IReadOnlyList<string> Damaged,
    IReadOnlyList<KeyValuePair<string, string>> Texts)
{
    public static Hdf5Contents Unreadable { get; } =
        new(null, new Dictionary<string, Hdf5Array>(), [], []);

    /// <summary>
    /// Opens the file in this process and reads it; columns are null when there is a problem.
    /// </summary>
    public static unsafe (Hdf5Contents Contents, DatasetColumns? Columns) Read(
        Hdf5Library library, string path)
    {
        lock (Hdf5Library.Gate)
        {
            using var reader = Hdf5Reader.TryOpen(library, path);
            if (reader?.Names() is not { } names)
            {
                return (Unreadable, null);
            }

            var arrays = new Dictionary<string, Hdf5Array>();
            foreach (var key in DatasetKeys.All.Where(names.Contains))
            {
                if (reader.Describe(key) is { } array)
                {
                    arrays.Add(key, array);
                }
            }

            var contents = new Hdf5Contents(names, arrays, [], []);
            if (contents.Problems("").Count > 0)
            {
                return (contents, null);
            }

            var columns = contents.Allocate();
            string[] damaged = [.. DatasetKeys.All.Where(key => !reader.Read(key, columns.Pointer(key)))];
            return damaged.Length > 0
                ? (contents with { Damaged = damaged }, null)
                : (contents with { Texts = reader.Texts() }, columns);
        }
    }

    /// <summary>Memory for the arrays, once there is no problem.</summary>
    public DatasetColumns Allocate() => DatasetColumns.Allocate(
        (int)Arrays[DatasetKeys.Observations].Shape[0],
        (int)Arrays[DatasetKeys.Observations].Shape[1],
        (int)Arrays[DatasetKeys.Actions].Shape[1]);

    /// <summary>Everything that keeps the arrays from being used together.</summary>
    public IReadOnlyList<DatasetProblem> Problems(string name)
    {
        if (Names is null)
        {
            return [new DatasetProblem.Damaged(name, null)];
        }

        var problems = new List<DatasetProblem>();
        var unsound = new HashSet<string?>();
        foreach (var key in DatasetKeys.All.Where(Names.Contains))
        {
            DatasetProblem? problem = Arrays.GetValueOrDefault(key) switch
            {
                null or { IsPlausible: false } => new DatasetProblem.Damaged(name, key),
                { Type: { } foreign } => new DatasetProblem.WrongType(name, key, foreign),
                _ => Damaged.Contains(key) ? new DatasetProblem.Damaged(name, key) : null,
            };
            if (problem is not null)
            {
                problems.Add(problem);
                unsound.Add(key);
            }
        }

        problems.AddRange(DatasetKeys.CheckShapes(
            name, Names, key => Arrays[key].Shape, squeezes: true, except: unsound));
        return problems;
    }
}
