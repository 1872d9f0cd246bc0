using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

internal sealed record SumAll : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Broadcast(upstream, node.Inputs[0].Shape));

    internal override long FloatingPointOperations(Node node) => node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Inputs[0].Shape.Count;
        return (part, _) =>
        {
            if (part == 0) *y = Kernels.Reductions.Sum(x, count);
        };
    }
}

internal sealed record Dot : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var (x, y) = (node.Inputs[0], node.Inputs[1]);
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.TimesScalar(y, upstream));
        if (pass.Needs(y)) pass.Accumulate(y, pass.Graph.TimesScalar(x, upstream));
    }

    internal override long FloatingPointOperations(Node node) => 2L * node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var z = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var y = buffers.Of(node.Inputs[1]);
        var count = node.Inputs[0].Shape.Count;
        return (part, _) =>
        {
            if (part == 0) *z = Kernels.Reductions.Dot(x, y, count);
        };
    }
}

internal sealed record SumLast : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.BroadcastColumn(upstream, node.Inputs[0].Shape[^1]));

    internal override long FloatingPointOperations(Node node) => node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, columns) = (node.Inputs[0].Shape.Rows, node.Inputs[0].Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start < end) Kernels.Reductions.SumColumns(y + start, x + (nint)start * columns, end - start, columns);
        };
    }
}

/// <summary>The gradient of a bias: sum over B of [B, K] to [K], or per member of [E, B, K] to [E, K].</summary>
internal sealed record SumRows(bool PerMember) : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) => pass.RefuseSecondOrder(node);

    internal override long FloatingPointOperations(Node node) => node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var shape = node.Inputs[0].Shape;
        var columns = shape.Columns;
        var members = PerMember ? shape[0].Size : 1;
        var rows = shape.Rows / members;
        return (part, parts) =>
        {
            var (start, end) = Split.Columns(members * columns, rows, part, parts);
            for (var from = start; from < end;)
            {
                var (member, column) = (from / columns, from % columns);
                var width = Math.Min(columns - column, end - from);
                Kernels.Reductions.SumRows(
                    y + from, x + (nint)member * rows * columns + column, rows, width, columns, false);
                from += width;
            }
        };
    }
}

internal sealed record SumLeading : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.BroadcastLeading(upstream, node.Inputs[0].Shape[0]));

    internal override long FloatingPointOperations(Node node) => node.Inputs[0].Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (members, count) = (node.Inputs[0].Shape[0].Size, node.Shape.Count);
        return (part, parts) =>
        {
            var (start, end) = Split.Columns(count, members, part, parts);
            if (start < end) Kernels.Reductions.SumLeading(y + start, x + start, members, end - start, count);
        };
    }
}

internal sealed record BroadcastScalar(Shape To) : Operation
{
    internal override float? OfConstants(ReadOnlySpan<float> inputs) => inputs[0];

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Sum(upstream));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Elementwise.Fill(y + start, *x, end - start);
        };
    }
}

internal sealed record BroadcastColumn(Axis Last) : Operation
{
    internal override float? OfConstants(ReadOnlySpan<float> inputs) => inputs[0];

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.SumLast(upstream));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            for (var r = start; r < end; r++) Elementwise.Fill(y + (nint)r * columns, x[r], columns);
        };
    }
}

internal sealed record BroadcastLeading(Axis First) : Operation
{
    internal override float? OfConstants(ReadOnlySpan<float> inputs) => inputs[0];

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.SumLeading(upstream));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Inputs[0].Shape.Count;
        return (part, parts) =>
        {
            for (var e = part; e < First.Size; e += parts) Elementwise.Copy(y + (nint)e * count, x, count);
        };
    }
}
