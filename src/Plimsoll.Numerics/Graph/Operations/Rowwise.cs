using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>
/// Row r of the output from row r of each of up to three inputs. The widest array [.., K] among them says what a row
/// is; one of shape [..] has a single element a row. Threads split the rows.
/// </summary>
internal abstract record Rowwise : Operation
{
    /// <summary>Operations an element of the widest array takes, about.</summary>
    private protected virtual long Cost => 1;

    /// <summary>Computes rows; absent inputs are null.</summary>
    private protected abstract unsafe void Apply(float* output, float* x, float* y, float* z, int rows, int columns);

    internal sealed override long FloatingPointOperations(Node node) => Cost * Widest(node).Count;

    internal sealed override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var output = buffers.Of(node);
        var (rows, columns) = (Widest(node).Rows, Widest(node).Columns);
        var width = node.Shape.Count / rows;
        float* x = Input(0), y = Input(1), z = Input(2);
        int xWidth = Width(0), yWidth = Width(1), zWidth = Width(2);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            Apply(
                output + (nint)start * width, x + (nint)start * xWidth, y + (nint)start * yWidth,
                z + (nint)start * zWidth, end - start, columns);
        };

        float* Input(int index) => index < node.Inputs.Count ? buffers.Of(node.Inputs[index]) : null;
        int Width(int index) => index < node.Inputs.Count ? node.Inputs[index].Shape.Count / rows : 0;
    }

    private static Shape Widest(Node node) => node.Inputs.Select(i => i.Shape).Append(node.Shape).MaxBy(s => s.Rank)!;
}
