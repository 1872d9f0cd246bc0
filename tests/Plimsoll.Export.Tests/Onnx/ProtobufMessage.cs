using System.Buffers.Binary;
using System.Text;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>A Protocol Buffers message, read without any schema: fields by number, in their order. It is no part of the
/// program, so that the writer is not checked against itself.</summary>
public sealed class ProtobufMessage
{
    private const int Varint = 0, Fixed64 = 1, Delimited = 2, Fixed32 = 5;

    private readonly List<(int Field, int Wire, ulong Number, byte[] Bytes)> fields = [];

    public ProtobufMessage(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            var tag = TakeVarint(ref bytes);
            var (field, wire) = ((int)(tag >> 3), (int)(tag & 7));
            fields.Add(wire switch
            {
                Varint => (field, wire, TakeVarint(ref bytes), []),
                Fixed64 => (field, wire, 0, Take(ref bytes, 8)),
                Delimited => (field, wire, 0, Take(ref bytes, (int)TakeVarint(ref bytes))),
                Fixed32 => (field, wire, 0, Take(ref bytes, 4)),
                _ => throw new InvalidDataException($"wire type {wire} of field {field}"),
            });
        }
    }

    /// <summary>Numbers of the fields that are there.</summary>
    public IReadOnlyList<int> Fields => [.. fields.Select(found => found.Field).Distinct().Order()];

    public IReadOnlyList<long> Numbers(int field) => [.. Of(field, Varint).Select(found => (long)found.Number)];

    public long Number(int field) => Numbers(field).SingleOrDefault();

    public IReadOnlyList<byte[]> Bytes(int field) => [.. Of(field, Delimited).Select(found => found.Bytes)];

    public IReadOnlyList<string> Texts(int field) => [.. Bytes(field).Select(Encoding.UTF8.GetString)];

    public string Text(int field) => Texts(field).SingleOrDefault() ?? "";

    public float Single(int field) => BinaryPrimitives.ReadSingleLittleEndian(Of(field, Fixed32).Single().Bytes);

    public IReadOnlyList<ProtobufMessage> Messages(int field) =>
        [.. Bytes(field).Select(bytes => new ProtobufMessage(bytes))];

    public ProtobufMessage Message(int field) => Messages(field).Single();

    private IEnumerable<(int Field, int Wire, ulong Number, byte[] Bytes)> Of(int field, int wire)
    {
        foreach (var found in fields.Where(found => found.Field == field))
        {
            yield return found.Wire == wire
                ? found
                : throw new InvalidDataException($"field {field} has wire type {found.Wire}, not {wire}");
        }
    }

    private static byte[] Take(ref ReadOnlySpan<byte> bytes, int count)
    {
        var taken = bytes[..count].ToArray();
        bytes = bytes[count..];
        return taken;
    }

    private static ulong TakeVarint(ref ReadOnlySpan<byte> bytes)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = bytes[0];
            bytes = bytes[1..];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80) return value;
        }
    }
}
