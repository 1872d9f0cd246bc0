using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Each row of x [.., K] with the same row [K], element by element.</summary>
internal abstract record WithRow : Operation
{
    internal sealed override bool IsElementwise => true;

    /// <summary>Computes so many rows of x and the output.</summary>
    private protected abstract unsafe void Apply(float* output, float* x, float* row, int rows, int columns);

    internal sealed override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var row = buffers.Of(node.Inputs[1]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            var shift = (nint)start * columns;
            if (start < end) Apply(y + shift, x + shift, row, end - start, columns);
        };
    }
}

/// <summary>One row [K] on each row of x [.., K].</summary>
internal sealed record AddRow : WithRow
{
    public override string Name => "add row";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, row) = (node.Inputs[0], node.Inputs[1]);
        pass.Accumulate(x, upstream);
        if (pass.Needs(row)) pass.Accumulate(row, pass.Graph.Make(new SumRows(false), [upstream], row.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* row, int rows, int columns) =>
        Elementwise.AddRow(output, x, row, rows, columns);
}

/// <summary>Each row of x [.., K] times one row [K], element by element.</summary>
internal sealed record TimesRow : WithRow
{
    public override string Name => "times row";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, row) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.TimesRow(upstream, row));
        if (pass.Needs(row)) pass.Accumulate(row, pass.Graph.Make(new SumRows(false), [upstream * x], row.Shape));
    }

    private protected override unsafe void Apply(float* output, float* x, float* row, int rows, int columns) =>
        Elementwise.MultiplyRow(output, x, row, rows, columns);
}
