namespace Plimsoll.Data;

/// <summary>Reads DSRL's arrays from an npz file; single texts become source facts.</summary>
internal static unsafe class NpzContents
{
    /// <summary>Columns are null when there is a problem.</summary>
    /// <param name="path">The file.</param>
    /// <param name="name">Its name in problems.</param>
    /// <param name="memory">The most bytes that the arrays may take; null takes the machine's memory.</param>
    public static (
        DatasetColumns? Columns, IReadOnlyList<KeyValuePair<string, string>> Texts,
        IReadOnlyList<DatasetProblem> Problems) Read(
        string path, string name, long? memory = null)
    {
        var opening = NpzFile.TryOpen(path, verify: false);
        if (opening is NpzOpening.Refused(var refusal))
        {
            return (null, [], [new DatasetProblem.NpzDamaged(name, null, refusal)]);
        }

        using (var file = ((NpzOpening.Opened)opening).File)
        {
            var problems = Problems(file, name);
            if (problems.Count > 0)
            {
                return (null, [], problems);
            }

            if (Allocate(file, memory ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes) is not { } columns)
            {
                return (null, [], [
                    new DatasetProblem.TooLarge(
                        name, DatasetKeys.Observations, file.Shape(DatasetKeys.Observations)),
                ]);
            }

            foreach (var key in DatasetKeys.All)
            {
                var target =
                    new Span<float>(columns.Pointer(key), (int)(columns.Bytes(key) / sizeof(float)));
                if (file.TryReadFloats(key, target) is { } cause)
                {
                    problems.Add(new DatasetProblem.NpzDamaged(name, key, cause));
                }
            }

            var texts = new List<KeyValuePair<string, string>>();
            foreach (var key in file.Names.Where(key => !DatasetKeys.All.Contains(key)))
            {
                if (file.TryReadText(key, out var text) is { } cause)
                {
                    problems.Add(new DatasetProblem.NpzDamaged(name, key, cause));
                }
                else if (text is not null)
                {
                    texts.Add(KeyValuePair.Create(key, text));
                }
            }

            return problems.Count > 0 ? (null, [], problems) : (columns, texts, []);
        }
    }

    /// <summary>
    /// Null where the arrays do not fit into the machine's memory: packed, a small file can hold a thousand times its
    /// own size, and memory that the system gives out but does not have ends the process.
    /// </summary>
    private static DatasetColumns? Allocate(NpzFile file, long memory)
    {
        var (count, width) = (file.Shape(DatasetKeys.Observations)[0], file.Shape(DatasetKeys.Observations)[1]);
        var actions = file.Shape(DatasetKeys.Actions)[1];
        var bytes = sizeof(float) * (double)count * ((2.0 * width) + actions + 4);
        if (bytes > memory)
        {
            return null;
        }

        try
        {
            return DatasetColumns.Allocate((int)count, (int)width, (int)actions);
        }
        catch (OutOfMemoryException)
        {
            return null;
        }
    }

    private static List<DatasetProblem> Problems(NpzFile file, string name)
    {
        var texts = DatasetKeys.All.Where(key => file.Contains(key) && !file.Type(key).IsNumber).ToArray();
        return
        [
            .. texts.Select(key => new DatasetProblem.WrongType(name, key, "text")),
            .. DatasetKeys.CheckShapes(name, file.Names, file.Shape, squeezes: true, except: texts),
        ];
    }
}
