using System.Numerics;

namespace Plimsoll.Export.TensorBoard;

/// <summary>
/// The checksum of TFRecord files: CRC-32C (Castagnoli's polynomial, reflected), rotated right by 15 bits and
/// moved by a constant, so that a checksum of data that holds checksums stays sound.
/// </summary>
public static class MaskedCrc32C
{
    private const uint Offset = 0xA282EAD8;

    /// <summary>CRC-32C without the mask; 0xE3069283 for the nine bytes "123456789".</summary>
    public static uint Plain(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        foreach (var value in bytes) checksum = BitOperations.Crc32C(checksum, value);
        return ~checksum;
    }

    public static uint Of(ReadOnlySpan<byte> bytes) => BitOperations.RotateRight(Plain(bytes), 15) + Offset;
}
