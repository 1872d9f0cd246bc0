using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Probe;

/// <summary>Sizes that no row of <see cref="KernelTable"/> reaches: sums over blocks, and the heads of real models.</summary>
public static unsafe class SequenceBattery
{
    public static IEnumerable<(string Name, string Digest)> Run()
    {
        yield return ("SoftmaxRows, over blocks of 4096", Softmax());
        yield return ("Attention, heads of real models", Attend());
    }

    private static string Softmax()
    {
        var digest = new Digest();
        foreach (int cols in new[] { 4095, 4100, 9000 })
        {
            float[] x = Samples.Mixed(cols, 20);
            float[] y = new float[cols];
            float sum;
            fixed (float* px = x, py = y)
            {
                SoftmaxRows.Softmax(py, px, 1, cols);
                digest.Add(y);
                SoftmaxRows.LogSoftmax(py, px, 1, cols);
                digest.Add(y);
                SoftmaxRows.LogSumExp(&sum, px, 1, cols);
                digest.Add([sum]);
            }
        }

        return digest.Text;
    }

    private static string Attend()
    {
        var digest = new Digest();
        foreach (var (tokens, heads, width) in new[] { (40, 8, 16), (60, 2, 33), (80, 1, 64) })
        {
            for (int flags = 0; flags < 8; flags++)
            {
                var dropout = (flags & 2) == 0 ? null : new AttentionDropout(new StreamAddress(9, 8, 7), 0.8f);
                var layout = new AttentionLayout(tokens, heads, width, (flags & 1) != 0, dropout);
                int size = tokens * layout.Pitch;
                float[] x = Samples.Plain(4 * size, 26);
                float[] y = new float[4 * size];
                float[] keep = [.. Enumerable.Range(0, tokens).Select(t => t % 3 == 0 ? 0f : 1f)];
                float* scratch = (float*)NativeMemory.AlignedAlloc((nuint)(layout.ScratchFloats * sizeof(float)), 64);
                fixed (float* q = x, o = y, kept = keep)
                {
                    float* mask = (flags & 4) == 0 ? null : kept;
                    Attention.Forward(o, q, q + size, q + 2 * size, mask, layout, 0, heads, 5, scratch);
                    Attention.Gradient(
                        o + size, o + 2 * size, o + 3 * size, q + 3 * size, q, q + size, q + 2 * size, mask, layout, 0,
                        heads, 5, scratch);
                }

                NativeMemory.AlignedFree(scratch);
                digest.Add(y);
            }
        }

        return digest.Text;
    }
}
