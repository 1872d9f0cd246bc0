using Plimsoll.Export.Wire;

namespace Plimsoll.Export.Onnx.Schema;

/// <summary>GraphProto: nodes in an order in which each comes after what it takes.</summary>
internal sealed record OnnxGraph(
    string Name, string Doc, IReadOnlyList<OnnxNode> Nodes, IReadOnlyList<OnnxTensor> Initialisers,
    IReadOnlyList<OnnxValue> Inputs, IReadOnlyList<OnnxValue> Outputs)
{
    private static class Field
    {
        internal const int Node = 1, Name = 2, Initialiser = 5, Doc = 10, Input = 11, Output = 12;
    }

    internal void Write(MessageWriter writer)
    {
        foreach (var node in Nodes) writer.Message(Field.Node, node.Write);
        writer.Text(Field.Name, Name);
        foreach (var tensor in Initialisers) writer.Message(Field.Initialiser, tensor.Write);
        writer.Text(Field.Doc, Doc);
        foreach (var value in Inputs) writer.Message(Field.Input, value.Write);
        foreach (var value in Outputs) writer.Message(Field.Output, value.Write);
    }
}

/// <summary>
/// ModelProto: the message that an .onnx file is. The numbers of fields are those of the ONNX project's schema
/// (onnx.proto, proto2); the version of the representation is that of ONNX 1.12, which brought operator set 17.
/// </summary>
internal sealed record OnnxModel(
    string ProducerVersion, string Doc, IReadOnlyList<KeyValuePair<string, string>> Metadata, OnnxGraph Graph)
{
    internal const long Representation = 8, OperatorSet = 17;

    internal const string Producer = "Plimsoll";

    private static class Field
    {
        internal const int Representation = 1, Producer = 2, ProducerVersion = 3, ModelVersion = 5, Doc = 6, Graph = 7,
            OperatorSet = 8, Metadata = 14;
    }

    /// <summary>Fields of OperatorSetIdProto (an empty domain is that of the standard operators) and of
    /// StringStringEntryProto.</summary>
    private static class EntryField
    {
        internal const int SetVersion = 2, Key = 1, Value = 2;
    }

    /// <summary>The file.</summary>
    internal byte[] ToBytes() => MessageWriter.Bytes(writer =>
    {
        writer.Number(Field.Representation, Representation);
        writer.Text(Field.Producer, Producer);
        writer.Text(Field.ProducerVersion, ProducerVersion);
        writer.Number(Field.ModelVersion, 1);
        writer.Text(Field.Doc, Doc);
        writer.Message(Field.Graph, Graph.Write);
        writer.Message(Field.OperatorSet, set => set.Number(EntryField.SetVersion, OperatorSet));
        foreach (var (key, value) in Metadata)
        {
            writer.Message(Field.Metadata, entry =>
            {
                entry.Text(EntryField.Key, key);
                entry.Text(EntryField.Value, value);
            });
        }
    });
}
