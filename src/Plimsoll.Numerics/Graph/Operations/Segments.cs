using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Graph.Operations;

/// <summary>Arrays as if they lay end to end, each from a multiple of 16 on, so that one instruction over all of them
/// is cut evenly over the threads and every cut is aligned.</summary>
internal sealed class Segments
{
    private const int Grain = 16;

    private readonly int[] counts;
    private readonly long[] starts;
    private readonly long end;

    internal Segments(IReadOnlyList<StateArray> arrays)
    {
        counts = [.. arrays.Select(a => a.Shape.Count)];
        starts = new long[counts.Length];
        for (var i = 0; i < counts.Length; i++)
        {
            starts[i] = end;
            end += ((long)counts[i] + Grain - 1) / Grain * Grain;
        }
    }

    internal static unsafe nint[] Addresses(IReadOnlyList<StateArray> arrays) =>
        [.. arrays.Select(a => (nint)a.Pointer)];

    internal static string Name(IReadOnlyList<StateArray> arrays) => arrays.Count switch
    {
        0 => "nothing",
        1 => arrays[0].Name,
        var count => $"{arrays[0].Name} and {count - 1} more",
    };

    /// <summary>The stretch of a part.</summary>
    internal (long Start, long End) Part(int part, int parts) => Split.Elements(end, part, parts);

    /// <summary>What of array i lies within a stretch: its first element and the number of them.</summary>
    internal (int From, int Count) Within(int i, long start, long end)
    {
        var from = Math.Max(0, start - starts[i]);
        var to = Math.Min(counts[i], end - starts[i]);
        return from < to ? ((int)from, (int)(to - from)) : (0, 0);
    }
}
