using Plimsoll.Numerics.Graph;

namespace Plimsoll.Export.Onnx.Mapping;

/// <summary>
/// What each operation of a graph is in operator set 17. An operation that is written here computes what ours does in
/// exact arithmetic; in binary32 the runtime may add in another order and has other polynomials.
/// </summary>
internal static class OperationMap
{
    /// <summary>Adds the nodes of an operation, whose inputs are there, and gives the name of its value; null: there is
    /// no mapping.</summary>
    internal static string? Emit(Emitter emitter, Node node) =>
        Pointwise.Emit(emitter, node)
        ?? Products.Emit(emitter, node)
        ?? Views.Emit(emitter, node)
        ?? OverAxes.Emit(emitter, node)
        ?? Sequences.Emit(emitter, node);
}
