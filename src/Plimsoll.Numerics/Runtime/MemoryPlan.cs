using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Runtime;

/// <summary>
/// Places every intermediate in one arena by its lifetime: a buffer is free again after the last instruction
/// that reads it, and an element-wise result takes over the buffer of an input that dies with it.
/// </summary>
internal sealed class MemoryPlan
{
    private const int Alignment = 16;

    // Offsets are 64-bit: buffers have at most 2^31 elements each, but not together.
    private readonly Dictionary<Node, long> offsets = [];
    private readonly SortedList<long, long> free = [];

    /// <summary>Arena size in floats.</summary>
    internal long Size { get; private set; }

    /// <summary>Offset in floats of a node that owns memory in the arena.</summary>
    internal long this[Node node] => offsets[node];

    internal static MemoryPlan Build(IReadOnlyList<Node> schedule)
    {
        var plan = new MemoryPlan();
        var lastUse = new Dictionary<Node, int>();
        for (var i = 0; i < schedule.Count; i++)
        {
            foreach (var input in schedule[i].Inputs) lastUse[GraphBuilder.Root(input)] = i;
        }
        // Constants are written once, before the first step, so no earlier buffer may ever lie under them.
        foreach (var node in schedule.Where(IsPermanent)) plan.offsets[node] = plan.Allocate(Rounded(node));
        for (var i = 0; i < schedule.Count; i++)
        {
            var node = schedule[i];
            if (IsPermanent(node)) continue;
            var dying = node.Inputs.Select(GraphBuilder.Root).Distinct()
                .Where(root => lastUse[root] == i && Recyclable(root)).ToList();
            if (OwnsMemory(node)) plan.Place(node, dying);
            foreach (var root in dying) plan.Release(plan.offsets[root], Rounded(root));
            if (OwnsMemory(node) && Recyclable(node) && !lastUse.ContainsKey(node))
                plan.Release(plan.offsets[node], Rounded(node));
        }
        return plan;
    }

    /// <summary>Views live in their root, variables in the state; acts have no value.</summary>
    internal static bool OwnsMemory(Node node) =>
        !node.Operation.IsView && node.Operation is not (Variable or Act);

    /// <summary>What the host or the compiler writes keeps its place from before the first step.</summary>
    private static bool IsPermanent(Node node) => node.Operation is Constant or HostInput;

    /// <summary>Outputs are the host's to read after the step, so nothing may follow them.</summary>
    private static bool Recyclable(Node node) =>
        OwnsMemory(node) && !IsPermanent(node) && node.Operation is not HostOutput;

    private void Place(Node node, List<Node> dying)
    {
        var heir = node.Operation.IsElementwise ? dying.Find(d => d.Shape.Count == node.Shape.Count && Direct(node, d)) : null;
        if (heir is not null)
        {
            offsets[node] = offsets[heir];
            dying.Remove(heir);
            return;
        }
        offsets[node] = Allocate(Rounded(node));
    }

    /// <summary>True when the dying buffer is read only as the whole of an equally long input.</summary>
    private static bool Direct(Node node, Node root) =>
        node.Inputs.Where(i => GraphBuilder.Root(i) == root).All(i => i.Shape.Count == root.Shape.Count);

    private long Allocate(long size)
    {
        foreach (var (offset, length) in free)
        {
            if (length < size) continue;
            free.Remove(offset);
            if (length > size) free.Add(offset + size, length - size);
            return offset;
        }
        var start = Size;
        if (free.Count > 0 && free.GetKeyAtIndex(free.Count - 1) is var last && last + free[last] == Size)
        {
            start = last;
            free.Remove(last);
        }
        Size = start + size;
        return start;
    }

    private void Release(long offset, long length)
    {
        var end = offset + length;
        if (free.Remove(end, out var next)) length += next;
        var index = free.Count - 1;
        while (index >= 0 && free.GetKeyAtIndex(index) > offset) index--;
        if (index >= 0 && free.GetKeyAtIndex(index) is var before && before + free[before] == offset) free[before] += length;
        else free.Add(offset, length);
    }

    private static long Rounded(Node node) => ((long)node.Shape.Count + Alignment - 1) / Alignment * Alignment;
}
