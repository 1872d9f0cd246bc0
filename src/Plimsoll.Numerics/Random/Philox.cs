using System.Diagnostics;

namespace Plimsoll.Numerics.Random;

/// <summary>
/// Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011).
/// </summary>
/// <remarks>
/// Counter words: c0 = block, c1 = the low 32 bits of the step, c2 = the stream, c3 = the member (low 16 bits) and
/// bits 32 to 47 of the step (high 16 bits). Key words: the low and high halves of the key. Elements go in groups of
/// 64: element e takes block 16 (e / 64) + e mod 16, word (e / 16) mod 4, so sixteen consecutive elements share a
/// word number and vectors need no shuffles. Limits: steps below 2^48, members below 2^16, elements below 2^34.
/// Any split of a range of elements gives the same bits.
/// </remarks>
public static unsafe partial class Philox
{
    internal const uint Multiplier0 = 0xD2511F53;
    internal const uint Multiplier1 = 0xCD9E8D57;
    internal const uint Weyl0 = 0x9E3779B9;
    internal const uint Weyl1 = 0xBB67AE85;
    internal const int Rounds = 10;

    /// <summary>Elements a group has.</summary>
    internal const int Group = 64;

    /// <summary>The four output words for a counter and a key.</summary>
    public static (uint X0, uint X1, uint X2, uint X3) Block(uint c0, uint c1, uint c2, uint c3, uint k0, uint k1)
    {
        for (int round = 0; round < Rounds; round++)
        {
            ulong p0 = (ulong)Multiplier0 * c0;
            ulong p1 = (ulong)Multiplier1 * c2;
            (c0, c1, c2, c3) = ((uint)(p1 >> 32) ^ c1 ^ k0, (uint)p1, (uint)(p0 >> 32) ^ c3 ^ k1, (uint)p0);
            k0 += Weyl0;
            k1 += Weyl1;
        }

        return (c0, c1, c2, c3);
    }

    /// <summary>Uniform draws on the open interval (0, 1): (word / 2^9 + 1/2) / 2^23, exact in binary32.</summary>
    /// <param name="d">Receives elements start to start + n - 1.</param>
    /// <param name="start">The first element.</param>
    /// <param name="n">How many.</param>
    /// <param name="address">The stream.</param>
    /// <param name="step">The step of the draw.</param>
    public static void Uniform(float* d, nint start, nint n, StreamAddress address, ulong step) =>
        Fill(d, start, n, address, step, default(UniformDraw));

    /// <summary>
    /// Standard normal draws by Box and Muller (1958): of the words (w0, w1) and (w2, w3) of a block, the first gives
    /// the radius sqrt(-2 ln u), u = (w + 1/2) / 2^32, the second the angle, a full turn over 2^32; the even word's
    /// element takes the cosine, the odd one's the sine. No draw exceeds 6.8 in magnitude.
    /// </summary>
    public static void Normal(float* d, nint start, nint n, StreamAddress address, ulong step) =>
        Fill(d, start, n, address, step, default(NormalDraw));

    /// <summary>
    /// Dropout masks: 1 / keepProbability where the element's uniform draw is below keepProbability, else 0.
    /// The probability is resolved to 2^-23; 1 keeps everything.
    /// </summary>
    public static void KeepMask(
        float* d, nint start, nint n, float keepProbability, StreamAddress address, ulong step)
    {
        Debug.Assert(keepProbability is > 0f and <= 1f, "a keep probability lies in (0, 1]");
        Fill(d, start, n, address, step, new KeepDraw(keepProbability, 1f / keepProbability));
    }

    /// <summary>
    /// Independent uniform indices in [0, bound): the upper half of word * bound. An index's probability is off
    /// 1 / bound by less than 2^-32.
    /// </summary>
    public static void Indices(int* d, nint start, nint n, int bound, StreamAddress address, ulong step)
    {
        Debug.Assert(bound > 0, "a bound is positive");
        Fill((float*)d, start, n, address, step, new IndexDraw(bound));
    }

    internal static uint LastCounterWord(StreamAddress address, ulong step)
    {
        Debug.Assert(address.Member <= ushort.MaxValue, "a member has 16 bits");
        Debug.Assert(step < 1UL << 48, "a step has 48 bits");
        return address.Member | (uint)(step >> 32) << 16;
    }
}
