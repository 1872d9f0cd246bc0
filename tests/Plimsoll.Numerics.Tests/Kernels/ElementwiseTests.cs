using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class ElementwiseTests
{
    private static IEnumerable<ElementwiseCase> Cases => ElementwiseTable.Cases;

    [TestCaseSource(nameof(Cases))]
    public void Equals_its_specification_at_every_length_and_alignment(ElementwiseCase kernel)
    {
        for (int n = 0; n <= 257; n++)
        {
            using var x = new GuardedBuffer(Samples.Mixed(n, n), n % 3);
            using var y = new GuardedBuffer(Samples.Mixed(n, n + 1000), n % 5);
            using var z = new GuardedBuffer(Samples.Mixed(n, n + 2000), n % 7);
            using var d = new GuardedBuffer(n, n % 11);
            kernel.Kernel(d.Data, x.Data, y.Data, z.Data, n);
            Equality.AssertSameBits(d.Span, Expected(kernel, x, y, z), $"length {n}");
        }
    }

    [TestCaseSource(nameof(Cases))]
    public void Equals_its_specification_at_special_values_in_every_lane(ElementwiseCase kernel)
    {
        float[] special = [.. Samples.Special];
        int count = special.Length;
        var x = new float[count * count];
        var y = new float[count * count];
        var z = new float[count * count];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = special[i / count];
            y[i] = special[i % count];
            z[i] = special[(i / count + 3 * i) % count];
        }

        using var gx = new GuardedBuffer(x);
        using var gy = new GuardedBuffer(y);
        using var gz = new GuardedBuffer(z);
        using var d = new GuardedBuffer(x.Length);
        kernel.Kernel(d.Data, gx.Data, gy.Data, gz.Data, x.Length);
        Equality.AssertSameBits(d.Span, Expected(kernel, gx, gy, gz), "special values");
    }

    [TestCaseSource(nameof(Cases))]
    public void May_write_over_any_of_its_sources(ElementwiseCase kernel)
    {
        foreach (int n in new[] { 1, 16, 37, 100 })
        {
            for (int target = 0; target < kernel.Sources; target++)
            {
                using var x = new GuardedBuffer(Samples.Mixed(n, 1), 1);
                using var y = new GuardedBuffer(Samples.Mixed(n, 2), 2);
                using var z = new GuardedBuffer(Samples.Mixed(n, 3), 3);
                float[] expected = Expected(kernel, x, y, z);
                GuardedBuffer d = target == 0 ? x : target == 1 ? y : z;
                kernel.Kernel(d.Data, x.Data, y.Data, z.Data, n);
                Equality.AssertSameBits(d.Span, expected, $"length {n}, over source {target}");
            }
        }
    }

    [TestCase(1, 40)]
    [TestCase(7, 1)]
    [TestCase(5, 17)]
    [TestCase(3, 64)]
    public void Broadcasts_repeat_the_row_or_the_column(int rows, int cols)
    {
        float[] x = Samples.Mixed(rows * cols, 1);
        float[] row = Samples.Mixed(cols, 2);
        float[] column = Samples.Mixed(rows, 3);
        using var gx = new GuardedBuffer(x, 1);
        using var gRow = new GuardedBuffer(row, 2);
        using var gColumn = new GuardedBuffer(column, 3);
        using var d = new GuardedBuffer(x.Length, 5);
        Elementwise.AddRow(d.Data, gx.Data, gRow.Data, rows, cols);
        Check((r, c) => x[r * cols + c] + row[c], nameof(Elementwise.AddRow));
        Elementwise.MultiplyRow(d.Data, gx.Data, gRow.Data, rows, cols);
        Check((r, c) => x[r * cols + c] * row[c], nameof(Elementwise.MultiplyRow));
        Elementwise.AddColumn(d.Data, gx.Data, gColumn.Data, rows, cols);
        Check((r, c) => x[r * cols + c] + column[r], nameof(Elementwise.AddColumn));
        Elementwise.MultiplyColumn(d.Data, gx.Data, gColumn.Data, rows, cols);
        Check((r, c) => x[r * cols + c] * column[r], nameof(Elementwise.MultiplyColumn));

        void Check(Func<int, int, float> expected, string what)
        {
            var values = new float[rows * cols];
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = expected(i / cols, i % cols);
            }

            Equality.AssertSameBits(d.Span, values, what);
        }
    }

    private static float[] Expected(ElementwiseCase kernel, GuardedBuffer x, GuardedBuffer y, GuardedBuffer z)
    {
        var expected = new float[x.Count];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = kernel.Reference(x.Span[i], y.Span[i], z.Span[i]);
        }

        return expected;
    }
}
