using Plimsoll.Numerics.Graph;

namespace Plimsoll.Numerics.Runtime;

/// <summary>Places every intermediate in one arena, so that buffers that are alive together lie apart.</summary>
internal sealed class MemoryPlan
{
    private readonly IReadOnlyDictionary<Node, ArenaBuffer> owners;
    private readonly IReadOnlyDictionary<ArenaBuffer, long> offsets;

    private MemoryPlan(Lifetimes lifetimes)
    {
        owners = lifetimes.Owners;
        LowerBound = lifetimes.LowerBound();
        var placement = Placement.InOrder(lifetimes.Buffers);
        if (placement.Size > LowerBound)
        {
            var other = Placement.LargestFirst(lifetimes.Buffers);
            if (other.Size < placement.Size) placement = other;
        }
        (offsets, Size) = (placement.Offsets, placement.Size);
    }

    /// <summary>Arena size in floats.</summary>
    internal long Size { get; }

    /// <summary>Floats that are alive at once when most are: the smallest size that any placement could reach.</summary>
    internal long LowerBound { get; }

    /// <summary>Offset in floats of a node that owns memory in the arena.</summary>
    internal long this[Node node] => offsets[owners[node]];

    internal static MemoryPlan Build(IReadOnlyList<Node> schedule) => new(Lifetimes.Of(schedule));

    /// <inheritdoc cref="Lifetimes.OwnsMemory"/>
    internal static bool OwnsMemory(Node node) => Lifetimes.OwnsMemory(node);
}
