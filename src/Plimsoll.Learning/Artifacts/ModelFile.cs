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
    internal const string Kind = "kind";
    private const string DivergedStep = "diverged_step";
    private const string DivergedWhat = "diverged_what";

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
        writer.AddMetadata(DivergedStep, step.ToString(CultureInfo.InvariantCulture));
        writer.AddMetadata(DivergedWhat, what);
        AddCurves(writer, curves);
        writer.Write(path);
    }

    /// <summary>Whether a file is what a diverged training run left.</summary>
    internal static bool IsDiverged(SafetensorsFile file) => file.Metadata.ContainsKey(DivergedStep);

    /// <summary>Asserts that the file holds a model of one of these kinds, and says which.</summary>
    /// <exception cref="InvalidDataException">It holds another, or what a diverged training run left.</exception>
    public string Require(params IReadOnlyList<string> kinds)
    {
        if (file.Metadata.TryGetValue(DivergedStep, out var step))
            throw new InvalidDataException(
                $"{path} holds no model: its training diverged by step {step}, in {Text(DivergedWhat)}");
        return kinds.Contains(Text(Kind))
            ? Text(Kind)
            : throw new InvalidDataException(
                $"{path} holds a model of the kind {Text(Kind)}; this stage takes a {string.Join(" or a ", kinds)}");
    }

    public string Text(string key) => file.Metadata.TryGetValue(key, out var value)
        ? value
        : throw new InvalidDataException($"{path} has no entry '{key}': it is not the kind of model this stage takes");

    public int Number(string key) => Parse(key, Text(key));

    public double Real(string key) =>
        double.TryParse(Text(key), NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unreadable(key);

    /// <summary>Numbers with a blank between them; an empty entry is an empty list (no hidden layer).</summary>
    public IReadOnlyList<int> Numbers(string key) =>
        [.. Text(key).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(t => Parse(key, t))];

    /// <summary>Fills arrays of a state with the file's arrays of the same names.</summary>
    /// <exception cref="InvalidDataException">An array is missing, has another type or shape, or holds a number
    /// that is not finite.</exception>
    public void Load(IEnumerable<StateArray> arrays)
    {
        foreach (var array in arrays)
        {
            RequireArray(array.Name, [.. array.Shape.Axes.Select(a => (long)a.Size)]);
            var values = file.Floats(array.Name);
            for (var i = 0; i < values.Length; i++)
            {
                if (!float.IsFinite(values[i]))
                    throw new InvalidDataException(
                        $"{path}: number {i} of {array.Name} is {values[i].ToString(CultureInfo.InvariantCulture)}; "
                        + "a model's numbers are finite");
            }
            values.CopyTo(array.Values);
        }
    }

    public bool Contains(string name) => file.Contains(name);

    /// <summary>Asserts that the file holds 32-bit numbers of this name and shape, whose lengths must all be at least
    /// 1.</summary>
    /// <exception cref="InvalidDataException">It does not.</exception>
    public void RequireArray(string name, params IReadOnlyList<long> needed)
    {
        if (!file.Contains(name) || file.Type(name) != SafetensorsType.F32)
            throw new InvalidDataException($"{path} has no array {name} of 32-bit numbers");
        var shape = file.Shape(name);
        if (!shape.SequenceEqual(needed) || needed.Any(length => length < 1))
            throw new InvalidDataException(
                $"{path}: {name} has the shape [{string.Join(", ", shape)}], needed is [{string.Join(", ", needed)}], "
                + "no length below 1");
    }

    public void Dispose() => file.Dispose();

    private int Parse(string key, string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw Unreadable(key);

    private InvalidDataException Unreadable(string key) =>
        new($"{path}: the entry '{key}' reads '{Text(key)}', which is no number");

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
