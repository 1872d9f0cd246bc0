using System.Globalization;
using Plimsoll.Data;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Artifacts;

/// <summary>
/// A trained model on disk: named arrays, sizes as metadata, and the curves of its training as
/// <c>metric/NAME</c> with <c>metric/NAME/step</c>. Safetensors, so loading can run no code.
/// </summary>
public sealed class ModelFile : IDisposable
{
    private readonly SafetensorsFile file;
    private readonly string path;

    private ModelFile(SafetensorsFile file, string path) => (this.file, this.path) = (file, path);

    public static ModelFile Open(string path) => new(SafetensorsFile.Open(path), path);

    /// <summary>Writes arrays of a state; the bytes follow from the content alone.</summary>
    public static void Save(
        string path, IEnumerable<StateArray> arrays, IReadOnlyDictionary<string, string> sizes, TrainingCurves curves)
    {
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in sizes) writer.AddMetadata(key, value);
        foreach (var array in arrays)
            writer.Add(array.Name, [.. array.Shape.Axes.Select(a => (long)a.Size)], array.Values);
        AddCurves(writer, curves);
        writer.Write(path);
    }

    /// <summary>What a diverged training run leaves: where it failed and its curves, and no model.</summary>
    public static void SaveDiverged(string path, long step, string what, TrainingCurves curves)
    {
        var writer = new SafetensorsWriter();
        writer.AddMetadata("diverged_step", step.ToString(CultureInfo.InvariantCulture));
        writer.AddMetadata("diverged_what", what);
        AddCurves(writer, curves);
        writer.Write(path);
    }

    public string Text(string key) => file.Metadata.TryGetValue(key, out var value)
        ? value
        : throw new InvalidDataException($"{path} has no entry '{key}': it is not the kind of model this stage takes");

    public int Number(string key) => int.Parse(Text(key), CultureInfo.InvariantCulture);

    public double Real(string key) => double.Parse(Text(key), CultureInfo.InvariantCulture);

    public IReadOnlyList<int> Numbers(string key) =>
        [.. Text(key).Split(' ').Select(t => int.Parse(t, CultureInfo.InvariantCulture))];

    /// <summary>Fills arrays of a state with the file's arrays of the same names.</summary>
    public void Load(IEnumerable<StateArray> arrays)
    {
        foreach (var array in arrays)
        {
            var values = file.Floats(array.Name);
            if (values.Length != array.Values.Length)
                throw new InvalidDataException($"{path}: {array.Name} has {values.Length} values, {array.Shape} needs {array.Values.Length}");
            values.CopyTo(array.Values);
        }
    }

    public void Dispose() => file.Dispose();

    private static void AddCurves(SafetensorsWriter writer, TrainingCurves curves)
    {
        foreach (var name in curves.Names)
        {
            var (steps, values) = curves[name];
            writer.Add($"metric/{name}", [values.Count], [.. values]);
            writer.Add($"metric/{name}/step", [steps.Count], [.. steps]);
        }
    }
}
