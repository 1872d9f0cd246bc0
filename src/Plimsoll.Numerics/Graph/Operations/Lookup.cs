using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Row numbers from numbers: x rounded down, held within 0..bound-1; NaN gives 0.</summary>
internal sealed record ToRows(int Bound) : Operation
{
    public override string Name => $"rows 0..{Bound - 1}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = (int*)buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            for (var i = start; i < end; i++) y[i] = x[i] >= Bound ? Bound - 1 : x[i] > 0f ? (int)x[i] : 0;
        };
    }
}

/// <summary>Row numbers [..] to [.., T]: those of neighbours, each row + first + t held within 0..bound-1.</summary>
internal sealed record WindowRows(int First, int Bound) : Operation
{
    public override string Name => $"window from {First}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = (int*)buffers.Of(node);
        var x = (int*)buffers.Of(node.Inputs[0]);
        var (rows, width) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, width, part, parts);
            for (var r = start; r < end; r++)
            {
                for (var t = 0; t < width; t++)
                    y[(nint)r * width + t] = (int)Math.Clamp((long)x[r] + First + t, 0, Bound - 1);
            }
        };
    }
}

/// <summary>Rows of an array that the program computes: a table [N, D] and row numbers [..] to [.., D].</summary>
internal sealed record Lookup : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (table, rows) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(table)) pass.Accumulate(table, pass.Graph.Make(new ScatterRows(), [upstream, rows], table.Shape));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var table = buffers.Of(node.Inputs[0]);
        var rows = (int*)buffers.Of(node.Inputs[1]);
        var (count, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(count, columns, part, parts);
            if (start < end)
                Layout.Gather(y + (nint)start * columns, table, rows + start, end - start, columns, columns);
        };
    }
}

/// <summary>The gradient of <see cref="Lookup"/>: each row of the upstream gradient added to the row of the table that
/// it came from, in ascending order. Threads split the columns, so each element is one chain.</summary>
internal sealed record ScatterRows : Operation
{
    public override string Name => "lookup gradient";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (rows, d) = (node.Inputs[1], node.Inputs[0]);
        if (pass.Needs(d)) pass.Accumulate(d, pass.Graph.Make(new Lookup(), [upstream, rows], d.Shape));
    }

    internal override long FloatingPointOperations(Node node) => node.Inputs[0].Shape.Count + (long)node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var d = buffers.Of(node.Inputs[0]);
        var rows = (int*)buffers.Of(node.Inputs[1]);
        var (count, tableRows, columns) = (node.Inputs[0].Shape.Rows, node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var pieces = (columns + Grain - 1) / Grain;
            var start = Math.Min(columns, pieces * part / parts * Grain);
            var width = Math.Min(columns, pieces * (part + 1) / parts * Grain) - start;
            if (width > 0) Layout.ScatterAdd(y + start, d + start, rows, count, tableRows, width, columns);
        };
    }

    /// <summary>Columns of a cache line.</summary>
    private const int Grain = 16;
}
