using System.Buffers.Binary;

namespace Plimsoll.Export.TensorBoard;

/// <summary>
/// TFRecord framing. A record is the payload's length (uint64), the masked checksum of those eight bytes
/// (uint32), the payload, and the payload's masked checksum (uint32); integers are little-endian.
/// </summary>
internal static class RecordFile
{
    internal static void Append(Stream stream, ReadOnlySpan<byte> payload)
    {
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)payload.Length);
        stream.Write(length);
        WriteChecksum(stream, length);
        stream.Write(payload);
        WriteChecksum(stream, payload);
    }

    private static void WriteChecksum(Stream stream, ReadOnlySpan<byte> bytes)
    {
        Span<byte> checksum = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32LittleEndian(checksum, MaskedCrc32C.Of(bytes));
        stream.Write(checksum);
    }
}
