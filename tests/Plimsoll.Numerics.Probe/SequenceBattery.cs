using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Probe;

/// <summary>The kernels that sequence models and order statistics use, one digest each.</summary>
public static unsafe class SequenceBattery
{
    private static readonly int[] Widths = [1, 2, 7, 8, 9, 15, 16, 17, 31, 40, 64, 65, 130, 257, 4100];

    public static IEnumerable<(string Name, string Digest)> Run()
    {
        yield return ("Softmax", Softmax());
        yield return ("Extremes", Extremes());
        yield return ("Quantiles", Quantiles());
        yield return ("Transpose", Transpose());
        yield return ("ScatterAdd", Scatter());
        yield return ("Attention", Attend());
    }

    private static string Softmax()
    {
        var digest = new Digest();
        foreach (int cols in Widths)
        {
            const int rows = 2;
            float[] x = Samples.Mixed(rows * cols, 20);
            float[] dy = Samples.Mixed(rows * cols, 21);
            float[] y = new float[rows * cols];
            float[] dx = new float[rows * cols];
            float[] s = new float[rows];
            fixed (float* px = x, pdy = dy, py = y, pdx = dx, ps = s)
            {
                SoftmaxRows.Softmax(py, px, rows, cols);
                digest.Add(y);
                SoftmaxRows.SoftmaxGradient(pdx, pdy, py, rows, cols);
                digest.Add(dx);
                SoftmaxRows.LogSoftmax(py, px, rows, cols);
                digest.Add(y);
                SoftmaxRows.LogSoftmaxGradient(pdx, pdy, py, rows, cols);
                digest.Add(dx);
                SoftmaxRows.LogSumExp(ps, px, rows, cols);
                digest.Add(s);
                SoftmaxRows.LogSumExpGradient(pdx, pdy, px, ps, rows, cols);
                digest.Add(dx);
            }
        }

        return digest.Text;
    }

    private static string Extremes()
    {
        var digest = new Digest();
        foreach (int n in Widths)
        {
            float[] zeros = [.. Enumerable.Range(0, n).Select(i => i % 3 == 1 ? -0f : 0f)];
            foreach (float[] values in new[] { Samples.Mixed(n, 22), zeros, [.. Samples.Special, .. zeros] })
            {
                fixed (float* x = values)
                {
                    digest.Add(
                        [Kernels.Extremes.Maximum(x, values.Length), Kernels.Extremes.Minimum(x, values.Length)]);
                }
            }
        }

        return digest.Text;
    }

    private static string Quantiles()
    {
        var digest = new Digest();
        foreach (int n in Widths)
        {
            foreach (double q in new[] { 0, 0.1, 0.5, 0.77, 1 })
            {
                float[] values = Samples.Mixed(n, 23);
                fixed (float* x = values)
                {
                    digest.Add([Kernels.Quantiles.Take(x, n, q)]);
                }
            }
        }

        return digest.Text;
    }

    private static string Transpose()
    {
        var digest = new Digest();
        foreach (var (rows, cols) in new[] { (1, 5), (8, 4), (9, 7), (16, 16), (17, 3), (40, 16), (33, 50) })
        {
            float[] x = Samples.Plain(rows * cols, 24);
            float[] y = new float[rows * cols];
            fixed (float* px = x, py = y)
            {
                Layout.Transpose(py, px, rows, cols);
            }

            digest.Add(y);
        }

        return digest.Text;
    }

    private static string Scatter()
    {
        var digest = new Digest();
        foreach (int cols in new[] { 1, 7, 16, 33, 128 })
        {
            float[] x = Samples.Mixed(20 * cols, 25);
            float[] table = new float[6 * cols];
            int[] rows = [.. Enumerable.Range(0, 20).Select(i => i * i % 6)];
            fixed (float* px = x, pTable = table)
            fixed (int* pRows = rows)
            {
                Layout.ScatterAdd(pTable, px, pRows, 20, 6, cols, cols);
            }

            digest.Add(table);
        }

        return digest.Text;
    }

    private static string Attend()
    {
        var digest = new Digest();
        foreach (var (tokens, heads, width) in new[] { (1, 1, 1), (5, 2, 3), (9, 1, 16), (17, 2, 33), (40, 8, 16) })
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
