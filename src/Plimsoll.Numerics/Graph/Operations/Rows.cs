using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>One row [K] on each row of x [.., K].</summary>
internal sealed record AddRow : Operation
{
    public override string Name => "add row";

    internal override bool IsElementwise => true;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, row) = (node.Inputs[0], node.Inputs[1]);
        pass.Accumulate(x, upstream);
        if (pass.Needs(row)) pass.Accumulate(row, pass.Graph.Make(new SumRows(false), [upstream], row.Shape));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var row = buffers.Of(node.Inputs[1]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            var shift = (nint)start * columns;
            if (start < end) Elementwise.AddRow(y + shift, x + shift, row, end - start, columns);
        };
    }
}

/// <summary>Each row of x [.., K] times one row [K], element by element.</summary>
internal sealed record TimesRow : Operation
{
    public override string Name => "times row";

    internal override bool IsElementwise => true;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, row) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.TimesRow(upstream, row));
        if (pass.Needs(row)) pass.Accumulate(row, pass.Graph.Make(new SumRows(false), [upstream * x], row.Shape));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var row = buffers.Of(node.Inputs[1]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            var shift = (nint)start * columns;
            if (start < end) Elementwise.MultiplyRow(y + shift, x + shift, row, end - start, columns);
        };
    }
}
