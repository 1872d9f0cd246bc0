using Plimsoll.Export.Wire;

namespace Plimsoll.Export.Onnx.Schema;

/// <summary>AttributeProto: a named number, or a list of whole ones.</summary>
internal abstract record OnnxAttribute(string Name)
{
    private static class Field
    {
        internal const int Name = 1, Single = 2, Number = 3, Numbers = 8, Kind = 20;
    }

    /// <summary>AttributeProto.AttributeType.</summary>
    private static class Kind
    {
        internal const long Single = 1, Number = 2, Numbers = 7;
    }

    internal sealed record Single(string Name, float Value) : OnnxAttribute(Name)
    {
        internal override void Write(MessageWriter writer)
        {
            writer.Text(Field.Name, Name);
            writer.Single(Field.Single, Value);
            writer.Number(Field.Kind, Kind.Single);
        }
    }

    internal sealed record Number(string Name, long Value) : OnnxAttribute(Name)
    {
        internal override void Write(MessageWriter writer)
        {
            writer.Text(Field.Name, Name);
            // 0 is said too: an attribute's own default need not be 0.
            writer.Element(Field.Number, Value);
            writer.Number(Field.Kind, Kind.Number);
        }
    }

    internal sealed record Numbers(string Name, params long[] Values) : OnnxAttribute(Name)
    {
        internal override void Write(MessageWriter writer)
        {
            writer.Text(Field.Name, Name);
            foreach (var value in Values) writer.Element(Field.Numbers, value);
            writer.Number(Field.Kind, Kind.Numbers);
        }
    }

    internal abstract void Write(MessageWriter writer);
}

/// <summary>NodeProto of the standard operators.</summary>
internal sealed record OnnxNode(
    string Operator, string Name, IReadOnlyList<string> Inputs, string Output, IReadOnlyList<OnnxAttribute> Attributes)
{
    private static class Field
    {
        internal const int Input = 1, Output = 2, Name = 3, Operator = 4, Attribute = 5;
    }

    internal void Write(MessageWriter writer)
    {
        foreach (var input in Inputs) writer.Text(Field.Input, input);
        writer.Text(Field.Output, Output);
        writer.Text(Field.Name, Name);
        writer.Text(Field.Operator, Operator);
        foreach (var attribute in Attributes) writer.Message(Field.Attribute, attribute.Write);
    }
}
