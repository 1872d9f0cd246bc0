using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;

namespace Plimsoll.Data;

/// <summary>
/// Reads the header of a NumPy array strictly: a Python dictionary with exactly the keys `descr`,
/// `fortran_order` and `shape`. Nothing is evaluated.
/// </summary>
internal ref struct NpyHeaderReader
{
    private readonly string name;
    private readonly ReadOnlySpan<char> text;
    private int at;

    private NpyHeaderReader(string name, ReadOnlySpan<char> text)
    {
        this.name = name;
        this.text = text;
    }

    /// <summary>Reads from the start of the array's bytes; takes from the stream only the header.</summary>
    public static (NpyHeader? Header, NpzProblem? Problem) Read(string name, Stream stream)
    {
        var start = new byte[NpyHeader.FixedBytes];
        if (stream.ReadAtLeast(start.AsSpan(0, 10), 10, throwOnEndOfStream: false) < 10
            || !start.AsSpan(0, 6).SequenceEqual(NpyHeader.Magic))
        {
            return (null, Unsound(name, "it does not begin as a NumPy array does"));
        }

        var version = start[6];
        if (version is < 1 or > 3 || start[7] != 0)
        {
            return (null, Unsound(name, $"its format version is {version}.{start[7]}, not 1.0, 2.0 or 3.0"));
        }

        var fixedBytes = version == 1 ? 10 : NpyHeader.FixedBytes;
        if (stream.ReadAtLeast(start.AsSpan(10, fixedBytes - 10), fixedBytes - 10, false) < fixedBytes - 10)
        {
            return (null, Unsound(name, "it ends too early"));
        }

        var length = version == 1
            ? BinaryPrimitives.ReadUInt16LittleEndian(start.AsSpan(8))
            : BinaryPrimitives.ReadUInt32LittleEndian(start.AsSpan(8));
        if (length > NpyHeader.LongestHeader)
        {
            return (null, Unsound(name, $"it says it has {length} bytes"));
        }

        var bytes = new byte[length];
        if (stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false) < bytes.Length)
        {
            return (null, Unsound(name, "it ends too early"));
        }

        var text = (version == 3 ? Encoding.UTF8 : Encoding.Latin1).GetString(bytes);
        return new NpyHeaderReader(name, text).Dictionary(fixedBytes + bytes.Length);
    }

    private static NpzProblem.HeaderUnsound Unsound(string name, string reason) => new(name, reason);

    private (NpyHeader? Header, NpzProblem? Problem) Dictionary(int dataStart)
    {
        string? descr = null;
        bool? fortran = null;
        ImmutableArray<long>? shape = null;
        var sound = Take('{');
        while (sound && !Take('}'))
        {
            var key = Quoted();
            sound = key is not null && Take(':');
            switch (key)
            {
                case "descr" when sound && descr is null && Next is '\'' or '"':
                    descr = Quoted();
                    sound = descr is not null;
                    break;
                case "descr" when sound && descr is null && Next == '[':
                    // Records and sub-arrays: their description is long, and objects hide in it.
                    return (null, new NpzProblem.UnknownType(name, "of records"));
                case "fortran_order" when sound && fortran is null:
                    fortran = TakeWord("True") ? true : TakeWord("False") ? false : null;
                    sound = fortran is not null;
                    break;
                case "shape" when sound && shape is null:
                    shape = Tuple();
                    sound = shape is not null;
                    break;
                default:
                    sound = false;
                    break;
            }

            sound = sound && (Take(',') || Next == '}');
        }

        if (!sound || Next is not null || descr is null || fortran is null || shape is null)
        {
            return (null, Unsound(name, "it is not a dictionary of descr, fortran_order and shape"));
        }

        if (descr.Contains('O'))
        {
            return (null, new NpzProblem.Pickled(name));
        }

        return NpyType.Parse(descr) is { } type
            ? (new NpyHeader(type, shape.Value, fortran.Value, dataStart), null)
            : (null, new NpzProblem.UnknownType(name, descr));
    }

    /// <summary>The next character that is no white space; null at the end.</summary>
    private char? Next
    {
        get
        {
            while (at < text.Length && text[at] is ' ' or '\n' or '\t')
            {
                at++;
            }

            return at < text.Length ? text[at] : null;
        }
    }

    private bool Take(char expected)
    {
        if (Next != expected)
        {
            return false;
        }

        at++;
        return true;
    }

    private bool TakeWord(string word)
    {
        if (Next is null || !text[at..].StartsWith(word, StringComparison.Ordinal))
        {
            return false;
        }

        at += word.Length;
        return true;
    }

    /// <summary>A text without escapes; none is needed for what a header says.</summary>
    private string? Quoted()
    {
        if (Next is not ('\'' or '"') || text[(at + 1)..].IndexOf(text[at]) is var length && length < 0)
        {
            return null;
        }

        var value = text.Slice(at + 1, length);
        at += length + 2;
        return value.Contains('\\') ? null : value.ToString();
    }

    /// <summary>(), (3,) or (3, 2); Python 2 wrote an L after long numbers.</summary>
    private ImmutableArray<long>? Tuple()
    {
        const int mostAxes = 32;
        var axes = ImmutableArray.CreateBuilder<long>();
        if (!Take('('))
        {
            return null;
        }

        while (!Take(')'))
        {
            if (Next is null || axes.Count == mostAxes)
            {
                return null;
            }

            var end = at;
            while (end < text.Length && char.IsAsciiDigit(text[end]))
            {
                end++;
            }

            if (!long.TryParse(text[at..end], NumberStyles.None, CultureInfo.InvariantCulture, out var axis))
            {
                return null;
            }

            axes.Add(axis);
            at = end;
            Take('L');
            if (!Take(',') && (Next != ')' || axes.Count == 1))
            {
                return null;
            }
        }

        return axes.ToImmutable();
    }
}
