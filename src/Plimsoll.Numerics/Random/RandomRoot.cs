using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace Plimsoll.Numerics.Random;

/// <summary>The streams of one stage under one seed, by name.</summary>
/// <remarks>
/// The key is the first 8 bytes (little endian) of SHA-256 over the UTF-8 text
/// "plimsoll/random/1\nseed\nstage"; a stream's number is the first 4 bytes of SHA-256 over
/// "plimsoll/stream/1\nrole". Two roles share a number with probability 2^-32.
/// </remarks>
public sealed class RandomRoot
{
    private readonly ulong _key;

    private RandomRoot(ulong key) => _key = key;

    /// <summary>The root for a seed and a stage's name.</summary>
    public static RandomRoot Of(long seed, string stage) =>
        new(BinaryPrimitives.ReadUInt64LittleEndian(Digest(FormattableString.Invariant(
            $"plimsoll/random/1\n{seed}\n{stage}"))));

    /// <summary>The stream of a role, such as "critic/initialise", for one member of an ensemble.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The member is outside 0 to 65535.</exception>
    public StreamAddress Stream(string role, int member = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(member);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(member, ushort.MaxValue);
        uint stream = BinaryPrimitives.ReadUInt32LittleEndian(Digest($"plimsoll/stream/1\n{role}"));
        return new StreamAddress(_key, stream, (uint)member);
    }

    private static byte[] Digest(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
