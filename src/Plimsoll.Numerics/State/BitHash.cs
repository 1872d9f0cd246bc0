using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Plimsoll.Numerics.State;

/// <summary>
/// A fast 64-bit hash over raw bits, for comparing states and never for security. Eight accumulators each take
/// every eighth word of 8 bytes: h ← rotl(h + w·P + R, 31)·Q, then fold into one in order; so the additions to a
/// hash and their order matter, and NaNs, signs of zero and denormals count as their bits. P and Q are odd, so each
/// round is a bijection of h and of w: two inputs that differ in one word never collide, others with probability
/// about 2⁻⁶⁴. Rounds: multiply-rotate as in xxHash (Collet). Pure integer arithmetic on little-endian words: the
/// same on every machine.
/// </summary>
public struct BitHash
{
    private const int Accumulators = 8;
    private const ulong P = 0xC2B2AE3D27D4EB4F;
    private const ulong Q = 0x9E3779B185EBCA87;
    private const ulong R = 0x27D4EB2F165667C5;

    private ulong state;

    /// <summary>The hash of everything added so far.</summary>
    public readonly ulong Value
    {
        get
        {
            var h = state;
            h = (h ^ (h >> 33)) * P;
            h = (h ^ (h >> 29)) * Q;
            return h ^ (h >> 32);
        }
    }

    public void Add(long number) => Add((ulong)number);

    /// <summary>The bits of a number.</summary>
    public void Add(double number) => Add(BitConverter.DoubleToUInt64Bits(number));

    /// <summary>The bits of numbers, and how many they are.</summary>
    public void Add(ReadOnlySpan<float> numbers) => Add(MemoryMarshal.AsBytes(numbers));

    public void Add(ReadOnlySpan<byte> bytes)
    {
        Add((ulong)bytes.Length);
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        var whole = words.Length / Accumulators * Accumulators;
        if (whole > 0) AddBlocks(words[..whole]);
        foreach (var word in words[whole..]) Add(Little(word));
        var rest = bytes[(words.Length * sizeof(ulong))..];
        if (rest.IsEmpty) return;
        Span<byte> last = stackalloc byte[sizeof(ulong)];
        last.Clear();
        rest.CopyTo(last);
        Add(BinaryPrimitives.ReadUInt64LittleEndian(last));
    }

    private void Add(ulong word) => state = Round(state, word);

    // Eight local variables stay in registers; an array of them would not.
    private void AddBlocks(ReadOnlySpan<ulong> words)
    {
        var (a, b, c, d) = (state, state + 1, state + 2, state + 3);
        var (e, f, g, h) = (state + 4, state + 5, state + 6, state + 7);
        for (; words.Length >= Accumulators; words = words[Accumulators..])
        {
            a = Round(a, Little(words[0]));
            b = Round(b, Little(words[1]));
            c = Round(c, Little(words[2]));
            d = Round(d, Little(words[3]));
            e = Round(e, Little(words[4]));
            f = Round(f, Little(words[5]));
            g = Round(g, Little(words[6]));
            h = Round(h, Little(words[7]));
        }
        foreach (var accumulator in (ReadOnlySpan<ulong>)[a, b, c, d, e, f, g, h]) Add(accumulator);
    }

    private static ulong Round(ulong h, ulong word) => BitOperations.RotateLeft(h + word * P + R, 31) * Q;

    private static ulong Little(ulong word) =>
        BitConverter.IsLittleEndian ? word : BinaryPrimitives.ReverseEndianness(word);
}
