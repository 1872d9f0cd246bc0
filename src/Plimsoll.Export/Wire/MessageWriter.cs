using Google.Protobuf;

namespace Plimsoll.Export.Wire;

/// <summary>
/// The fields of one Protocol Buffers message, in the order in which they are written. Fields of the type's default
/// value are left out, as protobuf's own writers do where presence says nothing.
/// </summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly MemoryStream bytes = new();
    private readonly CodedOutputStream output;

    internal MessageWriter() => output = new CodedOutputStream(bytes, leaveOpen: true);

    /// <summary>The bytes of a message.</summary>
    internal static byte[] Bytes(Action<MessageWriter> write)
    {
        using var writer = new MessageWriter();
        write(writer);
        writer.output.Flush();
        return writer.bytes.ToArray();
    }

    internal void Text(int field, string value)
    {
        if (value.Length == 0) return;
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteString(value);
    }

    /// <summary>int64, int32 or an enumeration.</summary>
    internal void Number(int field, long value)
    {
        if (value != 0) Element(field, value);
    }

    /// <summary>One element of a repeated number, which may be 0.</summary>
    internal void Element(int field, long value)
    {
        output.WriteTag(field, WireFormat.WireType.Varint);
        output.WriteInt64(value);
    }

    /// <summary>A binary32, whatever its value.</summary>
    internal void Single(int field, float value)
    {
        output.WriteTag(field, WireFormat.WireType.Fixed32);
        output.WriteFloat(value);
    }

    internal void Raw(int field, ReadOnlyMemory<byte> value)
    {
        output.WriteTag(field, WireFormat.WireType.LengthDelimited);
        output.WriteBytes(UnsafeByteOperations.UnsafeWrap(value));
    }

    /// <summary>A message within this one; it may be empty.</summary>
    internal void Message(int field, Action<MessageWriter> write) => Raw(field, Bytes(write));

    public void Dispose()
    {
        output.Dispose();
        bytes.Dispose();
    }
}
