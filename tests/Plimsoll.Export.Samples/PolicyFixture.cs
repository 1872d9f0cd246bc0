using System.Runtime.InteropServices;
using System.Text.Json;
using Plimsoll.Export.Policies;

namespace Plimsoll.Export.Samples;

/// <summary>What tests in other languages look at: for each kind of policy its file, its ONNX model, and inputs with
/// the actions of our own forward pass, as JSON with the numbers beside it.</summary>
public static class PolicyFixture
{
    public const int Rows = 1000;

    /// <summary>Writes <c>policies.json</c> and what it names. Numbers are binary32, little-endian, row-major.</summary>
    public static void Write(string folder)
    {
        var listed = new List<object>();
        foreach (var name in SamplePolicies.Names)
        {
            var path = Path.Combine(folder, $"{name}.safetensors");
            SamplePolicies.Save(name, path);
            var model = $"{name}.onnx";
            var origin = new PolicyOrigin("0.0.0", new string('0', 64), "Sample");
            if (PolicyExport.Write(path, Path.Combine(folder, model), PolicyFormat.Onnx, origin)
                is not ExportOutcome.Exported(_, _, var facts, var fixedBatch))
                throw new InvalidOperationException($"{name} was not exported");
            var acts = SampleActs.Of(path, Rows);
            listed.Add(new
            {
                name,
                model,
                kind = facts.Kind,
                fixedBatch,
                inputs = acts.Inputs.Select(input => Numbers(folder, name, input)).ToList(),
                action = Numbers(folder, name, acts.Action),
            });
        }
        File.WriteAllText(
            Path.Combine(folder, "policies.json"),
            JsonSerializer.Serialize(new { rows = Rows, policies = listed }));
    }

    private static object Numbers(string folder, string policy, NamedNumbers array)
    {
        var file = $"{policy}.{array.Name}.f32";
        File.WriteAllBytes(Path.Combine(folder, file), MemoryMarshal.AsBytes(array.Numbers.AsSpan()).ToArray());
        return new { name = array.Name, shape = array.Shape, file };
    }
}
