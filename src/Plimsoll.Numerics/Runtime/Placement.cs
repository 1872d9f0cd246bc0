namespace Plimsoll.Numerics.Runtime;

/// <summary>Where each buffer of an arena begins, in floats, and what the arena needs in all. Offsets are 64-bit:
/// buffers have at most 2^31 elements each, but not together.</summary>
internal sealed record Placement(IReadOnlyDictionary<ArenaBuffer, long> Offsets, long Size)
{
    /// <summary>Each buffer when it is first written, at the lowest place that is free at that moment: quick, and
    /// memory just used is used again.</summary>
    /// <param name="buffers">By first instruction.</param>
    internal static Placement InOrder(IReadOnlyList<ArenaBuffer> buffers)
    {
        var free = new FreeList();
        var offsets = new Dictionary<ArenaBuffer, long>();
        var alive = new PriorityQueue<ArenaBuffer, int>();
        foreach (var buffer in buffers)
        {
            while (alive.TryPeek(out var oldest, out var last) && last < buffer.First)
            {
                alive.Dequeue();
                free.Release(offsets[oldest], oldest.Size);
            }
            offsets[buffer] = free.Take(buffer.Size);
            alive.Enqueue(buffer, buffer.Last);
        }
        return new Placement(offsets, free.End);
    }

    /// <summary>The largest buffer first, each in the narrowest gap between those already placed that are alive with
    /// it (Pisarchyk and Lee 2020, greedy by size). Slower; its time grows with the square of the buffers.</summary>
    internal static Placement LargestFirst(IReadOnlyList<ArenaBuffer> buffers)
    {
        var offsets = new Dictionary<ArenaBuffer, long>();
        var placed = new List<(long Offset, ArenaBuffer Buffer)>();
        var size = 0L;
        foreach (var buffer in buffers.OrderByDescending(b => b.Size))
        {
            var offset = NarrowestGap(placed, buffer);
            offsets[buffer] = offset;
            var index = placed.FindIndex(p => p.Offset > offset);
            placed.Insert(index < 0 ? placed.Count : index, (offset, buffer));
            size = Math.Max(size, offset + buffer.Size);
        }
        return new Placement(offsets, size);
    }

    private static long NarrowestGap(List<(long Offset, ArenaBuffer Buffer)> placed, ArenaBuffer buffer)
    {
        var (end, best, narrowest) = (0L, -1L, long.MaxValue);
        foreach (var (offset, other) in placed)
        {
            if (!other.Meets(buffer)) continue;
            if (offset - end >= buffer.Size && offset - end < narrowest) (best, narrowest) = (end, offset - end);
            end = Math.Max(end, offset + other.Size);
        }
        return best < 0 ? end : best;
    }
}
