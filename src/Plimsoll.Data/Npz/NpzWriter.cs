using System.Globalization;
using System.IO.Compression;
using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Data;

/// <summary>
/// Writes a NumPy archive of binary32 arrays and single texts, in the order in which they are added. Stored,
/// not deflated, and without times, so that equal content gives equal bytes.
/// </summary>
public sealed class NpzWriter : IDisposable
{
    private const int Alignment = 64;

    /// <summary>Floats written at once: a span counts at most 2^31 bytes.</summary>
    private const int Portion = 1 << 20;

    private static readonly DateTimeOffset NoTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly ZipArchive archive;
    private readonly HashSet<string> names = new(StringComparer.Ordinal);

    /// <summary>A file that is there is replaced.</summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public NpzWriter(string path) => archive = new ZipArchive(
        new FileStream(path, FileMode.Create, FileAccess.ReadWrite), ZipArchiveMode.Create);

    /// <summary>Adds an array in C order.</summary>
    /// <exception cref="ArgumentException">The name is taken or empty, or the number of values is not the
    /// product of the shape.</exception>
    public void Add(string name, ReadOnlySpan<long> shape, ReadOnlySpan<float> values)
    {
        if (shape.ToArray().Aggregate(1L, (product, axis) => checked(product * axis)) != values.Length)
        {
            throw new ArgumentException(
                $"\"{name}\" has {values.Length} values, its shape asks for another number.", nameof(values));
        }

        using var stream = Begin(name, "<f4", shape);
        for (var left = values; !left.IsEmpty; left = left[Math.Min(left.Length, Portion)..])
        {
            stream.Write(MemoryMarshal.AsBytes(left[..Math.Min(left.Length, Portion)]));
        }
    }

    /// <summary>Adds an array of a single text.</summary>
    /// <exception cref="ArgumentException">The name is taken or empty.</exception>
    public void AddText(string name, string text)
    {
        ArgumentNullException.ThrowIfNull(text);

        // NumPy has no empty text: one character of padding stands for it.
        var characters = Encoding.UTF32.GetBytes(text.Length == 0 ? "\0" : text);
        var type = string.Create(CultureInfo.InvariantCulture, $"<U{characters.Length / 4}");
        using var stream = Begin(name, type, []);
        stream.Write(characters);
    }

    /// <summary>Completes the archive.</summary>
    public void Dispose() => archive.Dispose();

    private Stream Begin(string name, string type, ReadOnlySpan<long> shape)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        if (!names.Add(name))
        {
            throw new ArgumentException($"The array name \"{name}\" is taken.", nameof(name));
        }

        var entry = archive.CreateEntry(name + ".npy", CompressionLevel.NoCompression);
        entry.LastWriteTime = NoTime;
        var stream = entry.Open();
        stream.Write(Header(type, shape));
        return stream;
    }

    /// <summary>Format version 1.0, padded so that the elements begin at a multiple of 64 bytes.</summary>
    private static byte[] Header(string type, ReadOnlySpan<long> shape)
    {
        var axes = string.Join(", ", shape.ToArray().Select(axis => axis.ToString(CultureInfo.InvariantCulture)));
        var tuple = shape.Length == 1 ? $"({axes},)" : $"({axes})";
        var text = $"{{'descr': '{type}', 'fortran_order': False, 'shape': {tuple}, }}";
        var start = NpyHeader.Magic.Length + 4;
        var length = (start + text.Length + Alignment) / Alignment * Alignment;
        var header = new byte[length];
        NpyHeader.Magic.CopyTo(header);
        header[6] = 1;
        BitConverter.TryWriteBytes(header.AsSpan(8), (ushort)(length - start));
        header.AsSpan(start).Fill((byte)' ');
        Encoding.ASCII.GetBytes(text, header.AsSpan(start));
        header[^1] = (byte)'\n';
        return header;
    }
}
