using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class ElementwiseTests
{
    private static IEnumerable<ElementwiseCase> Cases => ElementwiseTable.Cases;

    [TestCaseSource(nameof(Cases))]
    public void Equals_its_specification_at_every_pair_of_special_values(ElementwiseCase kernel)
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
