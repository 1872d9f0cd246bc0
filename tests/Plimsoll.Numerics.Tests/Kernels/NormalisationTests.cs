using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class NormalisationTests
{
    [Test]
    public void All_three_kernels_equal_the_reference()
    {
        foreach (int cols in Enumerable.Range(1, 70).Concat([128, 255, 256, 257, 4100]))
        {
            int rows = cols > 1000 ? 2 : 5;
            int n = rows * cols;
            using var x = new GuardedBuffer(Samples.Mixed(n, cols), 1);
            using var dy = new GuardedBuffer(Samples.Plain(n, 2), 2);
            using var gain = new GuardedBuffer(Samples.Plain(cols, 3), 3);
            using var offset = new GuardedBuffer(Samples.Plain(cols, 4), 4);
            using var y = new GuardedBuffer(n, 1);
            using var mean = new GuardedBuffer(rows);
            using var rstd = new GuardedBuffer(rows);
            using var expected = new GuardedBuffer(n);
            using var expectedMean = new GuardedBuffer(rows);
            using var expectedRstd = new GuardedBuffer(rows);
            Normalisation.LayerNorm(y.Data, mean.Data, rstd.Data, x.Data, gain.Data, offset.Data, rows, cols);
            ReferenceNormalisation.LayerNorm(
                expected.Data, expectedMean.Data, expectedRstd.Data, x.Data, gain.Data, offset.Data, rows, cols, 1e-5f);
            Equality.AssertSameBits(y.Span, expected.Span, $"forward, {cols} columns");
            Equality.AssertSameBits(mean.Span, expectedMean.Span, $"mean, {cols} columns");
            Equality.AssertSameBits(rstd.Span, expectedRstd.Span, $"rstd, {cols} columns");

            Normalisation.LayerNormGradient(
                y.Data, x.Data, gain.Data, mean.Data, rstd.Data, dy.Data, rows, cols);
            ReferenceNormalisation.LayerNormGradient(
                expected.Data, x.Data, gain.Data, mean.Data, rstd.Data, dy.Data, rows, cols);
            Equality.AssertSameBits(y.Span, expected.Span, $"gradient, {cols} columns");

            foreach (bool accumulate in new[] { false, true })
            {
                using var dGain = new GuardedBuffer(Samples.Plain(cols, 5), 1);
                using var dOffset = new GuardedBuffer(Samples.Plain(cols, 6), 2);
                using var expectedGain = new GuardedBuffer(Samples.Plain(cols, 5));
                using var expectedOffset = new GuardedBuffer(Samples.Plain(cols, 6));
                Normalisation.LayerNormParameterGradient(
                    dGain.Data, dOffset.Data, x.Data, mean.Data, rstd.Data, dy.Data, rows, cols, accumulate);
                ReferenceNormalisation.LayerNormParameterGradient(
                    expectedGain.Data, expectedOffset.Data, x.Data, mean.Data, rstd.Data, dy.Data, rows, cols,
                    accumulate);
                Equality.AssertSameBits(dGain.Span, expectedGain.Span, $"gain, {cols} columns");
                Equality.AssertSameBits(dOffset.Span, expectedOffset.Span, $"offset, {cols} columns");
            }
        }
    }

    [Test]
    public void The_gradients_are_those_of_central_differences_in_binary64()
    {
        const int cols = 11;
        float[] x = Samples.Plain(cols, 1);
        float[] gain = Samples.Plain(cols, 2);
        float[] offset = Samples.Plain(cols, 3);
        float[] dy = Samples.Plain(cols, 4);
        float[] y = new float[cols], dx = new float[cols], dGain = new float[cols], dOffset = new float[cols];
        float mean, rstd;
        fixed (float* px = x, pg = gain, po = offset, pdy = dy, py = y, pdx = dx, pdg = dGain, pdo = dOffset)
        {
            Normalisation.LayerNorm(py, &mean, &rstd, px, pg, po, 1, cols);
            Normalisation.LayerNormGradient(pdx, px, pg, &mean, &rstd, pdy, 1, cols);
            Normalisation.LayerNormParameterGradient(pdg, pdo, px, &mean, &rstd, pdy, 1, cols, false);
        }

        const double h = 1e-5;
        for (int i = 0; i < cols; i++)
        {
            Assert.That(dx[i], Is.EqualTo((Loss(i, h, 0) - Loss(i, -h, 0)) / (2 * h)).Within(2e-5), "input");
            Assert.That(dGain[i], Is.EqualTo((Loss(i, h, 1) - Loss(i, -h, 1)) / (2 * h)).Within(2e-5), "gain");
            Assert.That(dOffset[i], Is.EqualTo((Loss(i, h, 2) - Loss(i, -h, 2)) / (2 * h)).Within(2e-5), "offset");
        }

        double Loss(int at, double shift, int which)
        {
            double[] v = [.. x.Select((value, i) => value + (which == 0 && i == at ? shift : 0.0))];
            double average = v.Average();
            double scale = 1 / Math.Sqrt(v.Sum(value => (value - average) * (value - average)) / cols + 1e-5);
            double loss = 0;
            for (int i = 0; i < cols; i++)
            {
                double g = gain[i] + (which == 1 && i == at ? shift : 0.0);
                double o = offset[i] + (which == 2 && i == at ? shift : 0.0);
                loss += dy[i] * ((v[i] - average) * scale * g + o);
            }

            return loss;
        }
    }
}
