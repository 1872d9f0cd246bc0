using System.Buffers.Binary;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>A dimension of an input or output: a size, or a name.</summary>
public readonly record struct ReadDimension(long Size, string Symbol);

public sealed record ReadValue(string Name, long Type, IReadOnlyList<ReadDimension> Dimensions, string Doc);

public sealed record ReadNode(
    string Operator, string Name, IReadOnlyList<string> Inputs, IReadOnlyList<string> Outputs,
    IReadOnlyDictionary<string, ProtobufMessage> Attributes)
{
    public long Whole(string name, long otherwise) =>
        Attributes.TryGetValue(name, out var attribute) ? attribute.Number(3) : otherwise;

    public IReadOnlyList<long> Wholes(string name) => Attributes[name].Numbers(8);
}

/// <summary>An ONNX file by the numbers of onnx.proto.</summary>
public sealed record ReadModel(ProtobufMessage Message)
{
    private readonly ProtobufMessage graph = Message.Message(7);

    public long Representation => Message.Number(1);

    public string Producer => Message.Text(2);

    public long OperatorSet => Message.Message(8).Number(2);

    public IReadOnlyDictionary<string, string> Metadata { get; } =
        Message.Messages(14).ToDictionary(entry => entry.Text(1), entry => entry.Text(2));

    public IReadOnlyList<ReadNode> Nodes { get; } = [.. Message.Message(7).Messages(1).Select(node => new ReadNode(
        node.Text(4), node.Text(3), node.Texts(1), node.Texts(2),
        node.Messages(5).ToDictionary(attribute => attribute.Text(1))))];

    public IReadOnlyList<ReadValue> Inputs => [.. graph.Messages(11).Select(Value)];

    public IReadOnlyList<ReadValue> Outputs => [.. graph.Messages(12).Select(Value)];

    public IReadOnlyDictionary<string, Numbers> Initialisers { get; } =
        Message.Message(7).Messages(5).ToDictionary(tensor => tensor.Text(8), Tensor);

    private static ReadValue Value(ProtobufMessage value)
    {
        var tensor = value.Message(2).Message(1);
        return new ReadValue(
            value.Text(1), tensor.Number(1),
            [.. tensor.Message(2).Messages(1).Select(d => new ReadDimension(d.Number(1), d.Text(2)))], value.Text(3));
    }

    private static Numbers Tensor(ProtobufMessage tensor)
    {
        var raw = tensor.Bytes(9).Single();
        var (width, read) = tensor.Number(2) switch
        {
            1 => (4, at => BinaryPrimitives.ReadSingleLittleEndian(raw.AsSpan(at))),
            7 => (8, at => BinaryPrimitives.ReadInt64LittleEndian(raw.AsSpan(at))),
            9 => (1, (Func<int, double>)(at => raw[at])),
            var other => throw new InvalidDataException($"element type {other}"),
        };
        int[] shape = [.. tensor.Numbers(1).Select(size => (int)size)];
        Assert.That(raw, Has.Length.EqualTo(width * shape.Aggregate(1, (n, size) => n * size)), tensor.Text(8));
        return new Numbers(shape, [.. Enumerable.Range(0, raw.Length / width).Select(i => read(i * width))]);
    }
}
