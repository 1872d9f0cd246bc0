using FsCheck;
using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>Extremes and quantiles.</summary>
[TestFixture]
public sealed unsafe class OrderTests
{
    [Test]
    public void Extremes_equal_the_reference_at_every_length_and_place_of_an_odd_value()
    {
        foreach (int n in Enumerable.Range(1, 257))
        {
            foreach (float odd in new[] { 1f, float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e-42f })
            {
                float[] values = Samples.Mixed(n, n);
                values[n * 5 / 7] = odd;
                using var x = new GuardedBuffer(values, n % 5);
                Check(x, n, $"{odd} among {n}");
            }
        }
    }

    [Test]
    public void Of_zeros_of_both_signs_the_first_is_taken()
    {
        foreach (int n in new[] { 2, 8, 9, 31, 32, 33, 100 })
        {
            for (int at = 0; at < n; at++)
            {
                float[] values = new float[n];
                values[at] = -0f;
                using var plus = new GuardedBuffer(values);
                Check(plus, n, $"-0 at {at} of {n}");
                using var minus = new GuardedBuffer(values.Select(v => -v).ToArray());
                Check(minus, n, $"+0 at {at} of {n}");
            }
        }
    }

    [Test]
    public void The_place_of_an_extreme_is_its_first()
    {
        float[] values = [1f, 3f, float.NaN, 3f, float.NaN];
        fixed (float* x = values)
        {
            Assert.That(Extremes.Place(x, 5, 3f), Is.EqualTo(1));
            Assert.That(Extremes.Place(x, 5, float.NaN), Is.EqualTo(2));
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 300)]
    public bool A_quantile_interpolates_the_sorted_elements(NonEmptyArray<NormalFloat> values, byte part)
    {
        float[] x = [.. values.Get.Select(v => (float)v.Get)];
        double q = part / 255.0;
        float actual = Quantile(x, q);
        Array.Sort(x);
        double rank = q * (x.Length - 1);
        int lower = (int)Math.Floor(rank);
        double low = x[lower];
        double high = x[Math.Min(lower + 1, x.Length - 1)];
        if (double.IsInfinity((float)(high - low))) return true;
        double exact = low + (rank - lower) * (high - low);
        return Math.Abs(actual - exact) <= 1e-6 * (Math.Abs(low) + Math.Abs(high)) && actual >= low && actual <= high;
    }

    [FsCheck.NUnit.Property]
    public bool A_quantile_does_not_depend_on_the_order(NonEmptyArray<sbyte> values, byte part)
    {
        float[] x = [.. values.Get.Select(v => v / 4f)];
        float[] turned = [.. x.Reverse()];
        return Equality.SameBits(Quantile(x, part / 255.0), Quantile(turned, part / 255.0));
    }

    [Test]
    public void Quantiles_of_known_arrays_are_those_of_NumPy()
    {
        // numpy.quantile([3, 1, 4, 1, 5, 9, 2, 6], q) for q = 0, 0.1, 0.25, 0.5, 0.9, 1.
        float[] x = [3f, 1f, 4f, 1f, 5f, 9f, 2f, 6f];
        double[] q = [0, 0.1, 0.25, 0.5, 0.9, 1];
        double[] expected = [1, 1, 1.75, 3.5, 6.9, 9];
        for (int i = 0; i < q.Length; i++)
        {
            Assert.That(Quantile(x, q[i]), Is.EqualTo(expected[i]).Within(1e-6));
        }
    }

    [Test]
    public void Quantiles_keep_their_limits()
    {
        const float inf = float.PositiveInfinity;
        Assert.Multiple(() =>
        {
            Assert.That(Quantile([1f, float.NaN, 2f], 0.5), Is.NaN);
            Assert.That(Quantile([-inf, 1f], 0.25), Is.EqualTo(-inf));
            Assert.That(Quantile([inf, 1f], 0.75), Is.EqualTo(inf));
            Assert.That(Quantile([inf, inf], 0.75), Is.EqualTo(inf));
            Assert.That(Quantile([inf, -inf], 0.75), Is.NaN);
            Assert.That(Quantile([inf, -inf], 0), Is.EqualTo(-inf));
            Assert.That(Quantile([7f], 0.3), Is.EqualTo(7f));
            Assert.That(1f / Quantile([0f, -0f], 0), Is.EqualTo(-inf), "-0 sorts before +0");
        });
    }

    private static void Check(GuardedBuffer x, int n, string what) =>
        Equality.AssertSameBits(
            [Extremes.Maximum(x.Data, n), Extremes.Minimum(x.Data, n)],
            [ReferenceExtremes.Maximum(x.Data, n), ReferenceExtremes.Minimum(x.Data, n)], what);

    private static float Quantile(float[] x, double q)
    {
        using var copy = new GuardedBuffer(x);
        return Quantiles.Take(copy.Data, x.Length, q);
    }
}
