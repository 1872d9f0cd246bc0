namespace Plimsoll.Numerics.Runtime;

/// <summary>Stretches of an arena that nobody has, neighbours joined. Gives out the lowest that is long enough.</summary>
internal sealed class FreeList
{
    private readonly SortedList<long, long> free = [];

    /// <summary>The end of all that was ever given out.</summary>
    internal long End { get; private set; }

    internal long Take(long size)
    {
        foreach (var (offset, length) in free)
        {
            if (length < size) continue;
            free.Remove(offset);
            if (length > size) free.Add(offset + size, length - size);
            return offset;
        }
        var start = End;
        if (free.Count > 0 && free.GetKeyAtIndex(free.Count - 1) is var last && last + free[last] == End)
        {
            start = last;
            free.Remove(last);
        }
        End = start + size;
        return start;
    }

    internal void Release(long offset, long length)
    {
        var end = offset + length;
        if (free.Remove(end, out var next)) length += next;
        var index = free.Count - 1;
        while (index >= 0 && free.GetKeyAtIndex(index) > offset) index--;
        if (index >= 0 && free.GetKeyAtIndex(index) is var before && before + free[before] == offset) free[before] += length;
        else free.Add(offset, length);
    }
}
