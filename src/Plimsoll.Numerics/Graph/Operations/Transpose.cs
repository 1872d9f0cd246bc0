using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>The last two axes swapped: [.., R, C] to [.., C, R].</summary>
internal sealed record Transpose : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        if (pass.Needs(node.Inputs[0])) pass.Accumulate(node.Inputs[0], pass.Graph.Transpose(upstream));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, columns) = (node.Shape[^1].Size, node.Shape[^2].Size);
        var batch = node.Shape.Count / rows / columns;
        return (part, parts) =>
        {
            // One matrix is split by its columns, which are the rows of the result.
            var (first, last) = batch == 1 ? (0, 1) : Split.Rows(batch, rows * columns, part, parts);
            var (start, end) = batch == 1 ? Split.Rows(columns, rows, part, parts) : (0, columns);
            if (start == end) return;
            for (var i = first; i < last; i++)
            {
                var shift = (nint)i * rows * columns;
                Layout.Transpose(y + shift + (nint)start * rows, rows, x + shift + start, columns, rows, end - start);
            }
        };
    }
}
