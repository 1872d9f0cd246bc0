using Plimsoll.Export.Onnx.Schema;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>Operations element by element.</summary>
internal static class Pointwise
{
    private const float RootHalf = 0.70710677f;

    internal static string? Emit(Emitter e, Node node) => node.Operation switch
    {
        Unary unary => Of(e, unary.Kind, e.Of(node.Inputs[0])),
        Binary binary => Of(e, binary.Kind, Operands(e, node.Inputs)),
        Select => Chosen(e, node),
        Scale scale => e.Add("Mul", [e.Of(node.Inputs[0]), e.Number(scale.Factor)]),
        AddConstant add => e.Add("Add", [e.Of(node.Inputs[0]), e.Number(add.Term)]),
        Clamp clamp => e.Add("Clip", [e.Of(node.Inputs[0]), e.Number(clamp.Low), e.Number(clamp.High)]),
        TimesScalar => e.Add("Mul", [e.Of(node.Inputs[0]), e.Of(node.Inputs[1])]),
        TimesColumn => e.Add(
            "Mul", [e.Of(node.Inputs[0]), e.Add("Unsqueeze", [e.Of(node.Inputs[1]), e.List(-1)])]),
        AddRow => e.Add("Add", [e.Of(node.Inputs[0]), e.Of(node.Inputs[1])]),
        TimesRow => e.Add("Mul", [e.Of(node.Inputs[0]), e.Of(node.Inputs[1])]),
        _ => null,
    };

    /// <summary>Operands of one shape; all but one may be given as a single number.</summary>
    private static string[] Operands(Emitter e, IReadOnlyList<Node> inputs)
    {
        var full = inputs.Any(input => input.Operation is not Constant);
        return [.. inputs.Select((input, i) => full || i > 0 ? e.Repeatable(input) : e.Of(input))];
    }

    private static string Of(Emitter e, UnaryKind kind, string x) => kind switch
    {
        UnaryKind.Square => e.Add("Mul", [x, x]),
        UnaryKind.Mish => e.Add("Mul", [x, e.Add("Tanh", [e.Add("Softplus", [x])])]),
        UnaryKind.Silu => e.Add("Mul", [x, e.Add("Sigmoid", [x])]),
        // x (1 + erf(x/√2))/2.
        UnaryKind.Gelu => e.Add(
            "Mul",
            [
                e.Add("Mul", [x, e.Number(0.5f)]),
                e.Add("Add", [e.Add("Erf", [e.Add("Mul", [x, e.Number(RootHalf)])]), e.Number(1f)]),
            ]),
        UnaryKind.Sqrt or UnaryKind.Abs or UnaryKind.Exp or UnaryKind.Log or UnaryKind.Tanh or UnaryKind.Sigmoid
            or UnaryKind.Softplus or UnaryKind.Relu or UnaryKind.Sin or UnaryKind.Cos => e.Add(kind.ToString(), [x]),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such function"),
    };

    private static string Of(Emitter e, BinaryKind kind, string[] operands) => kind switch
    {
        BinaryKind.Add => e.Add("Add", operands),
        BinaryKind.Subtract => e.Add("Sub", operands),
        BinaryKind.Multiply => e.Add("Mul", operands),
        BinaryKind.Divide => e.Add("Div", operands),
        BinaryKind.Minimum => e.Add("Min", operands),
        BinaryKind.Maximum => e.Add("Max", operands),
        BinaryKind.GreaterThan => e.Add(
            "Cast", [e.Add("Greater", operands)], new OnnxAttribute.Number("to", (long)ElementType.Float)),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "no such function"),
    };

    private static string Chosen(Emitter e, Node node)
    {
        var mask = Truth(e, e.Of(node.Inputs[0]));
        return e.Add("Where", [mask, e.Repeatable(node.Inputs[1]), e.Repeatable(node.Inputs[2])]);
    }

    /// <summary>Whether numbers are other than 0.</summary>
    internal static string Truth(Emitter e, string mask) =>
        e.Add("Cast", [mask], new OnnxAttribute.Number("to", (long)ElementType.Bool));
}
