using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>An array of the state at one version; its memory is the array itself.</summary>
internal sealed record Variable(StateArray Array, int Version) : Operation
{
    public override string Name => $"read {Array.Name}";

    internal override long FloatingPointOperations(Node node) => 0;

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

/// <summary>A filled buffer; written once when the program is compiled. Compared by bits: 0 and -0 differ.</summary>
internal sealed record Constant(float Value) : Operation
{
    private readonly int bits = BitConverter.SingleToInt32Bits(Value);

    public bool Equals(Constant? other) => other is not null && bits == other.bits;

    public override int GetHashCode() => bits;

    public override string Name => $"constant {Value}";

    internal override long FloatingPointOperations(Node node) => 0;

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

internal sealed record HostInput(string Key) : Operation
{
    public override string Name => $"input {Key}";

    internal override long FloatingPointOperations(Node node) => 0;

    internal override Kernel? Lower(Node node, Lowering buffers) => null;
}

internal sealed record PerStep(string Key, Func<long, float> Value) : Operation
{
    public override string Name => $"per step {Key}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var clock = buffers.Clock;
        var value = Value;
        return (part, _) =>
        {
            if (part == 0) *y = value(clock.Step);
        };
    }
}

internal enum DrawKind
{
    Uniform,
    Normal,
    KeepMask,
}

internal sealed record RandomDraw(DrawKind Kind, StreamAddress Stream, float Keep) : Operation
{
    public override string Name => $"draw {Kind}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var count = node.Shape.Count;
        var clock = buffers.Clock;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start == end) return;
            var step = (ulong)clock.Step;
            switch (Kind)
            {
                case DrawKind.Uniform: Philox.Uniform(y + start, start, end - start, Stream, step); break;
                case DrawKind.Normal: Philox.Normal(y + start, start, end - start, Stream, step); break;
                default: Philox.KeepMask(y + start, start, end - start, Keep, Stream, step); break;
            }
        };
    }
}

internal sealed record DrawRows(StreamAddress Stream, int Bound) : Operation
{
    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = (int*)buffers.Of(node);
        var count = node.Shape.Count;
        var clock = buffers.Clock;
        return (part, _) =>
        {
            if (part == 0) Philox.Indices(y, 0, count, Bound, Stream, (ulong)clock.Step);
        };
    }
}

internal sealed record Gather(Table Table) : Operation
{
    public override string Name => $"gather {Table.Name}";

    internal override long FloatingPointOperations(Node node) => 0;

    /// <summary>The rows of the table are read beside the row numbers.</summary>
    internal override long BytesMoved(Node node) => base.BytesMoved(node) + sizeof(float) * (long)node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var rows = (int*)buffers.Of(node.Inputs[0]);
        var count = node.Inputs[0].Shape.Count;
        var columns = node.Shape.Count / count;
        var table = Table.Pointer;
        return (part, parts) =>
        {
            var (start, end) = Split.Rows(count, columns, part, parts);
            if (start < end)
                Layout.Gather(y + (nint)start * columns, table, rows + start, end - start, columns, columns);
        };
    }
}

/// <summary>A copy of a whole table.</summary>
internal sealed record WholeTable(Table Table) : Operation
{
    public override string Name => $"read {Table.Name}";

    internal override long FloatingPointOperations(Node node) => 0;

    internal override long BytesMoved(Node node) => 2L * sizeof(float) * node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var count = node.Shape.Count;
        var table = Table.Pointer;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Elementwise.Copy(y + start, table + start, end - start);
        };
    }
}
