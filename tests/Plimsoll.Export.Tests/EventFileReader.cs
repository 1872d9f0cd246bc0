using System.Buffers.Binary;
using System.Text;

namespace Plimsoll.Export.Tests;

/// <summary>
/// A small reader of event files that shares no code with the writer: its own table of the checksum and its
/// own walk through the messages.
/// </summary>
internal static class EventFileReader
{
    internal sealed record Event(
        double WallTime, long Step, string? Version, List<(string Tag, float Value)> Scalars);

    private static readonly uint[] Table = MakeTable();

    private static uint[] MakeTable()
    {
        var table = new uint[256];
        for (uint n = 0; n < 256; n++)
        {
            var c = n;
            for (var bit = 0; bit < 8; bit++) c = (c & 1) != 0 ? 0x82F63B78u ^ (c >> 1) : c >> 1;
            table[n] = c;
        }

        return table;
    }

    private static uint Masked(ReadOnlySpan<byte> bytes)
    {
        var c = 0xFFFFFFFFu;
        foreach (var b in bytes) c = Table[(c ^ b) & 0xFF] ^ (c >> 8);
        c = ~c;
        return ((c >> 15) | (c << 17)) + 0xA282EAD8u;
    }

    /// <summary>Throws where a checksum is wrong or something is left over.</summary>
    internal static List<Event> Read(ReadOnlySpan<byte> file)
    {
        var events = new List<Event>();
        while (!file.IsEmpty)
        {
            var length = (int)BinaryPrimitives.ReadUInt64LittleEndian(file);
            Check(file[..8], file[8..12]);
            var payload = file.Slice(12, length);
            Check(payload, file.Slice(12 + length, 4));
            events.Add(ReadEvent(payload));
            file = file[(16 + length)..];
        }

        return events;
    }

    private static void Check(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> checksum)
    {
        if (Masked(bytes) != BinaryPrimitives.ReadUInt32LittleEndian(checksum))
        {
            throw new InvalidDataException("a checksum is wrong");
        }
    }

    private static Event ReadEvent(ReadOnlySpan<byte> bytes)
    {
        double wallTime = 0;
        long step = 0;
        string? version = null;
        var scalars = new List<(string, float)>();
        while (!bytes.IsEmpty)
        {
            switch (Varint(ref bytes))
            {
                case (1 << 3) | 1:
                    wallTime = BinaryPrimitives.ReadDoubleLittleEndian(bytes);
                    bytes = bytes[8..];
                    break;
                case 2 << 3: step = (long)Varint(ref bytes); break;
                case (3 << 3) | 2: version = Encoding.UTF8.GetString(Block(ref bytes)); break;
                case (5 << 3) | 2: ReadSummary(Block(ref bytes), scalars); break;
                case var other: throw new InvalidDataException($"an unexpected field: {other}");
            }
        }

        return new Event(wallTime, step, version, scalars);
    }

    private static void ReadSummary(ReadOnlySpan<byte> bytes, List<(string, float)> scalars)
    {
        while (!bytes.IsEmpty)
        {
            Expect(ref bytes, (1 << 3) | 2);
            var value = Block(ref bytes);
            Expect(ref value, (1 << 3) | 2);
            var tag = Encoding.UTF8.GetString(Block(ref value));
            Expect(ref value, (2 << 3) | 5);
            scalars.Add((tag, BinaryPrimitives.ReadSingleLittleEndian(value)));
            if (value.Length != 4) throw new InvalidDataException("more than a number in a value");
        }
    }

    private static void Expect(ref ReadOnlySpan<byte> bytes, ulong field)
    {
        var found = Varint(ref bytes);
        if (found != field) throw new InvalidDataException($"field {found} instead of {field}");
    }

    private static ulong Varint(ref ReadOnlySpan<byte> bytes)
    {
        ulong value = 0;
        for (var shift = 0; ; shift += 7)
        {
            var b = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(b & 0x7F) << shift;
            if (b < 0x80) return value;
        }
    }

    private static ReadOnlySpan<byte> Block(ref ReadOnlySpan<byte> bytes)
    {
        var length = (int)Varint(ref bytes);
        var block = bytes[..length];
        bytes = bytes[length..];
        return block;
    }
}
