namespace Plimsoll.Data.Tests;

/// <summary>
/// A small sound HDF5 file in DSRL's layout, to be spoiled one array at a time: two episodes, of three steps
/// (terminal) and two steps (time limit), observations [5, 2], actions [5, 1].
/// </summary>
internal sealed class DsrlSample
{
    private readonly SortedDictionary<string, (ulong[] Shape, float[] Values)> arrays =
        new(StringComparer.Ordinal)
        {
            ["observations"] = ([5, 2], [0, 1, 1, 2, 2, 3, 10, 11, 11, 12]),
            ["next_observations"] = ([5, 2], [1, 2, 2, 3, 3, 4, 11, 12, 12, 13]),
            ["actions"] = ([5, 1], [0, 0.5f, -0.5f, 1, -1]),
            ["rewards"] = ([5], [1, 2, 3, 4, 5]),
            ["costs"] = ([5], [0, 1, 0, 0, 1]),
            ["terminals"] = ([5], [0, 0, 1, 0, 0]),
            ["timeouts"] = ([5], [0, 0, 0, 0, 1]),
        };

    private readonly Dictionary<string, string> texts = [];

    public DsrlSample With(string key, params float[] values) => With(key, arrays[key].Shape, values);

    public DsrlSample With(string key, ulong[] shape, params float[] values)
    {
        arrays[key] = (shape, values);
        return this;
    }

    public DsrlSample Without(params string[] keys)
    {
        foreach (var key in keys)
        {
            arrays.Remove(key);
        }

        return this;
    }

    public DsrlSample Text(string key, string text)
    {
        texts.Add(key, text);
        return this;
    }

    public unsafe string Write(string path)
    {
        Needs.Hdf5();
        var library = Hdf5Library.TryLoad(null, out _)!;
        lock (Hdf5Library.Gate)
        {
            var writer = Hdf5Writer.TryCreate(library, path)!;
            foreach (var (key, (shape, values)) in arrays)
            {
                fixed (float* start = values)
                {
                    Assert.That(writer.Write(key, shape, start), key);
                }
            }

            foreach (var (key, text) in texts)
            {
                Assert.That(writer.WriteText(key, text), key);
            }

            Assert.That(writer.Close());
        }

        return path;
    }
}
