using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Arrays one after another along the leading axis.</summary>
internal sealed record ConcatLeading(string Axis) : Operation
{
    public override string Name => "concat along the leading axis";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var start = 0;
        foreach (var input in node.Inputs)
        {
            if (pass.Needs(input)) pass.Accumulate(input, pass.Graph.SliceLeading(upstream, start, input.Shape[0]));
            start += input.Shape[0].Size;
        }
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var blocks = node.Inputs.Select(i => (Address: (nint)buffers.Of(i), i.Shape.Count)).ToArray();
        return (part, parts) =>
        {
            nint offset = 0;
            foreach (var (address, count) in blocks)
            {
                var (start, end) = Split.Elements(count, part, parts);
                if (start < end) Elementwise.Copy(y + offset + start, (float*)address + start, end - start);
                offset += count;
            }
        };
    }
}

/// <summary>Some neighbouring members of the leading axis, in place.</summary>
internal sealed record SliceLeading(int Start, Axis First) : Operation
{
    internal override bool IsView => true;

    internal override int ViewOffset(Node node) => Start * (node.Shape.Count / First.Size);

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.Make(new PlaceLeading(Start, x.Shape[0]), [upstream], x.Shape));
    }

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

/// <summary>Zeros but for some members: the gradient of <see cref="SliceLeading"/>.</summary>
internal sealed record PlaceLeading(int Start, Axis First) : Operation
{
    public override string Name => "place along the leading axis";

    internal override void Backward(Backpropagation pass, Node node, Node upstream)
    {
        var x = node.Inputs[0];
        if (pass.Needs(x)) pass.Accumulate(x, pass.Graph.SliceLeading(upstream, Start, x.Shape[0]));
    }

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Inputs[0].Shape.Count;
        var before = Start * (node.Shape.Count / First.Size);
        var after = node.Shape.Count - before - count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(before, part, parts);
            if (start < end) Elementwise.Fill(y + start, 0f, end - start);
            (start, end) = Split.Elements(count, part, parts);
            if (start < end) Elementwise.Copy(y + before + start, x + start, end - start);
            (start, end) = Split.Elements(after, part, parts);
            if (start < end) Elementwise.Fill(y + before + count + start, 0f, end - start);
        };
    }
}
