using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class LayoutTests
{
    [Test]
    public void A_transpose_swaps_the_axes_of_any_shape()
    {
        foreach (int rows in new[] { 1, 3, 4, 15, 16, 17, 40 })
        {
            foreach (int cols in new[] { 1, 2, 4, 7, 16, 19, 33 })
            {
                float[] values = Samples.Plain(rows * cols, 1);
                using var s = new GuardedBuffer(values, 1);
                using var d = new GuardedBuffer(values.Length, 2);
                Layout.Transpose(d.Data, s.Data, rows, cols);
                for (int r = 0; r < rows; r++)
                {
                    for (int c = 0; c < cols; c++)
                    {
                        Assert.That(d.Span[c * rows + r], Is.EqualTo(values[r * cols + c]));
                    }
                }
            }
        }
    }

    [Test]
    public void A_transpose_between_pitches_leaves_what_lies_between_the_rows()
    {
        foreach (var (rows, cols) in new[] { (3, 2), (8, 4), (17, 5), (40, 16), (33, 19) })
        {
            float[] source = Samples.Plain(rows * (cols + 3), 1);
            float[] before = Samples.Plain(cols * (rows + 2), 2);
            using var s = new GuardedBuffer(source, 1);
            using var d = new GuardedBuffer(before, 3);
            Layout.Transpose(d.Data, rows + 2, s.Data, cols + 3, rows, cols);
            for (int i = 0; i < before.Length; i++)
            {
                var (c, r) = (i / (rows + 2), i % (rows + 2));
                Assert.That(d.Span[i], Is.EqualTo(r < rows ? source[r * (cols + 3) + c] : before[i]));
            }
        }
    }

    [TestCase(1, 1)]
    [TestCase(5, 5)]
    [TestCase(16, 40)]
    public void A_scatter_adds_rows_in_order_to_zeros(int cols, int pitch)
    {
        int[] indices = [2, 0, 2, 2, 3];
        float[] source = Samples.Mixed(indices.Length * pitch, 1);
        float[] before = Samples.Plain(4 * pitch, 2);
        using var s = new GuardedBuffer(source, 1);
        using var d = new GuardedBuffer(before, 2);
        fixed (int* pi = indices)
        {
            Layout.ScatterAdd(d.Data, s.Data, pi, indices.Length, 4, cols, pitch);
        }

        for (int i = 0; i < before.Length; i++)
        {
            float sum = 0f;
            for (int r = 0; r < indices.Length; r++)
            {
                sum = indices[r] == i / pitch ? sum + source[r * pitch + i % pitch] : sum;
            }

            float expected = i % pitch < cols ? sum : before[i];
            Assert.That(Equality.SameBits(d.Span[i], expected), $"element {i}");
        }
    }

    [TestCase(7)]
    [TestCase(9)]
    public void A_gather_takes_the_first_columns_of_the_rows_named(int pitch)
    {
        const int cols = 7;
        float[] table = Samples.Plain(10 * pitch, 1);
        int[] indices = [9, 0, 3, 3];
        using var t = new GuardedBuffer(table);
        using var d = new GuardedBuffer(indices.Length * cols, 1);
        fixed (int* pi = indices)
        {
            Layout.Gather(d.Data, t.Data, pi, indices.Length, cols, pitch);
        }

        for (int i = 0; i < d.Count; i++)
        {
            Assert.That(d.Span[i], Is.EqualTo(table[indices[i / cols] * pitch + i % cols]));
        }
    }

    [TestCase(5, 5)]
    [TestCase(8, 6)]
    public void Copies_and_sums_of_blocks_leave_what_lies_between_the_rows(int ldd, int lds)
    {
        const int rows = 3, cols = 5;
        float[] source = Samples.Plain(rows * lds, 1);
        float[] before = Samples.Plain(rows * ldd, 2);
        using var s = new GuardedBuffer(source);
        using var copied = new GuardedBuffer(before);
        using var added = new GuardedBuffer(before);
        Layout.Copy2D(copied.Data, ldd, s.Data, lds, rows, cols);
        Layout.Accumulate2D(added.Data, ldd, s.Data, lds, rows, cols);
        for (int i = 0; i < before.Length; i++)
        {
            bool inside = i % ldd < cols;
            float value = inside ? source[i / ldd * lds + i % ldd] : 0f;
            Assert.That(copied.Span[i], Is.EqualTo(inside ? value : before[i]));
            Assert.That(added.Span[i], Is.EqualTo(inside ? before[i] + value : before[i]));
        }
    }
}
