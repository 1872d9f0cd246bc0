using System.Runtime.InteropServices;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Numerics.Probe;

/// <summary>A run over every kernel, one digest a kernel.</summary>
public static unsafe class Battery
{
    private static readonly int[] Lengths = [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 63, 64, 65, 130, 257];

    public static IEnumerable<(string Name, string Digest)> Run()
    {
        foreach (ElementwiseCase c in ElementwiseTable.Cases)
        {
            yield return (c.Name, Elementwise(c));
        }

        yield return ("Gemm", Products());
        yield return ("Reductions", Sums());
        yield return ("Normalisation", Normalise());
        yield return ("Optimisers", Optimise());
        yield return ("Philox", Draws());
        foreach ((string, string) kernel in SequenceBattery.Run())
        {
            yield return kernel;
        }
    }

    private static string Elementwise(ElementwiseCase c)
    {
        var digest = new Digest();
        foreach (int n in Lengths)
        {
            float[] x = [.. Samples.Special, .. Samples.Mixed(n, 1)];
            float[] y = [.. Samples.Special.Reverse(), .. Samples.Mixed(n, 2)];
            float[] z = Samples.Mixed(x.Length, 3);
            float[] d = new float[x.Length];
            fixed (float* px = x, py = y, pz = z, pd = d)
            {
                c.Kernel(pd, px, py, pz, d.Length);
            }

            digest.Add(d);
        }

        return digest.Text;
    }

    private static string Products()
    {
        var digest = new Digest();
        (int M, int N, int K)[] shapes =
            [(1, 1, 1), (5, 1, 70), (13, 3, 130), (4, 7, 4200), (1, 8, 9), (13, 33, 17), (25, 64, 300), (9, 20, 513)];
        foreach (var (m, n, k) in shapes)
        {
            for (int flags = 0; flags < 8; flags++)
            {
                bool transA = (flags & 1) != 0;
                bool transB = (flags & 2) != 0;
                bool accumulate = (flags & 4) != 0;
                float[] a = Samples.Plain(m * k, 4);
                float[] b = Samples.Plain(k * n, 5);
                float[] c = Samples.Plain(m * n, 6);
                float[] bias = Samples.Plain(n, 7);
                nuint bytes = (nuint)(Gemm.ScratchFloats(n, k) * sizeof(float));
                float* scratch = (float*)NativeMemory.AlignedAlloc(bytes, 64);
                fixed (float* pa = a, pb = b, pc = c, pBias = bias)
                {
                    Gemm.Multiply(
                        pa, transA ? m : k, transA, pb, transB ? k : n, transB, pc, n, m, n, k, accumulate,
                        accumulate ? null : pBias, transB ? Activation.Relu : Activation.None, 0, m, scratch);
                }

                NativeMemory.AlignedFree(scratch);
                digest.Add(c);
            }
        }

        return digest.Text;
    }

    private static string Sums()
    {
        var digest = new Digest();
        foreach (int n in Lengths.Append(4096).Append(5000))
        {
            float[] x = Samples.Mixed(n, 8);
            float[] y = Samples.Mixed(n, 9);
            float[] columns = new float[8];
            float[] leading = new float[Math.Max(1, n / 5)];
            fixed (float* px = x, py = y, pColumns = columns, pLeading = leading)
            {
                digest.Add(
                [
                    Reductions.Sum(px, n), Reductions.Dot(px, py, n), Reductions.SumOfSquares(px, n),
                    Reductions.AbsoluteMaximum(px, n), Reductions.AllFinite(px, n) ? 1f : 0f,
                ]);
                Reductions.SumRows(pColumns, px, n / 5, 5, accumulate: false);
                digest.Add(columns);
                Reductions.SumColumns(pLeading, px, n / 5, 5);
                digest.Add(leading);
                if (n >= 5)
                {
                    Reductions.MeanLeading(pLeading, px, 5, n / 5);
                    digest.Add(leading);
                    Reductions.MinLeading(pLeading, px, 5, n / 5);
                    digest.Add(leading);
                    Reductions.MaxLeading(pLeading, px, 5, n / 5);
                    digest.Add(leading);
                    Reductions.StandardDeviationLeading(pLeading, px, 5, n / 5);
                    digest.Add(leading);
                }
            }
        }

        return digest.Text;
    }

    private static string Normalise()
    {
        var digest = new Digest();
        foreach (int cols in new[] { 1, 5, 16, 33, 64, 100, 256 })
        {
            const int rows = 3;
            float[] x = Samples.Plain(rows * cols, 10);
            float[] dy = Samples.Plain(rows * cols, 11);
            float[] gain = Samples.Plain(cols, 12);
            float[] offset = Samples.Plain(cols, 13);
            float[] y = new float[rows * cols];
            float[] mean = new float[rows];
            float[] rstd = new float[rows];
            fixed (float* px = x, pdy = dy, pGain = gain, pOffset = offset, py = y, pMean = mean, pRstd = rstd)
            {
                Normalisation.LayerNorm(py, pMean, pRstd, px, pGain, pOffset, rows, cols);
                digest.Add(y);
                digest.Add(rstd);
                Normalisation.LayerNormGradient(py, px, pGain, pMean, pRstd, pdy, rows, cols);
                digest.Add(y);
                Normalisation.LayerNormParameterGradient(pGain, pOffset, px, pMean, pRstd, pdy, rows, cols, true);
                digest.Add(gain);
                digest.Add(offset);
            }
        }

        return digest.Text;
    }

    private static string Optimise()
    {
        var digest = new Digest();
        foreach (int n in Lengths)
        {
            float[] p = Samples.Plain(n, 14);
            float[] g = Samples.Plain(n, 15);
            float[] m = new float[n];
            float[] v = new float[n];
            fixed (float* pp = p, pg = g, pm = m, pv = v)
            {
                for (int k = 1; k <= 3; k++)
                {
                    Optimisers.Adam(
                        pp, pm, pv, pg, n, 1e-2, 0.9, 0.999, 1e-8, 0.1 * k, 0.001 * k, 0.01, 0.7f);
                }

                Optimisers.Sgd(pp, pg, n, 0.1, 0.5f);
                Optimisers.Polyak(pm, pp, n, 0.005);
            }

            digest.Add(p);
            digest.Add(m);
            digest.Add(v);
        }

        return digest.Text;
    }

    private static string Draws()
    {
        var digest = new Digest();
        var address = new StreamAddress(0x0123456789ABCDEF, 7, 3);
        float[] d = new float[300];
        int[] indices = new int[300];
        fixed (float* pd = d)
        fixed (int* pi = indices)
        {
            foreach (int start in new[] { 0, 5, 64, 1000 })
            {
                ulong step = 1UL << (start / 25);
                Philox.Uniform(pd, start, d.Length, address, step);
                digest.Add(d);
                Philox.Normal(pd, start, d.Length, address, step);
                digest.Add(d);
                Philox.KeepMask(pd, start, d.Length, 0.9f, address, step);
                digest.Add(d);
                Philox.Indices(pi, start, d.Length, 1_000_003, address, step);
                foreach (int index in indices)
                {
                    digest.Add((uint)index);
                }
            }
        }

        return digest.Text;
    }
}
