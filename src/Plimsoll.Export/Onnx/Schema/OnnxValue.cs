using System.Globalization;
using Plimsoll.Export.Wire;

namespace Plimsoll.Export.Onnx.Schema;

/// <summary>TensorShapeProto.Dimension: a size, or the name of one that is known when the model runs.</summary>
internal readonly record struct OnnxDimension(long Size, string Symbol = "")
{
    private static class Field
    {
        internal const int Size = 1, Symbol = 2;
    }

    internal void Write(MessageWriter writer)
    {
        if (Symbol.Length > 0) writer.Text(Field.Symbol, Symbol);
        else writer.Element(Field.Size, Size);
    }

    public override string ToString() =>
        Symbol.Length > 0 ? Symbol : Size.ToString(CultureInfo.InvariantCulture);
}

/// <summary>ValueInfoProto of a tensor: an input or an output of the graph.</summary>
internal sealed record OnnxValue(string Name, ElementType Type, IReadOnlyList<OnnxDimension> Dimensions, string Doc)
{
    private static class Field
    {
        internal const int Name = 1, Type = 2, Doc = 3;
    }

    /// <summary>Fields of TypeProto, of TypeProto.Tensor and of TensorShapeProto.</summary>
    private static class TypeField
    {
        internal const int Tensor = 1, ElementType = 1, Shape = 2, Dimension = 1;
    }

    internal void Write(MessageWriter writer)
    {
        writer.Text(Field.Name, Name);
        writer.Message(Field.Type, type => type.Message(TypeField.Tensor, tensor =>
        {
            tensor.Number(TypeField.ElementType, (long)Type);
            tensor.Message(TypeField.Shape, shape =>
            {
                foreach (var dimension in Dimensions) shape.Message(TypeField.Dimension, dimension.Write);
            });
        }));
        writer.Text(Field.Doc, Doc);
    }
}
