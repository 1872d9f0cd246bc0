using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Counts one more update of an optimiser and forms what all parts of its step need.</summary>
internal sealed record AdvanceCounter(AdamOptimiser Optimiser) : Act
{
    internal Counter Counter => Optimiser.Updates;

    internal override Kernel Lower(Node node, Lowering buffers) => (part, _) =>
    {
        if (part == 0) Optimiser.Advance();
    };
}

/// <summary>One step on all arrays of an optimiser. Inputs: the gradients, then learning rate and scale.</summary>
internal sealed record AdamStep(AdamOptimiser Optimiser) : Act
{
    public override string Name => $"adam {Segments.Name(Optimiser.Parameters)}";

    internal override IEnumerable<StateArray> Updates =>
        [.. Optimiser.Parameters, .. Optimiser.FirstMoments, .. Optimiser.SecondMoments];

    internal override long FloatingPointOperations(Node node) => 12L * Optimiser.Parameters.Sum(p => p.Shape.Count);

    /// <summary>Beside the gradients: parameters and both moments, read and written.</summary>
    internal override long BytesMoved(Node node) =>
        base.BytesMoved(node) + 6L * sizeof(float) * Optimiser.Parameters.Sum(p => p.Shape.Count);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var p = Segments.Addresses(Optimiser.Parameters);
        var m = Segments.Addresses(Optimiser.FirstMoments);
        var v = Segments.Addresses(Optimiser.SecondMoments);
        nint[] gradients = [.. node.Inputs.Take(p.Length).Select(g => (nint)buffers.Of(g))];
        var rate = buffers.Of(node.Inputs[^2]);
        var scale = buffers.Of(node.Inputs[^1]);
        var segments = new Segments(Optimiser.Parameters);
        var optimiser = Optimiser;
        return (part, parts) =>
        {
            var (start, end) = segments.Part(part, parts);
            if (start == end) return;
            var factors = optimiser.Factors(*rate, *scale);
            for (var i = 0; i < p.Length; i++)
            {
                var (from, count) = segments.Within(i, start, end);
                if (count == 0) continue;
                Optimisers.Adam(
                    (float*)p[i] + from, (float*)m[i] + from, (float*)v[i] + from, (float*)gradients[i] + from, count,
                    factors);
            }
        };
    }
}

internal sealed record SgdStep(StateArray Parameter) : Act
{
    internal override IEnumerable<StateArray> Updates => [Parameter];

    internal override long FloatingPointOperations(Node node) => 2L * node.Shape.Count;

    internal override long BytesMoved(Node node) => base.BytesMoved(node) + sizeof(float) * (long)node.Shape.Count;

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

/// <summary>All targets a step towards their sources, which are the inputs.</summary>
internal sealed record PolyakStep(IReadOnlyList<StateArray> Targets, float Rate) : Act
{
    public override string Name => $"polyak {Segments.Name(Targets)}";

    internal override IEnumerable<StateArray> Updates => Targets;

    internal override long FloatingPointOperations(Node node) => 2L * Targets.Sum(t => t.Shape.Count);

    internal override long BytesMoved(Node node) =>
        base.BytesMoved(node) + 2L * sizeof(float) * Targets.Sum(t => t.Shape.Count);

    internal override unsafe Kernel Lower(Node node, Lowering buffers)
    {
        var targets = Segments.Addresses(Targets);
        nint[] sources = [.. node.Inputs.Select(s => (nint)buffers.Of(s))];
        var segments = new Segments(Targets);
        return (part, parts) =>
        {
            var (start, end) = segments.Part(part, parts);
            if (start == end) return;
            for (var i = 0; i < targets.Length; i++)
            {
                var (from, count) = segments.Within(i, start, end);
                if (count > 0)
                    Optimisers.Polyak((float*)targets[i] + from, (float*)sources[i] + from, count, Rate);
            }
        };
    }
}
