using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>Blocks move data and rows are dealt out to threads; neither may enter a bit, however oddly they
/// are cut.</summary>
public sealed unsafe class BlockingTests
{
    private static readonly int[] Depths = [1, 2, 7, 33, 100, 255];

    /// <summary>Multiples of a vector; below the widest panel and between two of them too.</summary>
    private static readonly int[] Widths = [16, 32, 48, 96];

    [Test]
    public void Any_depth_and_width_of_a_block_gives_the_bits_of_the_measured_one(
        [Values(1, 13, 30)] int m, [Values(8, 17, 33, 200)] int n, [Values(1, 2, 40, 300)] int k)
    {
        foreach (var (transA, transB, accumulate) in Switches())
        {
            var product = new Product(m, n, k, transA, transB, accumulate);
            var expected = product.Run([0, m], GemmBlocking.Measured);
            foreach (var depth in Depths)
            {
                foreach (var width in Widths)
                {
                    Equality.AssertSameBits(
                        product.Run([0, m], new GemmBlocking(depth, width)), expected,
                        $"{product}, blocks of depth {depth} and width {width}");
                }
            }
        }
    }

    [TestCase(26, 40, 70)]
    [TestCase(26, 3, 130)]
    [TestCase(9, 7, 5)]
    public void A_cut_of_the_rows_at_any_place_gives_the_bits_of_none(int m, int n, int k)
    {
        foreach (var (transA, transB, accumulate) in Switches())
        {
            var product = new Product(m, n, k, transA, transB, accumulate);
            var expected = product.Run([0, m], GemmBlocking.Measured);
            for (var cut = 0; cut <= m; cut++)
            {
                Equality.AssertSameBits(
                    product.Run([0, cut, m], GemmBlocking.Measured), expected, $"{product}, cut at {cut}");
                Equality.AssertSameBits(
                    product.Run([0, cut, m], new GemmBlocking(7, 32)), expected,
                        $"{product}, cut at {cut}, small blocks");
            }
            int[] each = [.. Enumerable.Range(0, m + 1)];
            Equality.AssertSameBits(product.Run(each, new GemmBlocking(33, 32)), expected, $"{product}, row by row");
        }
    }

    private static IEnumerable<(bool TransA, bool TransB, bool Accumulate)> Switches() =>
        from flags in Enumerable.Range(0, 8) select ((flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0);

    private sealed record Product(int M, int N, int K, bool TransA, bool TransB, bool Accumulate)
    {
        internal float[] Run(int[] cuts, GemmBlocking blocking)
        {
            using var a = new GuardedBuffer(Samples.Plain(M * K, 1), 1);
            using var b = new GuardedBuffer(Samples.Plain(K * N, 2), 3);
            using var c = new GuardedBuffer(Samples.Plain(M * N, 3), 2);
            using var bias = new GuardedBuffer(Samples.Plain(N, 4), 5);
            using var scratch = new GuardedBuffer((int)blocking.ScratchFloats(N, K));
            for (var i = 0; i + 1 < cuts.Length; i++)
            {
                Gemm.Multiply(
                    a.Data, TransA ? M : K, TransA, b.Data, TransB ? K : N, TransB, c.Data, N, M, N, K, Accumulate,
                    bias.Data, Activation.Relu, cuts[i], cuts[i + 1], scratch.Data, blocking);
            }
            return c.Span.ToArray();
        }
    }
}
