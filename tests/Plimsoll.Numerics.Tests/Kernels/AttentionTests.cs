using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Tests.Kernels;

[TestFixture]
public sealed unsafe class AttentionTests
{
    private static readonly StreamAddress Stream = new(17, 3, 0);

    /// <param name="Masked">One key in so many is left out; 0 for no mask at all.</param>
    public sealed record Case(int Sequences, int Tokens, int Heads, int Width, bool IsCausal, bool IsDropped, int Masked)
    {
        internal AttentionLayout Layout =>
            new(Tokens, Heads, Width, IsCausal, IsDropped ? new AttentionDropout(Stream, 0.75f) : null);
    }

    public static class Cases
    {
        public static Arbitrary<Case> Case() => Arb.From(
            from sequences in Gen.Choose(1, 3)
            from tokens in Gen.OneOf(Gen.Choose(1, 20), Gen.Choose(30, 70))
            from heads in Gen.Choose(1, 3)
            from width in Gen.OneOf(Gen.Choose(1, 20), Gen.Elements(16, 32, 33))
            from flags in Gen.Choose(0, 3)
            from masked in Gen.Elements(0, 1, 2, 3, 7)
            select new Case(sequences, tokens, heads, width, (flags & 1) != 0, (flags & 2) != 0, masked));
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(Cases)], MaxTest = 150)]
    public void Equals_its_specification_to_the_bit(Case c)
    {
        using var operands = new Operands(c, 5);
        operands.Forward();
        operands.Gradient();
        float[] actual = operands.Results();
        operands.Reset();
        operands.ByReference();
        Equality.AssertSameBits(actual, operands.Results(), c.ToString());
    }

    [Test]
    public void Equals_its_specification_at_the_sizes_of_a_decision_transformer([Values] bool isCausal)
    {
        using var operands = new Operands(new Case(2, 40, 8, 16, isCausal, true, 5), 0);
        operands.Forward();
        operands.Gradient();
        float[] actual = operands.Results();
        operands.Reset();
        operands.ByReference();
        Equality.AssertSameBits(actual, operands.Results(), "T 40, 8 heads of 16");
    }

    [Test]
    public void Equals_its_specification_where_scores_are_infinite_or_not_a_number([Values] bool isCausal)
    {
        foreach (float odd in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity, 1e30f, 1e-42f })
        {
            for (int at = 0; at < 3 * 21 * 10; at += 37)
            {
                using var operands = new Operands(new Case(1, 21, 2, 5, isCausal, false, 0), 1);
                operands.Inputs.Span[at] = odd;
                operands.Forward();
                operands.Gradient();
                float[] actual = operands.Results();
                operands.Reset();
                operands.Inputs.Span[at] = odd;
                operands.ByReference();
                Equality.AssertSameBits(actual, operands.Results(), $"{odd} at {at}");
            }
        }
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(Cases)], MaxTest = 40)]
    public void Later_tokens_do_not_enter_a_causal_result(Case c, byte cut)
    {
        var causal = c with { IsCausal = true, Sequences = 1 };
        int from = cut % causal.Tokens;
        using var operands = new Operands(causal, 2);
        operands.Forward();
        float[] before = operands.Output.Span[..(from * causal.Layout.Pitch)].ToArray();
        for (int array = 0; array < 3; array++)
        {
            int row = causal.Tokens * causal.Layout.Pitch;
            operands.Inputs.Span[(array * row + from * causal.Layout.Pitch)..((array + 1) * row)].Fill(float.NaN);
        }

        operands.Forward();
        Equality.AssertSameBits(operands.Output.Span[..before.Length], before, $"{causal} from token {from}");
    }

    [FsCheck.NUnit.Property(Arbitrary = [typeof(Cases)], MaxTest = 40)]
    public void A_padded_sequence_gives_the_bits_of_the_short_one(Case c, byte pad)
    {
        // Dropout is addressed by the sizes, so it differs between the two.
        var small = c with { Sequences = 1, IsDropped = false, Masked = 0 };
        int padding = 1 + pad % 5;
        var large = small with { Tokens = small.Tokens + padding };
        int pitch = small.Layout.Pitch;
        using var one = new Operands(small, 0);
        using var other = new Operands(large, 3, padding);
        int size = small.Tokens * pitch;
        for (int array = 0; array < 4; array++)
        {
            Span<float> target = other.Inputs.Span.Slice(array * large.Tokens * pitch, large.Tokens * pitch);
            // The upstream gradient of what was padded is 0, as where a loss masks it.
            target[..(padding * pitch)].Fill(array == 3 ? 0f : float.NaN);
            one.Inputs.Span.Slice(array * size, size).CopyTo(target[(padding * pitch)..]);
        }

        one.Forward();
        other.Forward();
        Equality.AssertSameBits(other.Output.Span[(padding * pitch)..], one.Output.Span, "output");
        if (small.IsCausal)
        {
            one.Gradient();
            other.Gradient();
            for (int array = 0; array < 3; array++)
            {
                Span<float> wide = other.Gradients.Span.Slice(array * large.Tokens * pitch, large.Tokens * pitch);
                Equality.AssertSameBits(
                    wide[(padding * pitch)..], one.Gradients.Span.Slice(array * size, size), $"gradient {array}");
            }
        }
    }

    [Test]
    public void A_query_that_sees_no_key_gives_zero_and_gets_none([Values] bool isCausal)
    {
        using var operands = new Operands(new Case(2, 9, 2, 4, isCausal, true, 1), 0);
        operands.Forward();
        operands.Gradient();
        Assert.That(operands.Results(), Is.All.EqualTo(0f));
    }

    [Test]
    public void Dropout_keeps_the_expected_share_and_the_mean()
    {
        // Equal scores and values of one: each output is the mean of the kept factors of its row.
        var layout = new AttentionLayout(64, 4, 1, false, new AttentionDropout(Stream, 0.75f));
        int size = 64 * 4;
        using var zeros = new GuardedBuffer(size);
        using var ones = new GuardedBuffer(Enumerable.Repeat(1f, size).ToArray());
        using var o = new GuardedBuffer(size);
        using var scratch = new GuardedBuffer((int)layout.ScratchFloats);
        Attention.Forward(o.Data, zeros.Data, zeros.Data, ones.Data, null, layout, 0, 4, 3, scratch.Data);
        // 16384 draws of variance 1/3: the mean has a deviation of 0.0045.
        Assert.That(o.Span.ToArray().Average(), Is.EqualTo(1f).Within(0.02f));
        float[] first = o.Span.ToArray();
        Attention.Forward(o.Data, zeros.Data, zeros.Data, ones.Data, null, layout, 0, 4, 4, scratch.Data);
        Assert.That(o.Span.ToArray(), Is.Not.EqualTo(first));
    }

    private sealed class Operands : IDisposable
    {
        private readonly AttentionLayout _layout;
        private readonly int _sequences;
        private readonly int _size;
        private readonly float[]? _mask;
        private readonly GuardedBuffer _scratch;
        private readonly int _padding;

        public Operands(Case c, int offset, int padding = 0)
        {
            _layout = c.Layout;
            _sequences = c.Sequences;
            _padding = padding;
            _size = c.Sequences * c.Tokens * _layout.Pitch;
            _mask = c.Masked == 0 && padding == 0 ? null
                : [.. Enumerable.Range(0, c.Sequences * c.Tokens).Select(t => Keeps(t, c.Masked) ? 1f : 0f)];
            Inputs = new GuardedBuffer(4 * _size, offset);
            Output = new GuardedBuffer(_size, offset);
            Gradients = new GuardedBuffer(3 * _size, offset + 1);
            _scratch = new GuardedBuffer((int)_layout.ScratchFloats);
            Reset();
        }

        /// <summary>q, k, v and the upstream gradient.</summary>
        public GuardedBuffer Inputs { get; }

        public GuardedBuffer Output { get; }

        /// <summary>Those of q, k and v.</summary>
        public GuardedBuffer Gradients { get; }

        private int Items => _sequences * _layout.Heads;

        private float* Q => Inputs.Data;

        private float* K => Q + _size;

        private float* V => K + _size;

        private float* Upstream => V + _size;

        public void Reset()
        {
            Samples.Mixed(Inputs.Count, 11).CopyTo(Inputs.Span);
            Output.Span.Fill(1e9f);
            Gradients.Span.Fill(1e9f);
            _scratch.Span.Fill(float.NaN);
        }

        public float[] Results() => [.. Output.Span, .. Gradients.Span];

        public void Forward()
        {
            fixed (float* mask = _mask)
            {
                Attention.Forward(Output.Data, Q, K, V, mask, _layout, 0, Items, 7, _scratch.Data);
            }
        }

        public void Gradient()
        {
            fixed (float* mask = _mask)
            {
                Attention.Gradient(
                    Gradients.Data, Gradients.Data + _size, Gradients.Data + 2 * _size, Upstream, Q, K, V, mask, _layout,
                    0, Items, 7, _scratch.Data);
            }
        }

        public void ByReference()
        {
            fixed (float* mask = _mask)
            {
                ReferenceAttention.Forward(Output.Data, Q, K, V, mask, _layout, 0, Items, 7, _scratch.Data);
                ReferenceAttention.Gradient(
                    Gradients.Data, Gradients.Data + _size, Gradients.Data + 2 * _size, Upstream, Q, K, V, mask, _layout,
                    0, Items, 7, _scratch.Data);
            }
        }

        public void Dispose()
        {
            Inputs.Dispose();
            Output.Dispose();
            Gradients.Dispose();
            _scratch.Dispose();
        }

        private bool Keeps(int token, int masked) =>
            token >= _padding && (masked == 0 || (token * 7 + 3) % masked != 0);
    }
}
