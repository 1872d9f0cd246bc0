using System.Buffers.Binary;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Data;

/// <summary>
/// Writes a safetensors file whose bytes are a pure function of the arrays and texts added, in whatever
/// order: metadata first and sorted, then the arrays by falling element size and ordinal name, no gaps. The
/// header is padded with spaces so that the data begin at a multiple of 64 bytes, and larger elements first
/// keeps every array aligned to its element.
/// </summary>
public sealed unsafe class SafetensorsWriter
{
    /// <summary>The data begin at a multiple of this many bytes: a cache line, and the widest
    /// vector.</summary>
    public const int Alignment = 64;

    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    private readonly SortedDictionary<string, Block> blocks = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, string> metadata = new(StringComparer.Ordinal);

    /// <summary>Adds an array in C order. The elements are copied.</summary>
    /// <exception cref="ArgumentException">
    /// The name is taken, empty or reserved, or the number of values is not the product of the shape.
    /// </exception>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values) =>
        AddCopy(name, SafetensorsType.F32, shape, values);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<double> values) =>
        AddCopy(name, SafetensorsType.F64, shape, values);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<int> values) =>
        AddCopy(name, SafetensorsType.I32, shape, values);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<long> values) =>
        AddCopy(name, SafetensorsType.I64, shape, values);

    /// <inheritdoc cref="Add(string, ReadOnlySpan{long}, ReadOnlySpan{float})"/>
    public SafetensorsWriter Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<byte> values) =>
        AddCopy(name, SafetensorsType.U8, shape, values);

    /// <summary>Adds a text to <c>__metadata__</c>.</summary>
    /// <exception cref="ArgumentException">The key is taken, or a text is not valid Unicode.</exception>
    public SafetensorsWriter AddMetadata(string key, string value)
    {
        CheckText(key);
        CheckText(value);
        return metadata.TryAdd(key, value)
            ? this
            : throw new ArgumentException($"The metadata key \"{key}\" is taken.", nameof(key));
    }

    /// <summary>Writes the file, replacing one that is there.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Write(string path)
    {
        using var stream = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 1 << 16);
        Write(stream);
    }

    /// <summary>Writes the bytes of the file to a stream.</summary>
    public void Write(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        var ordered = blocks.OrderByDescending(block => block.Value.Type.Bytes())
            .ThenBy(block => block.Key, StringComparer.Ordinal).ToArray();
        var header = Header(ordered);
        Span<byte> length = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(length, (ulong)header.Length);
        stream.Write(length);
        stream.Write(header);
        foreach (var (_, block) in ordered)
        {
            block.CopyTo(stream);
        }
    }

    /// <summary>Adds an array that stays where it is until the file is written.</summary>
    internal SafetensorsWriter AddInPlace(string name, ReadOnlySpan<long> shape, float* values) =>
        Add(name, new Block(SafetensorsType.F32, shape.ToArray(), null, (byte*)values));

    private SafetensorsWriter AddCopy<T>(
        string name, SafetensorsType type, ReadOnlySpan<long> shape, ReadOnlySpan<T> values)
        where T : unmanaged
    {
        var block = new Block(type, shape.ToArray(), MemoryMarshal.AsBytes(values).ToArray(), null);
        return block.Bytes == (long)values.Length * sizeof(T)
            ? Add(name, block)
            : throw new ArgumentException(
                $"\"{name}\" has {values.Length} values, its shape asks for another number.", nameof(values));
    }

    private SafetensorsWriter Add(string name, Block block)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        CheckText(name);
        return name != "__metadata__" && blocks.TryAdd(name, block)
            ? this
            : throw new ArgumentException($"The array name \"{name}\" is taken or reserved.", nameof(name));
    }

    private static void CheckText(string text)
    {
        try
        {
            _ = StrictUtf8.GetByteCount(text);
        }
        catch (EncoderFallbackException)
        {
            throw new ArgumentException("A name or text is not valid Unicode.", nameof(text));
        }
    }

    private byte[] Header(IEnumerable<KeyValuePair<string, Block>> ordered)
    {
        var members = new List<string>();
        if (metadata.Count > 0)
        {
            members.Add($"\"__metadata__\":{{{string.Join(',', metadata.Select(
                entry => $"{Quoted(entry.Key)}:{Quoted(entry.Value)}"))}}}");
        }

        var offset = 0L;
        foreach (var (name, block) in ordered)
        {
            var shape = string.Join(',', block.Shape.Select(Digits));
            members.Add($"{Quoted(name)}:{{\"dtype\":\"{block.Type}\",\"shape\":[{shape}],"
                + $"\"data_offsets\":[{Digits(offset)},{Digits(offset + block.Bytes)}]}}");
            offset += block.Bytes;
        }

        var json = StrictUtf8.GetBytes($"{{{string.Join(',', members)}}}");
        var padded = new byte[RoundUp(sizeof(ulong) + json.Length) - sizeof(ulong)];
        padded.AsSpan().Fill((byte)' ');
        json.CopyTo(padded, 0);
        return padded;
    }

    private static int RoundUp(int bytes) => (bytes + Alignment - 1) / Alignment * Alignment;

    private static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);

    // Written out, because the escaping of a JSON library may change with its version and these bytes are
    // digested.
    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var letter in text)
        {
            _ = letter switch
            {
                '"' or '\\' => quoted.Append('\\').Append(letter),
                < ' ' => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)letter:x4}"),
                _ => quoted.Append(letter),
            };
        }

        return quoted.Append('"').ToString();
    }

    private sealed class Block(SafetensorsType type, long[] shape, byte[]? copy, byte* place)
    {
        private const int Portion = 1 << 24;

        public SafetensorsType Type { get; } = type;

        public long[] Shape { get; } = shape;

        public long Bytes { get; } = shape.Any(axis => axis < 0)
            ? throw new ArgumentException("An axis is negative.", nameof(shape))
            : checked(shape.Aggregate(1L, (product, axis) => product * axis) * type.Bytes());

        public void CopyTo(Stream stream)
        {
            if (copy is not null)
            {
                stream.Write(copy);
                return;
            }

            for (var done = 0L; done < Bytes; done += Portion)
            {
                stream.Write(new ReadOnlySpan<byte>(place + done, (int)Math.Min(Portion, Bytes - done)));
            }
        }
    }
}
