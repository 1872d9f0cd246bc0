using System.Buffers.Binary;
using Plimsoll.Export.Wire;

namespace Plimsoll.Export.Onnx.Schema;

/// <summary>TensorProto.DataType, as far as it is written.</summary>
internal enum ElementType
{
    Float = 1,
    Int64 = 7,
    Bool = 9,
}

/// <summary>TensorProto: an array in a file, row-major and little-endian.</summary>
internal sealed record OnnxTensor(
    string Name, ElementType Type, IReadOnlyList<long> Dimensions, ReadOnlyMemory<byte> Raw, string Doc = "")
{
    private static class Field
    {
        internal const int Dimensions = 1, Type = 2, Name = 8, Raw = 9, Doc = 12;
    }

    internal static OnnxTensor Of(
        string name, IReadOnlyList<long> dimensions, ReadOnlySpan<float> values, string doc = "")
    {
        var raw = new byte[values.Length * sizeof(float)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteSingleLittleEndian(raw.AsSpan(i * sizeof(float)), values[i]);
        return new OnnxTensor(name, ElementType.Float, dimensions, raw, doc);
    }

    internal static OnnxTensor Of(string name, IReadOnlyList<long> dimensions, ReadOnlySpan<long> values)
    {
        var raw = new byte[values.Length * sizeof(long)];
        for (var i = 0; i < values.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(raw.AsSpan(i * sizeof(long)), values[i]);
        return new OnnxTensor(name, ElementType.Int64, dimensions, raw);
    }

    internal static OnnxTensor Of(string name, IReadOnlyList<long> dimensions, ReadOnlySpan<bool> values)
    {
        var raw = new byte[values.Length];
        for (var i = 0; i < values.Length; i++) raw[i] = values[i] ? (byte)1 : (byte)0;
        return new OnnxTensor(name, ElementType.Bool, dimensions, raw);
    }

    internal void Write(MessageWriter writer)
    {
        foreach (var size in Dimensions) writer.Element(Field.Dimensions, size);
        writer.Number(Field.Type, (long)Type);
        writer.Text(Field.Name, Name);
        writer.Raw(Field.Raw, Raw);
        writer.Text(Field.Doc, Doc);
    }
}
