using System.Text.Json;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>The checker of the ONNX project itself, with its inference of shapes, on the file of every kind.</summary>
public sealed class OnnxCheckerTests
{
    /// <summary>Checks each file, and prints its inputs and its output with their axes, its metadata, and the types
    /// of real numbers in it.</summary>
    private const string Checker = """
        import json, sys
        import onnx

        def described(value):
            tensor = value.type.tensor_type
            axes = [axis.dim_param or axis.dim_value for axis in tensor.shape.dim]
            return [onnx.TensorProto.DataType.Name(tensor.elem_type), axes]

        found = {}
        for name in sys.argv[1:]:
            onnx.checker.check_model(name, full_check=True)
            model = onnx.load(name)
            inferred = onnx.shape_inference.infer_shapes(model, check_type=True, strict_mode=True, data_prop=True)
            types = [array.data_type for array in model.graph.initializer]
            types += [value.type.tensor_type.elem_type for value in inferred.graph.value_info]
            found[name] = {
                'values': {value.name: described(value) for value in [*model.graph.input, *model.graph.output]},
                'types': sorted({onnx.TensorProto.DataType.Name(kind) for kind in types}),
                'metadata': {entry.key: entry.value for entry in model.metadata_props},
            }
        print(json.dumps(found))
        """;

    [Test]
    public void Every_kind_passes_the_checker_and_has_the_inputs_and_metadata_that_are_documented()
    {
        using var folder = new TemporaryFolder();
        foreach (var kind in SamplePolicies.Names)
        {
            SamplePolicies.Save(kind, folder[$"{kind}.safetensors"]);
            PolicyExport.Write(folder[$"{kind}.safetensors"], folder[kind], PolicyFormat.Onnx, Exported.Origin);
        }
        var said = JsonDocument.Parse(Python.Run("onnx", Checker, folder.Path, [.. SamplePolicies.Names]));
        foreach (var kind in SamplePolicies.Names)
        {
            var found = said.RootElement.GetProperty(kind);
            var acts = Exported.Sample(kind).Acts;
            var expected = acts.Inputs.Append(acts.Action).ToDictionary(
                array => array.Name,
                array => $"""["FLOAT",["B",{string.Join(',', array.Shape.Skip(1))}]]""");
            Assert.That(
                found.GetProperty("values").EnumerateObject().ToDictionary(
                    value => value.Name, value => JsonSerializer.Serialize(value.Value)),
                Is.EquivalentTo(expected), kind);
            Assert.That(
                found.GetProperty("types").Deserialize<string[]>(),
                Is.SubsetOf(new[] { "BOOL", "FLOAT", "INT64" }), kind);
            Assert.That(
                found.GetProperty("metadata").GetProperty("plimsoll.task").GetString(), Is.EqualTo("Task"), kind);
        }
    }
}
