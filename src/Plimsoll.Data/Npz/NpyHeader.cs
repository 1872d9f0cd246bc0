using System.Collections.Immutable;
using System.Globalization;

namespace Plimsoll.Data;

/// <summary>The element type of a NumPy array.</summary>
/// <param name="Kind">NumPy's letter: f float, i and u whole numbers, b boolean, U and S texts.</param>
/// <param name="Bytes">Bytes of an element, at least 1; a character of U has 4.</param>
/// <param name="BigEndian">The more significant byte comes first.</param>
public readonly record struct NpyType(char Kind, int Bytes, bool BigEndian)
{
    /// <summary>Texts are no numbers.</summary>
    public bool IsNumber => Kind is not ('U' or 'S');

    /// <summary>As NumPy writes it: &lt;f4.</summary>
    public override string ToString()
    {
        var order = Bytes == 1 || Kind == 'S' ? '|' : BigEndian ? '>' : '<';
        var size = Kind == 'U' ? Bytes / 4 : Bytes;
        return string.Create(CultureInfo.InvariantCulture, $"{order}{Kind}{size}");
    }

    /// <summary>Null for a type that cannot be read.</summary>
    internal static NpyType? Parse(string text)
    {
        if (text.Length < 3 || !"<>|=".Contains(text[0]) || !int.TryParse(
            text.AsSpan(2), NumberStyles.None, CultureInfo.InvariantCulture, out var size))
        {
            return null;
        }

        // `=` is the order of the machine that wrote it; NumPy resolves it before writing.
        var bigEndian = text[0] == '>';
        return (text[1], size) switch
        {
            ('f', 2 or 4 or 8) or ('i' or 'u', 1 or 2 or 4 or 8) or ('b', 1) =>
                text[0] == '|' && size > 1 ? null : new NpyType(text[1], size, bigEndian),
            ('S', > 0 and < LongestText) => new NpyType('S', size, false),
            ('U', > 0 and < LongestText) => new NpyType('U', 4 * size, bigEndian),
            _ => null,
        };
    }

    /// <summary>Characters; keeps a damaged header from asking for all memory.</summary>
    private const int LongestText = 1 << 20;
}

/// <summary>What a NumPy array says of itself (NEP 1, format versions 1.0, 2.0 and 3.0).</summary>
/// <param name="Type">The element type.</param>
/// <param name="Shape">Lengths of the axes; empty for a single element.</param>
/// <param name="FortranOrder">The first axis runs fastest.</param>
/// <param name="DataStart">Bytes before the first element.</param>
internal sealed record NpyHeader(
    NpyType Type, ImmutableArray<long> Shape, bool FortranOrder, int DataStart)
{
    /// <summary>Magic, version and the longest length field.</summary>
    public const int FixedBytes = 12;

    /// <summary>More than any header of an array that can be read; NumPy's own bound is 10,000.</summary>
    public const int LongestHeader = 1 << 16;

    public static ReadOnlySpan<byte> Magic => [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>Elements, once <see cref="CheckSize"/> has found nothing.</summary>
    public int Count => (int)Shape.Aggregate(1L, (product, axis) => product * axis);

    /// <summary>The axes in words: <c>&lt;f4 [3, 2]</c>.</summary>
    public string Text
    {
        get
        {
            var axes = Shape.Select(axis => axis.ToString(CultureInfo.InvariantCulture));
            return $"{Type} [{string.Join(", ", axes)}]";
        }
    }

    /// <summary>Null when shape and type ask for exactly these bytes and few enough elements.</summary>
    public NpzProblem? CheckSize(string name, long bytes)
    {
        var elements = UInt128.One;
        foreach (var axis in Shape.Contains(0) ? [0] : Shape)
        {
            // Once past all memory the exact product no longer matters, and it must not overflow.
            elements = elements > long.MaxValue ? elements : elements * (ulong)axis;
        }

        return elements * (ulong)Type.Bytes != (ulong)bytes ? new NpzProblem.WrongSize(name, bytes, Text)
            : elements > (ulong)Array.MaxLength ? new NpzProblem.TooLarge(name, Text)
            : null;
    }
}
