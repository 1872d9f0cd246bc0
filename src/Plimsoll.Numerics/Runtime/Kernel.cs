namespace Plimsoll.Numerics.Runtime;

/// <summary>Does one part of an instruction's work. Parts write disjoint output elements, so their number
/// changes the time and never a bit.</summary>
internal delegate void Kernel(int part, int parts);

internal static class Split
{
    /// <summary>Elements a thread must have at least, so that starting it is worth while.</summary>
    private const int SmallestPart = 4096;

    /// <summary>Floating-point operations or output elements from which on an instruction is offered to all threads.
    /// </summary>
    internal const long SmallestSharedWork = 2 * SmallestPart;

    /// <summary>The range [start, end) of a part, in multiples of 16 elements.</summary>
    internal static (int Start, int End) Elements(int count, int part, int parts)
    {
        var (start, end) = Elements((long)count, part, parts);
        return ((int)start, (int)end);
    }

    /// <inheritdoc cref="Elements(int, int, int)"/>
    internal static (long Start, long End) Elements(long count, int part, int parts) =>
        count < SmallestPart * 2 ? Whole(count, part) : Cut(count, part, parts, 16);

    /// <summary>The range of rows of a part.</summary>
    internal static (int Start, int End) Rows(int rows, int columns, int part, int parts) =>
        (long)rows * columns < SmallestPart * 2 ? Whole(rows, part) : Cut(rows, part, parts, 1);

    /// <summary>The range of columns that are each reduced over rows, in multiples of 64, the widest step of the
    /// kernels.</summary>
    internal static (int Start, int End) Columns(int columns, int rows, int part, int parts) =>
        (long)rows * columns < SmallestPart * 2 ? Whole(columns, part) : Cut(columns, part, parts, 64);

    /// <summary>Multiply-adds from which on a product is cut.</summary>
    internal const long SmallestSharedProduct = 32 * SmallestPart;

    private static (int, int) Whole(int count, int part) => part == 0 ? (0, count) : (0, 0);

    private static (long, long) Whole(long count, int part) => part == 0 ? (0, count) : (0, 0);

    /// <summary>The range of a part in multiples of the grain.</summary>
    internal static (int Start, int End) Cut(int count, int part, int parts, int grain)
    {
        var (start, end) = Cut((long)count, part, parts, grain);
        return ((int)start, (int)end);
    }

    private static (long, long) Cut(long count, int part, int parts, int grain)
    {
        var pieces = (count + grain - 1) / grain;
        var start = pieces * part / parts * grain;
        var end = pieces * (part + 1) / parts * grain;
        return (Math.Min(start, count), Math.Min(end, count));
    }
}
