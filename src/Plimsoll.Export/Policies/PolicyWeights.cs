using Plimsoll.Data;

namespace Plimsoll.Export.Policies;

/// <summary>
/// The arrays of a policy file as safetensors, as the 32-bit reals that Plimsoll acts with (an npz may hold others):
/// what a training left besides, its curves, stays behind. The new file is one that <see cref="Learning.Artifacts.PolicyFile"/> reads, and its policy acts with
/// the same bits. Beside the file's own entries the metadata say what an ONNX file's say, under names that begin with
/// <see cref="PolicyFacts.Prefix"/>.
/// </summary>
internal static class PolicyWeights
{
    private const string Curve = "metric/", Actor = "actor.";

    /// <param name="from">A file that gives this policy: ours, or OSRL's as safetensors or npz.</param>
    /// <param name="metadata">To be added.</param>
    internal static SafetensorsWriter Of(string from, IEnumerable<KeyValuePair<string, string>> metadata)
    {
        var writer = new SafetensorsWriter();
        foreach (var (key, value) in metadata) writer.AddMetadata(key, value);
        if (NpzFile.LooksLikeOne(from)) AddNpz(writer, from);
        else AddSafetensors(writer, from);
        return writer;
    }

    private static void AddSafetensors(SafetensorsWriter writer, string from)
    {
        using var file = SafetensorsFile.Open(from);
        foreach (var (key, value) in file.Metadata)
        {
            // Those of an earlier export speak of another file.
            if (!key.StartsWith(PolicyFacts.Prefix, StringComparison.Ordinal)) writer.AddMetadata(key, value);
        }
        foreach (var name in Kept(file.Names))
        {
            if (file.Type(name) == SafetensorsType.F32) writer.Add(name, [.. file.Shape(name)], file.Floats(name));
        }
    }

    private static void AddNpz(SafetensorsWriter writer, string from)
    {
        using var file = NpzFile.Open(from);
        foreach (var name in Kept(file.Names))
        {
            if (file.Type(name).IsNumber) writer.Add(name, [.. file.Shape(name)], file.ReadFloats(name));
        }
    }

    /// <summary>Without curves; of an actor among other networks, the actor.</summary>
    private static IEnumerable<string> Kept(IReadOnlyList<string> names)
    {
        var hasActor = names.Any(name => name.StartsWith(Actor, StringComparison.Ordinal));
        return names.Where(name =>
            !name.StartsWith(Curve, StringComparison.Ordinal)
            && (!hasActor || name.StartsWith(Actor, StringComparison.Ordinal)));
    }
}
