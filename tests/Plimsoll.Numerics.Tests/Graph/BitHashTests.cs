using System.Buffers.Binary;
using System.Numerics;
using NUnit.Framework;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>The hash of states: fixed for ever, and blind to nothing.</summary>
public sealed class BitHashTests
{
    [TestCase(0)]
    [TestCase(1)]
    [TestCase(7)]
    [TestCase(8)]
    [TestCase(63)]
    [TestCase(64)]
    [TestCase(65)]
    [TestCase(200)]
    [TestCase(1029)]
    public void It_is_the_hash_of_its_formula(int length)
    {
        var bytes = Bytes(length);
        Assert.That(Hash(bytes), Is.EqualTo(Reference(bytes)));
    }

    [Test]
    public void Any_flipped_bit_changes_it()
    {
        for (var length = 1; length <= 257; length += 8)
        {
            var bytes = Bytes(length);
            var seen = new HashSet<ulong> { Hash(bytes) };
            for (var bit = 0; bit < 8 * length; bit++)
            {
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
                Assert.That(seen.Add(Hash(bytes)), Is.True, $"bit {bit} of {length} bytes");
                bytes[bit / 8] ^= (byte)(1 << (bit % 8));
            }
        }
    }

    [Test]
    public void Two_flipped_bits_do_not_undo_each_other()
    {
        var bytes = Bytes(160);
        var seen = new HashSet<ulong> { Hash(bytes) };
        for (var i = 0; i < 8 * bytes.Length; i += 5)
        {
            for (var j = 0; j < i; j += 7)
            {
                Flip(i);
                Flip(j);
                Assert.That(seen.Add(Hash(bytes)), Is.True, $"bits {i} and {j}");
                Flip(i);
                Flip(j);
            }
        }
        void Flip(int bit) => bytes[bit / 8] ^= (byte)(1 << (bit % 8));
    }

    [Test]
    public void Zeros_count() =>
        Assert.That(Enumerable.Range(0, 300).Select(n => Hash(new byte[n])).Distinct().Count(), Is.EqualTo(300));

    [Test]
    public void Order_matters_within_and_between_additions()
    {
        Assert.That(Hash([1, 2]), Is.Not.EqualTo(Hash([2, 1])));
        var (one, other) = (new BitHash(), new BitHash());
        one.Add([1f]);
        one.Add([2f, 3f]);
        other.Add([1f, 2f]);
        other.Add([3f]);
        Assert.That(one.Value, Is.Not.EqualTo(other.Value), "where one array ends and the next begins");
    }

    [Test]
    public void Signs_of_zero_and_payloads_of_nan_are_bits_like_others()
    {
        float[] values = [0f, -0f, float.NaN, BitConverter.Int32BitsToSingle(0x7FC00001), float.Epsilon];
        var hashes = values.Select(v =>
        {
            var hash = new BitHash();
            hash.Add([v]);
            return hash.Value;
        });
        Assert.That(hashes.Distinct().Count(), Is.EqualTo(values.Length));
    }

    [Test]
    public void Reading_it_does_not_change_it()
    {
        var hash = new BitHash();
        hash.Add(5L);
        Assert.That(hash.Value, Is.EqualTo(hash.Value));
    }

    private static byte[] Bytes(int length) => [.. Enumerable.Range(0, length).Select(i => (byte)(i * 131 + 17))];

    private static ulong Hash(ReadOnlySpan<byte> bytes)
    {
        var hash = new BitHash();
        hash.Add(bytes);
        return hash.Value;
    }

    /// <summary>Word by word, each to the accumulator whose turn it is.</summary>
    private static ulong Reference(byte[] bytes)
    {
        var words = new List<ulong>();
        for (var at = 0; at < bytes.Length; at += 8)
        {
            var word = new byte[8];
            bytes.AsSpan(at, Math.Min(8, bytes.Length - at)).CopyTo(word);
            words.Add(BinaryPrimitives.ReadUInt64LittleEndian(word));
        }
        static ulong Round(ulong h, ulong w) =>
            unchecked(BitOperations.RotateLeft(h + w * 0xC2B2AE3D27D4EB4F + 0x27D4EB2F165667C5, 31) * 0x9E3779B185EBCA87);
        var state = Round(0, (ulong)bytes.Length);
        var inBlocks = bytes.Length / 64 * 8;
        if (inBlocks > 0)
        {
            var lanes = Enumerable.Range(0, 8).Select(i => unchecked(state + (ulong)i)).ToArray();
            for (var i = 0; i < inBlocks; i++) lanes[i % 8] = Round(lanes[i % 8], words[i]);
            foreach (var lane in lanes) state = Round(state, lane);
        }
        foreach (var word in words.Skip(inBlocks)) state = Round(state, word);
        state = unchecked((state ^ (state >> 33)) * 0xC2B2AE3D27D4EB4F);
        state = unchecked((state ^ (state >> 29)) * 0x9E3779B185EBCA87);
        return state ^ (state >> 32);
    }
}
