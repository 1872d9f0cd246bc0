using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class ReductionTests
{
    private static IEnumerable<int> Lengths =>
        Enumerable.Range(0, 258).Concat([4032, 4095, 4096, 4097, 4160, 8192, 8200, 20_000]);

    [Test]
    public void Sums_over_lanes_equal_the_reference()
    {
        foreach (int n in Lengths)
        {
            using var x = new GuardedBuffer(Samples.Mixed(n, n), n % 3);
            using var y = new GuardedBuffer(Samples.Mixed(n, n + 7), n % 5);
            float[] actual =
                [Reductions.Sum(x.Data, n), Reductions.Dot(x.Data, y.Data, n), Reductions.SumOfSquares(x.Data, n)];
            float[] expected =
            [
                ReferenceReductions.Sum(x.Data, n), ReferenceReductions.Dot(x.Data, 1, y.Data, 1, n),
                ReferenceReductions.SumOfSquares(x.Data, n),
            ];
            Equality.AssertSameBits(actual, expected, $"length {n}");
        }
    }

    [Test]
    public void The_tree_halves_64_lanes_and_joins_blocks_of_4096_in_order()
    {
        // Worked by hand in another way: powers of two whose sums show the order by what rounding removes.
        float[] values = new float[4096 + 64];
        values[0] = 1f;
        values[32] = 0x1000000;
        values[16] = -0x1000000;
        values[4096] = 3f;
        using var x = new GuardedBuffer(values);
        // Lane 0 + lane 32 = 2^24 + 1, rounded to 2^24; minus 2^24 from lane 16 leaves 0; the next block adds 3.
        Assert.That(Reductions.Sum(x.Data, values.Length), Is.EqualTo(3f));
    }

    [Test]
    public void A_product_that_underflows_to_minus_zero_keeps_its_sign_beside_missing_lanes()
    {
        using var x = new GuardedBuffer([1e-30f]);
        using var y = new GuardedBuffer([-1e-30f]);
        float expected = ReferenceReductions.Dot(x.Data, 1, y.Data, 1, 1);
        Assert.That(Equality.SameBits(Reductions.Dot(x.Data, y.Data, 1), expected), Is.True);
    }

    [Test]
    public void Extremes_and_finiteness_equal_the_reference_wherever_the_odd_value_stands()
    {
        foreach (int n in new[] { 0, 1, 15, 16, 17, 33, 100, 257 })
        {
            foreach (float odd in new[] { 1e30f, -1e31f, float.NaN, -float.NaN, float.NegativeInfinity })
            {
                for (int at = 0; at < n; at += 7)
                {
                    float[] values = Samples.Mixed(n, n);
                    values[at] = odd;
                    using var x = new GuardedBuffer(values, 1);
                    Assert.That(
                        Equality.SameBits(
                            Reductions.AbsoluteMaximum(x.Data, n), ReferenceReductions.AbsoluteMaximum(x.Data, n)));
                    Assert.That(Reductions.AllFinite(x.Data, n), Is.EqualTo(float.IsFinite(odd)));
                }
            }
        }
    }

    [Test]
    public void Nothing_sums_to_zero_and_is_finite()
    {
        using var x = new GuardedBuffer(0);
        Assert.That(Reductions.Sum(x.Data, 0), Is.EqualTo(0f));
        Assert.That(Reductions.AbsoluteMaximum(x.Data, 0), Is.EqualTo(0f));
        Assert.That(Reductions.AllFinite(x.Data, 0), Is.True);
    }

    [Test]
    public void Sums_over_rows_and_columns_equal_the_reference()
    {
        foreach (int cols in Enumerable.Range(1, 80).Concat([128, 130, 257]))
        {
            foreach (int rows in new[] { 1, 2, 9 })
            {
                using var x = new GuardedBuffer(Samples.Mixed(rows * cols, cols), cols % 3);
                foreach (bool accumulate in new[] { false, true })
                {
                    using var d = new GuardedBuffer(Samples.Mixed(cols, 1), 1);
                    using var e = new GuardedBuffer(Samples.Mixed(cols, 1), 2);
                    Reductions.SumRows(d.Data, x.Data, rows, cols, accumulate);
                    ReferenceReductions.SumRows(e.Data, x.Data, rows, cols, accumulate);
                    Equality.AssertSameBits(d.Span, e.Span, $"sum of {rows} rows of {cols}");
                }

                using var sums = new GuardedBuffer(rows);
                using var expected = new GuardedBuffer(rows);
                Reductions.SumColumns(sums.Data, x.Data, rows, cols);
                ReferenceReductions.SumColumns(expected.Data, x.Data, rows, cols);
                Equality.AssertSameBits(sums.Span, expected.Span, $"sum of {cols} columns");
            }
        }
    }

    [Test]
    public void Reductions_over_members_equal_the_reference()
    {
        foreach (int n in Enumerable.Range(1, 70))
        {
            foreach (int members in new[] { 1, 2, 5 })
            {
                float[] values = Samples.Mixed(members * n, n);
                values[n / 2] = float.NaN;
                using var x = new GuardedBuffer(values, n % 3);
                using var d = new GuardedBuffer(n, 1);
                using var e = new GuardedBuffer(n);
                Reductions.SumLeading(d.Data, x.Data, members, n);
                ReferenceReductions.SumLeading(e.Data, x.Data, members, n);
                Equality.AssertSameBits(d.Span, e.Span, "sum");
                Reductions.MeanLeading(d.Data, x.Data, members, n);
                ReferenceReductions.MeanLeading(e.Data, x.Data, members, n);
                Equality.AssertSameBits(d.Span, e.Span, "mean");
                Reductions.MinLeading(d.Data, x.Data, members, n);
                ReferenceReductions.MinLeading(e.Data, x.Data, members, n);
                Equality.AssertSameBits(d.Span, e.Span, "min");
                Reductions.MaxLeading(d.Data, x.Data, members, n);
                ReferenceReductions.MaxLeading(e.Data, x.Data, members, n);
                Equality.AssertSameBits(d.Span, e.Span, "max");
                Reductions.StandardDeviationLeading(d.Data, x.Data, members, n);
                ReferenceReductions.StandardDeviationLeading(e.Data, x.Data, members, n);
                Equality.AssertSameBits(d.Span, e.Span, "standard deviation");
            }
        }
    }
}
