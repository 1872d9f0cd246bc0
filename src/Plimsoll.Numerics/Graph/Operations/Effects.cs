using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>An operation that changes the state or tells the host something.</summary>
internal abstract record Effect : Operation
{
    internal sealed override bool IsUnique => true;

    internal sealed override bool IsEffect => true;
}

/// <summary>An effect without a value of its own.</summary>
internal abstract record Act : Effect;

internal sealed record RecordMetric(string Key) : Act
{
    public override string Name => $"record {Key}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var x = buffers.Of(node.Inputs[0]);
        var entry = buffers.Metrics.Add(Key);
        return (part, _) =>
        {
            if (part == 0) entry.Add(*x);
        };
    }
}

/// <summary>Copies a value into a buffer of its own, which the host may read after a run.</summary>
internal sealed record HostOutput(string Key) : Effect
{
    public override string Name => $"output {Key}";

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var y = buffers.Of(node);
        var x = buffers.Of(node.Inputs[0]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Elementwise.Copy(y + start, x + start, end - start);
        };
    }
}
