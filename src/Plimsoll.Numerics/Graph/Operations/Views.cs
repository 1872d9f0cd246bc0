using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

internal sealed record Reshape(Shape To) : Operation
{
    internal override float? OfConstants(ReadOnlySpan<float> inputs) => inputs[0];

    internal override bool IsView => true;

    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Reshape(upstream, node.Inputs[0].Shape));

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

/// <summary>Stops gradients; the memory is the input's.</summary>
internal sealed record Detach : Operation
{
    internal override float? OfConstants(ReadOnlySpan<float> inputs) => inputs[0];

    internal override bool IsView => true;

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

/// <summary>One member of the leading axis, in place.</summary>
internal sealed record Member(int Index) : Operation
{
    internal override bool IsView => true;

    internal override int ViewOffset(Node node) => Index * node.Shape.Count;

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x))
            pass.Accumulate(x, pass.Graph.Make(new PlaceMember(Index, x.Shape[0]), [upstream], x.Shape));
    }

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

/// <summary>Zeros but for one member: the gradient of <see cref="Member"/>.</summary>
internal sealed record PlaceMember(int Index, Axis First) : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Member(upstream, Index));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Inputs[0].Shape.Count;
        var (placed, whole) = (Index * count, First.Size * count);
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(whole, part, parts);
            if (start == end) return;
            Elementwise.Fill(y + start, 0f, end - start);
            var (from, to) = (Math.Max(start, placed), Math.Min(end, placed + count));
            if (from < to) Elementwise.Copy(y + from, x + (from - placed), to - from);
        };
    }
}

internal sealed record Concat(string Axis) : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var start = 0;
        foreach (var input in node.Inputs)
        {
            if (pass.Needs(input)) pass.Accumulate(input, pass.Graph.Columns(upstream, start, input.Shape[^1]));
            start += input.Shape.Columns;
        }
    }

    internal override long FloatingPointOperations(Node node) => 0;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var parts = node.Inputs.Select(i => (Address: (nint)buffers.Of(i), i.Shape.Columns)).ToArray();
        var (rows, columns) = (node.Shape.Rows, node.Shape.Columns);
        return (part, count) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, count);
            if (start == end) return;
            var offset = 0;
            foreach (var (address, width) in parts)
            {
                Layout.Copy2D(y + (nint)start * columns + offset, columns, (float*)address + (nint)start * width, width, end - start, width);
                offset += width;
            }
        };
    }
}

/// <summary>Some neighbouring columns of the last axis.</summary>
internal sealed record Columns(int Start, Axis Last) : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new PlaceColumns(Start, x.Shape[^1]), [upstream], x.Shape));
    }

    internal override long FloatingPointOperations(Node node) => 0;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, width, from) = (node.Shape.Rows, node.Shape.Columns, node.Inputs[0].Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, width, part, parts);
            if (start < end)
                Layout.Copy2D(y + (nint)start * width, width, x + (nint)start * from + Start, from, end - start, width);
        };
    }
}

/// <summary>Zeros but for some columns: the gradient of <see cref="Columns"/>.</summary>
internal sealed record PlaceColumns(int Start, Axis Last) : Operation
{
    internal override void Backward(Backpropagation pass, Node node, Node upstream) =>
        pass.Accumulate(node.Inputs[0], pass.Graph.Columns(upstream, Start, node.Inputs[0].Shape[^1]));

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var (rows, columns, width) = (node.Shape.Rows, node.Shape.Columns, node.Inputs[0].Shape.Columns);
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(rows, columns, part, parts);
            if (start == end) return;
            Elementwise.Fill(y + (nint)start * columns, 0f, (nint)(end - start) * columns);
            Layout.Copy2D(y + (nint)start * columns + Start, columns, x + (nint)start * width, width, end - start, width);
        };
    }
}
