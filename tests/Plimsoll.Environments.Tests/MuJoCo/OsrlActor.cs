using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace Plimsoll.Environments.Tests.MuJoCo;

/// <summary>
/// An actor that OSRL trained, read from npz and computed in the plainest way: three layers with ReLU between
/// them, of which the last is squashed. For a Gaussian actor that is its mean.
/// </summary>
internal sealed partial class OsrlActor
{
    private readonly (float[] Weight, float[] Bias)[] layers;
    private readonly float[]? low;
    private readonly float[]? high;

    private OsrlActor((float[] Weight, float[] Bias)[] layers, float[]? low, float[]? high)
    {
        this.layers = layers;
        this.low = low;
        this.high = high;
    }

    public static OsrlActor Read(string path)
    {
        using var archive = ZipFile.OpenRead(path);
        float[] Array(string name) => ReadArray(archive.GetEntry(name + ".npy")!);
        bool Has(string name) => archive.GetEntry(name + ".npy") is not null;
        var (names, box) = Has("actor.mu_net.0.weight")
            ? (new[] { "actor.mu_net.0", "actor.mu_net.2", "actor.mu_net.4" }, true)
            : Has("actor.pi.0.weight")
                ? (["actor.pi.0", "actor.pi.2", "actor.pi.4"], false)
                : (["actor.net.0", "actor.net.2", "actor.mu_layer"], false);
        return new OsrlActor(
            [.. names.Select(name => (Array(name + ".weight"), Array(name + ".bias")))],
            box ? Array("actor.action_low") : null,
            box ? Array("actor.action_high") : null);
    }

    public void Act(ReadOnlySpan<float> observation, Span<float> action)
    {
        Span<float> first = stackalloc float[layers[0].Bias.Length];
        Span<float> second = stackalloc float[layers[1].Bias.Length];
        Product(layers[0], observation, first, rectified: true);
        Product(layers[1], first, second, rectified: true);
        Product(layers[2], second, action, rectified: false);
        for (var k = 0; k < action.Length; k++)
        {
            action[k] = low is null
                ? MathF.Tanh(action[k])
                : low[k] + (high![k] - low[k]) / (1 + MathF.Exp(-action[k]));
        }
    }

    private static void Product(
        (float[] Weight, float[] Bias) layer, ReadOnlySpan<float> input, Span<float> output, bool rectified)
    {
        for (var row = 0; row < output.Length; row++)
        {
            var sum = layer.Bias[row] + Dot(layer.Weight.AsSpan(row * input.Length, input.Length), input);
            output[row] = rectified ? MathF.Max(0, sum) : sum;
        }
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var wideA = MemoryMarshal.Cast<float, Vector<float>>(a);
        var wideB = MemoryMarshal.Cast<float, Vector<float>>(b);
        var sums = Vector<float>.Zero;
        for (var i = 0; i < wideA.Length; i++)
        {
            sums += wideA[i] * wideB[i];
        }

        var sum = Vector.Sum(sums);
        for (var i = wideA.Length * Vector<float>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }

    /// <summary>npy version 1: ten bytes, of which the last two say how long the header is; then the
    /// numbers.</summary>
    private static float[] ReadArray(ZipArchiveEntry entry)
    {
        using var stream = entry.Open();
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        var bytes = memory.ToArray();
        var numbers = 10 + bytes[8] + 256 * bytes[9];
        var header = System.Text.Encoding.ASCII.GetString(bytes, 10, numbers - 10);
        if (bytes[6] != 1 || !PlainFloats().IsMatch(header))
        {
            throw new InvalidDataException($"{entry.FullName}: {header}");
        }

        return MemoryMarshal.Cast<byte, float>(bytes.AsSpan(numbers)).ToArray();
    }

    [GeneratedRegex("'descr': '<f4'.*'fortran_order': False")]
    private static partial Regex PlainFloats();
}
