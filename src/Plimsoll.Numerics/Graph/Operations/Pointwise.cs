using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Element i of the output from element i of each of up to three equally shaped inputs.</summary>
internal abstract record Pointwise : Operation
{
    internal sealed override bool IsElementwise => true;

    /// <summary>Computes n elements; absent inputs are null. The output may be one of the inputs.</summary>
    private protected abstract unsafe void Apply(float* output, float* x, float* y, float* z, nint n);

    /// <summary>By the kernel itself, so that folding changes no bit.</summary>
    internal sealed override unsafe float? OfConstants(ReadOnlySpan<float> inputs)
    {
        float result;
        fixed (float* values = inputs)
        {
            Apply(&result, values, inputs.Length > 1 ? values + 1 : null, inputs.Length > 2 ? values + 2 : null, 1);
        }
        return result;
    }

    internal sealed override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var output = buffers.Of(node);
        float* x = Input(0), y = Input(1), z = Input(2);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Apply(output + start, x + start, y == null ? null : y + start, z == null ? null : z + start, end - start);
        };

        float* Input(int index) => index < node.Inputs.Count ? buffers.Of(node.Inputs[index]) : null;
    }
}
