using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;

namespace Plimsoll.Numerics.Runtime;

/// <summary>Memory that one node after another may own: an element-wise result takes over the buffer of an input that
/// dies with it.</summary>
/// <param name="size">Floats, a multiple of the alignment.</param>
internal sealed class ArenaBuffer(long size, int first, int last)
{
    internal long Size { get; } = size;

    /// <summary>The first instruction that writes to it.</summary>
    internal int First { get; } = first;

    /// <summary>The last instruction that reads it.</summary>
    internal int Last { get; set; } = last;

    internal bool Meets(ArenaBuffer other) => First <= other.Last && other.First <= Last;
}

/// <summary>From when to when each intermediate of a schedule needs memory.</summary>
internal sealed class Lifetimes
{
    private const int Alignment = 16;
    private const int BeforeAll = -1;
    private const int AfterAll = int.MaxValue;

    private readonly Dictionary<Node, ArenaBuffer> owners = [];
    private readonly List<ArenaBuffer> buffers = [];

    /// <summary>In the order of their first instruction; what stays for ever comes first.</summary>
    internal IReadOnlyList<ArenaBuffer> Buffers => buffers;

    internal IReadOnlyDictionary<Node, ArenaBuffer> Owners => owners;

    internal static Lifetimes Of(IReadOnlyList<Node> schedule)
    {
        var lifetimes = new Lifetimes();
        var lastUse = new Dictionary<Node, int>();
        for (var i = 0; i < schedule.Count; i++)
        {
            foreach (var input in schedule[i].Inputs) lastUse[GraphBuilder.Root(input)] = i;
        }
        // Constants are written once, before the first step, so no earlier buffer may ever lie under them.
        foreach (var node in schedule.Where(IsPermanent)) lifetimes.Add(node, BeforeAll, AfterAll);
        for (var i = 0; i < schedule.Count; i++)
        {
            var node = schedule[i];
            if (!OwnsMemory(node) || IsPermanent(node)) continue;
            // Outputs are the host's to read after the step.
            var last = node.Operation is HostOutput ? AfterAll : lastUse.GetValueOrDefault(node, i);
            if (lifetimes.Heir(node, i) is not { } buffer)
            {
                lifetimes.Add(node, i, last);
                continue;
            }
            buffer.Last = last;
            lifetimes.owners[node] = buffer;
        }
        return lifetimes;
    }

    /// <summary>Floats that are alive at once when most are: no arena for this schedule can be smaller.</summary>
    internal long LowerBound()
    {
        var changes = new SortedDictionary<long, long>();
        foreach (var buffer in buffers)
        {
            changes[buffer.First] = changes.GetValueOrDefault(buffer.First) + buffer.Size;
            changes[buffer.Last + 1L] = changes.GetValueOrDefault(buffer.Last + 1L) - buffer.Size;
        }
        var (alive, most) = (0L, 0L);
        foreach (var change in changes.Values)
        {
            alive += change;
            most = Math.Max(most, alive);
        }
        return most;
    }

    /// <summary>Views live in their root, variables in the state; acts have no value.</summary>
    internal static bool OwnsMemory(Node node) =>
        !node.Operation.IsView && node.Operation is not (Variable or Act);

    /// <summary>What the host or the compiler writes keeps its place from before the first step.</summary>
    private static bool IsPermanent(Node node) => node.Operation is Constant or HostInput;

    private void Add(Node node, int first, int last)
    {
        var size = ((long)node.Shape.Count + Alignment - 1) / Alignment * Alignment;
        var buffer = new ArenaBuffer(size, first, last);
        buffers.Add(buffer);
        owners[node] = buffer;
    }

    /// <summary>The buffer of an input that nobody reads after this instruction and that it may write over.</summary>
    private ArenaBuffer? Heir(Node node, int i)
    {
        if (!node.Operation.IsElementwise) return null;
        return node.Inputs.Select(GraphBuilder.Root).Distinct()
            .Where(root => root.Shape.Count == node.Shape.Count && IsReadWhole(node, root))
            .Select(root => owners.GetValueOrDefault(root))
            .FirstOrDefault(buffer => buffer?.Last == i);
    }

    /// <summary>True when the buffer is read only as the whole of an equally long input.</summary>
    private static bool IsReadWhole(Node node, Node root) =>
        node.Inputs.Where(input => GraphBuilder.Root(input) == root).All(input => input.Shape.Count == root.Shape.Count);
}
