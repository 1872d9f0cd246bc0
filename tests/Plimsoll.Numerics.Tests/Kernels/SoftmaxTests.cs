using FsCheck;
using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class SoftmaxTests
{
    private static IEnumerable<int> Lengths => Enumerable.Range(1, 257).Concat([4096, 5000]);

    [Test]
    public void Kernels_equal_the_reference_at_every_length()
    {
        foreach (int cols in Lengths)
        {
            const int rows = 2;
            using var x = new GuardedBuffer(Samples.Mixed(rows * cols, cols), cols % 3);
            using var dy = new GuardedBuffer(Samples.Mixed(rows * cols, cols + 1), cols % 5);
            AssertEqual(x, dy, rows, cols, $"length {cols}");
        }
    }

    [Test]
    public void Kernels_equal_the_reference_at_special_values()
    {
        foreach (int cols in new[] { 1, 7, 17, 40 })
        {
            foreach (float special in Samples.Special)
            {
                float[] values = Samples.Mixed(cols, cols);
                values[cols / 2] = special;
                using var x = new GuardedBuffer(values, 1);
                using var dy = new GuardedBuffer(Samples.Mixed(cols, 3), 2);
                AssertEqual(x, dy, 1, cols, $"{special} among {cols}");
            }

            using var all = new GuardedBuffer(Enumerable.Repeat(float.NegativeInfinity, cols).ToArray());
            using var ones = new GuardedBuffer(Enumerable.Repeat(1f, cols).ToArray());
            AssertEqual(all, ones, 1, cols, "-infinity alone");
        }
    }

    [FsCheck.NUnit.Property]
    public bool Rows_sum_to_one_within_three_units(NonEmptyArray<NormalFloat> values)
    {
        float[] x = [.. values.Get.Select(v => (float)(v.Get % 1e3))];
        float[] y = Softmax(x);
        return Math.Abs(y.Sum(v => (double)v) - 1) <= 3 * Math.ScaleB(1, -23) && y.All(v => v is >= 0 and <= 1);
    }

    [FsCheck.NUnit.Property]
    public bool A_shift_by_a_power_of_two_that_loses_nothing_changes_no_bit(NonEmptyArray<short> values)
    {
        float[] x = [.. values.Get.Select(v => v / 256f)];
        return Softmax(x).SequenceEqual(Softmax([.. x.Select(v => v + 1024f)]));
    }

    [FsCheck.NUnit.Property]
    public bool The_logarithm_agrees_with_the_softmax(NonEmptyArray<sbyte> values)
    {
        float[] x = [.. values.Get.Select(v => v / 8f)];
        float[] y = Softmax(x);
        var logarithms = new float[x.Length];
        fixed (float* px = x, py = logarithms)
        {
            SoftmaxRows.LogSoftmax(py, px, 1, x.Length);
        }

        float total = LogSumExp(x);

        // Numbers up to 32 have a spacing of 2^-19.
        return x.Zip(y, logarithms).All(e =>
            Math.Abs(Math.Exp(e.Third) - e.Second) <= 1e-5 * e.Second + 1e-30
            && Math.Abs(e.First - total - e.Third) <= 1e-5);
    }

    [Test]
    public void The_logarithm_of_a_sum_keeps_its_limits_and_does_not_overflow()
    {
        Assert.Multiple(() =>
        {
            Assert.That(LogSumExp(1e30f, 1e30f), Is.EqualTo(1e30f));
            Assert.That(LogSumExp(float.NegativeInfinity, float.NegativeInfinity), Is.EqualTo(float.NegativeInfinity));
            Assert.That(LogSumExp(float.NegativeInfinity, 2f), Is.EqualTo(2f));
            Assert.That(LogSumExp(float.PositiveInfinity, 2f), Is.EqualTo(float.PositiveInfinity));
            Assert.That(LogSumExp(float.NaN, float.PositiveInfinity), Is.NaN);
            Assert.That(LogSumExp(-200f, -200f), Is.EqualTo(-200f + MathF.Log(2f)).Within(2e-5f));
        });
    }

    [Test]
    public void Softmax_is_accurate_to_a_few_units_of_the_exact_value()
    {
        double worst = 0;
        for (int seed = 0; seed < 200; seed++)
        {
            float[] x = Samples.Mixed(1 + seed, seed);
            float[] y = Softmax(x);
            double largest = x.Max();
            double sum = x.Sum(v => Math.Exp(v - largest));
            for (int i = 0; i < x.Length; i++)
            {
                // The subtraction rounds the argument: its error grows with the distance from the maximum.
                double exact = Math.Exp(x[i] - largest) / sum;
                double distance = 1 + (largest - x[i]) / 2;
                if (exact > 1e-37) worst = Math.Max(worst, Math.Abs(y[i] - exact) / exact / distance);
            }
        }

        TestContext.Out.WriteLine($"largest error {worst * Math.ScaleB(1, 24):F2} units of 2^-24");
        Assert.That(worst, Is.InRange(0, 4 * Math.ScaleB(1, -24)));
    }

    private static void AssertEqual(GuardedBuffer x, GuardedBuffer dy, int rows, int cols, string what)
    {
        using var y = new GuardedBuffer(rows * cols, 1);
        using var e = new GuardedBuffer(rows * cols, 2);
        using var dx = new GuardedBuffer(rows * cols, 3);
        using var de = new GuardedBuffer(rows * cols);
        SoftmaxRows.Softmax(y.Data, x.Data, rows, cols);
        ReferenceSoftmax.Softmax(e.Data, x.Data, rows, cols);
        Equality.AssertSameBits(y.Span, e.Span, $"softmax, {what}");
        SoftmaxRows.SoftmaxGradient(dx.Data, dy.Data, y.Data, rows, cols);
        ReferenceSoftmax.SoftmaxGradient(de.Data, dy.Data, y.Data, rows, cols);
        Equality.AssertSameBits(dx.Span, de.Span, $"softmax gradient, {what}");
        SoftmaxRows.LogSoftmax(y.Data, x.Data, rows, cols);
        ReferenceSoftmax.LogSoftmax(e.Data, x.Data, rows, cols);
        Equality.AssertSameBits(y.Span, e.Span, $"log softmax, {what}");
        SoftmaxRows.LogSoftmaxGradient(dx.Data, dy.Data, y.Data, rows, cols);
        ReferenceSoftmax.LogSoftmaxGradient(de.Data, dy.Data, y.Data, rows, cols);
        Equality.AssertSameBits(dx.Span, de.Span, $"log softmax gradient, {what}");
        using var s = new GuardedBuffer(rows, 1);
        using var t = new GuardedBuffer(rows);
        SoftmaxRows.LogSumExp(s.Data, x.Data, rows, cols);
        ReferenceSoftmax.LogSumExp(t.Data, x.Data, rows, cols);
        Equality.AssertSameBits(s.Span, t.Span, $"log-sum-exp, {what}");
        SoftmaxRows.LogSumExpGradient(dx.Data, dy.Data, x.Data, s.Data, rows, cols);
        ReferenceSoftmax.LogSumExpGradient(de.Data, dy.Data, x.Data, s.Data, rows, cols);
        Equality.AssertSameBits(dx.Span, de.Span, $"log-sum-exp gradient, {what}");
    }

    private static float[] Softmax(float[] x)
    {
        var y = new float[x.Length];
        fixed (float* px = x, py = y)
        {
            SoftmaxRows.Softmax(py, px, 1, x.Length);
        }

        return y;
    }

    private static float LogSumExp(params float[] x)
    {
        float d;
        fixed (float* px = x)
        {
            SoftmaxRows.LogSumExp(&d, px, 1, x.Length);
        }

        return d;
    }
}
