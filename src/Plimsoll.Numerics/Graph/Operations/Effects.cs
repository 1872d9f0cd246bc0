using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>An operation that changes the state or tells the host something.</summary>
internal abstract record Effect : Operation
{
    internal sealed override bool IsUnique => true;

    internal sealed override bool IsEffect => true;
}

internal sealed record RecordMetric(string Key) : Effect
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

internal sealed record AdvanceCounter(Counter Counter) : Effect
{
    internal override Kernel Lower(Node node, Lowering buffers) => (part, _) =>
    {
        if (part == 0) Counter.Value++;
    };
}

internal sealed record AdamStep(AdamOptimiser Optimiser, int Index) : Effect
{
    public override string Name => $"adam {Optimiser.Parameters[Index].Name}";

    internal override IEnumerable<StateArray> Updates =>
        [Optimiser.Parameters[Index], Optimiser.FirstMoments[Index], Optimiser.SecondMoments[Index]];

    internal override long FloatingPointOperations(Node node) => 12L * node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var p = Optimiser.Parameters[Index].Pointer;
        var m = Optimiser.FirstMoments[Index].Pointer;
        var v = Optimiser.SecondMoments[Index].Pointer;
        var gradient = buffers.Of(node.Inputs[0]);
        var rate = buffers.Of(node.Inputs[1]);
        var scale = buffers.Of(node.Inputs[2]);
        var count = node.Shape.Count;
        var optimiser = Optimiser;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start == end) return;
            var (bias1, bias2) = optimiser.BiasCorrections();
            Optimisers.Adam(
                p + start, m + start, v + start, gradient + start, end - start, *rate, optimiser.Beta1, optimiser.Beta2,
                optimiser.Epsilon, bias1, bias2, optimiser.WeightDecay, *scale);
        };
    }
}

internal sealed record SgdStep(StateArray Parameter) : Effect
{
    internal override IEnumerable<StateArray> Updates => [Parameter];

    internal override long FloatingPointOperations(Node node) => 2L * node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var p = Parameter.Pointer;
        var gradient = buffers.Of(node.Inputs[0]);
        var rate = buffers.Of(node.Inputs[1]);
        var scale = buffers.Of(node.Inputs[2]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Optimisers.Sgd(p + start, gradient + start, end - start, *rate, *scale);
        };
    }
}

internal sealed record PolyakStep(StateArray Target, float Rate) : Effect
{
    internal override IEnumerable<StateArray> Updates => [Target];

    internal override long FloatingPointOperations(Node node) => 2L * node.Shape.Count;

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var target = Target.Pointer;
        var source = buffers.Of(node.Inputs[0]);
        var count = node.Shape.Count;
        return (part, parts) =>
        {
            var (start, end) = Split.Elements(count, part, parts);
            if (start < end) Optimisers.Polyak(target + start, source + start, end - start, Rate);
        };
    }
}
