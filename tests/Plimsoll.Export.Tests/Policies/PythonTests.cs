using System.Globalization;
using System.Text.Json;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;
using Plimsoll.Export.Tests.Onnx;

namespace Plimsoll.Export.Tests.Policies;

/// <summary>Exported weights in Python with NumPy alone: the block of docs/exporting.md, as it stands there.</summary>
public sealed class PythonTests
{
    private const int Rows = 4;

    [Test]
    public void The_pages_reader_loads_the_weights_and_acts_the_same()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        PolicyExport.Write(
            folder["policy"], folder["policy.safetensors"], PolicyFormat.Safetensors, Exported.Origin);
        var acts = SampleActs.Of(folder["policy"], Rows);
        var observations = acts.Inputs[0].Numbers.Select(x => x.ToString("R", CultureInfo.InvariantCulture));
        var program = Page.Block("python", "def load(path)")
            + $"observations = np.array([{string.Join(", ", observations)}], 'f4').reshape({Rows}, -1)\n"
            + "print(json.dumps([act(observations).ravel().tolist(), action.shape, metadata]))\n";
        var answer = JsonDocument.Parse(Python.Run("numpy", program, folder.Path)).RootElement;
        Assert.That(
            answer[0].Deserialize<double[]>(), Is.EqualTo(acts.Action.Numbers).Within(1e-6));
        Assert.That(answer[1].Deserialize<int[]>(), Is.EqualTo(new[] { 1, SamplePolicies.ActionSize }));
        Assert.That(answer[2].GetProperty("plimsoll.task").GetString(), Is.EqualTo("Task"));
    }
}
