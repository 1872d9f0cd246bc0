using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// A host function of a few scalars, for decisions such as how two gradients combine. It must be a pure
/// function of its arguments. Has no gradient.
/// </summary>
internal sealed record ScalarMap(string Key, Func<float[], float> Function) : Operation
{
    public override string Name => Key;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var addresses = node.Inputs.Select(i => (nint)buffers.Of(i)).ToArray();
        var arguments = new float[addresses.Length];
        return (part, _) =>
        {
            if (part != 0) return;
            for (var i = 0; i < arguments.Length; i++) arguments[i] = *(float*)addresses[i];
            *y = Function(arguments);
        };
    }
}
