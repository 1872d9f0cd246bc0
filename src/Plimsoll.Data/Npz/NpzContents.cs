namespace Plimsoll.Data;

/// <summary>Reads DSRL's arrays from an npz file; single texts become source facts.</summary>
internal static unsafe class NpzContents
{
    /// <summary>Columns are null when there is a problem.</summary>
    public static (
        DatasetColumns? Columns, IReadOnlyList<KeyValuePair<string, string>> Texts,
        IReadOnlyList<DatasetProblem> Problems) Read(string path, string name)
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

            var columns = DatasetColumns.Allocate(
                (int)file.Shape(DatasetKeys.Observations)[0],
                (int)file.Shape(DatasetKeys.Observations)[1],
                (int)file.Shape(DatasetKeys.Actions)[1]);
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
