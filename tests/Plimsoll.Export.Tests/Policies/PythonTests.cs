using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Plimsoll.Export.Policies;
using Plimsoll.Export.Samples;
using Plimsoll.Export.Tests.Onnx;

namespace Plimsoll.Export.Tests.Policies;

/// <summary>Exported weights in Python with NumPy alone: the reader and the policy of docs/exporting.md.</summary>
public sealed class PythonTests
{
    private const string Act = """
        import json, struct, sys
        import numpy as np

        def load(path):
            with open(path, 'rb') as file:
                size, = struct.unpack('<Q', file.read(8))
                header = json.loads(file.read(size))
                data = file.read()
            metadata = header.pop('__metadata__', {})
            arrays = {}
            for name, entry in header.items():
                begin, end = entry['data_offsets']
                assert entry['dtype'] == 'F32'
                arrays[name] = np.frombuffer(data[begin:end], '<f4').reshape(entry['shape'])
            return arrays, metadata

        arrays, metadata = load(sys.argv[1])
        assert metadata['plimsoll.kind'] == 'dirac-policy'
        x = np.array(json.loads(sys.argv[2]), 'f8')
        layers = len(arrays) // 2
        for layer in range(layers):
            x = x @ arrays[f'policy/{layer}/weight'] + arrays[f'policy/{layer}/bias']
            x = np.tanh(x) if layer == layers - 1 else np.maximum(x, 0)
        print(json.dumps([float(v) for v in x.ravel()]))
        """;

    /// <summary>Debian's, then whichever stands first in PATH.</summary>
    private static readonly string[] Programs = ["/usr/bin/python3", "python3"];

    [Test]
    public void Weights_load_in_python_and_act_the_same()
    {
        var python = Programs.FirstOrDefault(program => Run(program, "import numpy", []) is { ExitCode: 0 });
        if (python is null) Assert.Ignore("no Python with NumPy: install python3-numpy");
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        PolicyExport.Write(
            folder["policy"], folder["exported"], PolicyFormat.Safetensors, Exported.Origin);
        var acts = SampleActs.Of(folder["policy"], 4);
        var observations = acts.Inputs[0].Numbers.Chunk(SamplePolicies.ObservationSize).Select(
            row => $"[{string.Join(", ", row.Select(x => x.ToString("R", CultureInfo.InvariantCulture)))}]");
        var (exitCode, output, error) = Run(
            python!, Act, [folder["exported"], $"[{string.Join(", ", observations)}]"])!.Value;
        Assert.That(exitCode, Is.Zero, error);
        Assert.That(
            JsonSerializer.Deserialize<double[]>(output), Is.EqualTo(acts.Action.Numbers).Within(1e-6));
    }

    private static (int ExitCode, string Output, string Error)? Run(
        string python, string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(python, ["-c", program, .. arguments])
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            })!;
            var error = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, error.Result);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
