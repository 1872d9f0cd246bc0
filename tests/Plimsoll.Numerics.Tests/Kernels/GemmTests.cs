using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class GemmTests
{
    /// <summary>A product: its sizes and switches. Pitches exceed the width by Slack.</summary>
    public sealed record Shape(
        int M, int N, int K, bool TransA, bool TransB, bool Accumulate, bool Bias, bool Relu, bool Mask, int Slack);

    [FsCheck.NUnit.Property(MaxTest = 400, Arbitrary = [typeof(Shapes)])]
    public void Equals_the_reference_for_any_shape(Shape shape) => Check(shape);

    // Widths around vectors and panels, depths around blocks, strides that are copied first.
    [TestCase(1, 256, 256)]
    [TestCase(13, 512, 10)]
    [TestCase(70, 1030, 3)]
    [TestCase(26, 64, 512)]
    [TestCase(14, 80, 1024)]
    [TestCase(65, 1024, 20)]
    [TestCase(12, 544, 257)]
    [TestCase(5, 1100, 1)]
    [TestCase(4, 1100, 2)]
    [TestCase(5, 1, 4097)]
    [TestCase(21, 7, 4160)]
    [TestCase(3, 9, 0)]
    [TestCase(3, 2, 0)]
    [TestCase(0, 9, 5)]
    public void Equals_the_reference_at_the_borders_of_blocks(int m, int n, int k)
    {
        for (int flags = 0; flags < 8; flags++)
        {
            Check(new Shape(m, n, k, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, flags > 3, flags < 5, flags % 3 == 1, 0));
        }
    }

    [FsCheck.NUnit.Property(MaxTest = 60, Arbitrary = [typeof(Shapes)])]
    public void Any_split_of_the_rows_gives_the_same_bits(Shape shape, PositiveInt first, PositiveInt second)
    {
        int[] cuts = [0, first.Get % (shape.M + 1), second.Get % (shape.M + 1), shape.M];
        Array.Sort(cuts);
        using var operands = new Operands(shape);
        operands.Multiply(0, shape.M);
        float[] whole = operands.C.Span.ToArray();
        operands.Reset();
        for (int i = 0; i < 3; i++)
        {
            operands.Multiply(cuts[i], cuts[i + 1]);
        }

        Equality.AssertSameBits(operands.C.Span, whole, $"{shape} cut at {string.Join(", ", cuts)}");
    }

    [Test]
    public void NaN_passes_through_the_rectifier_of_the_epilogue()
    {
        var shape = new Shape(5, 20, 3, false, false, false, true, true, false, 0);
        using var operands = new Operands(shape);
        operands.A.Span[0] = float.NaN;
        operands.Multiply(0, 5);
        Assert.That(operands.C.Span[0], Is.NaN);
    }

    private static void Check(Shape shape)
    {
        using var operands = new Operands(shape);
        operands.Multiply(0, shape.M);
        float[] actual = operands.C.Span.ToArray();
        operands.Reset();
        operands.Reference();
        Equality.AssertSameBits(actual, operands.C.Span, shape.ToString());
    }

    public static class Shapes
    {
        public static Arbitrary<Shape> Shape()
        {
            Gen<int> side = Gen.OneOf(Gen.Choose(1, 12), Gen.Choose(1, 70));
            Gen<int> depth = Gen.OneOf(Gen.Choose(0, 20), Gen.Choose(60, 140), Gen.Choose(250, 530));
            return Arb.From(
                from m in side
                from n in side
                from k in depth
                from flags in Gen.Choose(0, 63)
                from slack in Gen.Choose(0, 3)
                select new Shape(
                    m, n, k, (flags & 1) != 0, (flags & 2) != 0, (flags & 4) != 0, (flags & 8) != 0,
                    (flags & 16) != 0, (flags & 32) != 0, slack));
        }
    }

    private sealed class Operands : IDisposable
    {
        private readonly Shape _shape;
        private readonly GuardedBuffer _b;
        private readonly GuardedBuffer _bias;
        private readonly GuardedBuffer _mask;
        private readonly GuardedBuffer _scratch;
        private readonly int _lda;
        private readonly int _ldb;
        private readonly int _ldc;

        public Operands(Shape shape)
        {
            _shape = shape;
            _lda = (shape.TransA ? shape.M : shape.K) + shape.Slack;
            _ldb = (shape.TransB ? shape.K : shape.N) + shape.Slack;
            _ldc = shape.N + shape.Slack;
            A = new GuardedBuffer(Samples.Plain((shape.TransA ? shape.K : shape.M) * _lda, 1), 1);
            _b = new GuardedBuffer(Samples.Plain((shape.TransB ? shape.N : shape.K) * _ldb, 2), 2);
            C = new GuardedBuffer(shape.M * _ldc, 3);
            _bias = new GuardedBuffer(Samples.Plain(shape.N, 4), 5);
            _mask = new GuardedBuffer(Samples.Plain(shape.M * _ldc, 5), 7);
            for (int i = 0; i < _mask.Count; i += 5)
            {
                _mask.Span[i] = Samples.Special[i / 5 % 10];
            }

            _scratch = new GuardedBuffer((int)Gemm.ScratchFloats(shape.N, shape.K));
            Reset();
        }

        public GuardedBuffer A { get; }

        public GuardedBuffer C { get; }

        // Columns between the width and the pitch must come back as they were.
        public void Reset() => Samples.Plain(C.Count, 3).CopyTo(C.Span);

        public void Multiply(int rowStart, int rowEnd) => Gemm.Multiply(
            A.Data, _lda, _shape.TransA, _b.Data, _ldb, _shape.TransB, C.Data, _ldc, _shape.M, _shape.N, _shape.K,
            _shape.Accumulate, _shape.Bias ? _bias.Data : null,
            _shape.Relu ? Activation.Relu : Activation.None, rowStart, rowEnd, _scratch.Data,
            _shape.Mask ? _mask.Data : null);

        public void Reference() => ReferenceGemm.Multiply(
            A.Data, _lda, _shape.TransA, _b.Data, _ldb, _shape.TransB, C.Data, _ldc, _shape.N, _shape.K,
            _shape.Accumulate, _shape.Bias ? _bias.Data : null,
            _shape.Relu ? Activation.Relu : Activation.None, 0, _shape.M,
            _shape.Mask ? _mask.Data : null);

        public void Dispose()
        {
            A.Dispose();
            _b.Dispose();
            C.Dispose();
            _bias.Dispose();
            _mask.Dispose();
            _scratch.Dispose();
        }
    }
}
