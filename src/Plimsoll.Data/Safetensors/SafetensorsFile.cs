using System.Buffers.Binary;
using System.IO.MemoryMappedFiles;

namespace Plimsoll.Data;

/// <summary>
/// A safetensors file in memory-mapped form: arrays are used where they lie, nothing is copied. Loading one
/// runs no code, whatever is in it.
/// </summary>
/// <remarks>
/// Spans and pointers are valid until <see cref="Dispose"/>. The file must not be cut while it is open.
/// Reading is safe from many threads.
/// </remarks>
public sealed unsafe class SafetensorsFile : IDisposable
{
    /// <summary>What is said of a pipe or a terminal, which has no end to look at.</summary>
    internal const string NotRegular = "it is not a regular file";

    private const int LengthBytes = 8;

    private readonly MemoryMappedFile map;
    private readonly MemoryMappedViewAccessor view;
    private readonly SafetensorsHeader header;
    private byte* data;

    private SafetensorsFile(
        MemoryMappedFile map, MemoryMappedViewAccessor view, SafetensorsHeader header, byte* data)
    {
        this.map = map;
        this.view = view;
        this.header = header;
        this.data = data;
        Names = [.. header.Entries.Keys];
    }

    /// <summary>Names of the arrays in ordinal order.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The texts of <c>__metadata__</c>.</summary>
    public IReadOnlyDictionary<string, string> Metadata => header.Metadata;

    /// <summary>Opens the file.</summary>
    /// <exception cref="SafetensorsException">The file is missing, unreadable or unsound.</exception>
    public static SafetensorsFile Open(string path) => TryOpen(path) switch
    {
        SafetensorsOpening.Opened(var file) => file,
        SafetensorsOpening.Refused(var problem) => throw new SafetensorsException(path, problem),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Opens the file, or says what is wrong with it. Throws for no content of a file.</summary>
    public static SafetensorsOpening TryOpen(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        try
        {
            return Map(path);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new SafetensorsOpening.Refused(new SafetensorsProblem.Missing());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            return new SafetensorsOpening.Refused(new SafetensorsProblem.Unreadable(unreadable.Message));
        }
    }

    /// <summary>Whether the file begins as one does: a length, then JSON; false when it cannot be read.</summary>
    public static bool LooksLikeOne(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            Span<byte> start = stackalloc byte[LengthBytes + 1];
            return RandomAccess.GetLength(file) > LengthBytes
                && RandomAccess.Read(file, start, 0) == start.Length
                && BinaryPrimitives.ReadUInt64LittleEndian(start) <= SafetensorsHeader.LongestHeader
                && start[LengthBytes] == (byte)'{';
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            return false;
        }
    }

    public bool Contains(string name) => header.Entries.ContainsKey(name);

    /// <summary>Lengths of the axes; empty for a single number.</summary>
    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    public IReadOnlyList<long> Shape(string name) => Entry(name).Shape;

    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    public SafetensorsType Type(string name) => Entry(name).Type;

    /// <summary>The elements of an F32 array in C order.</summary>
    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    /// <exception cref="InvalidOperationException">Its type is another.</exception>
    /// <exception cref="OverflowException">It has more than 2^31 - 1 elements: use the pointer.</exception>
    public ReadOnlySpan<float> Floats(string name) => Span<float>(name, SafetensorsType.F32);

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<double> Doubles(string name) => Span<double>(name, SafetensorsType.F64);

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<int> Ints(string name) => Span<int>(name, SafetensorsType.I32);

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<long> Longs(string name) => Span<long>(name, SafetensorsType.I64);

    /// <inheritdoc cref="Floats"/>
    public ReadOnlySpan<byte> Bytes(string name) => Span<byte>(name, SafetensorsType.U8);

    /// <summary>The first element of an F32 array.</summary>
    public float* FloatPointer(string name) => (float*)Start(name, SafetensorsType.F32);

    public void Dispose()
    {
        if (data is null)
        {
            return;
        }

        data = null;
        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
    }

    private static SafetensorsOpening Map(string path)
    {
        var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        if (!stream.CanSeek)
        {
            stream.Dispose();
            return new SafetensorsOpening.Refused(new SafetensorsProblem.Unreadable(NotRegular));
        }

        var length = stream.Length;
        if (length < LengthBytes)
        {
            stream.Dispose();
            return new SafetensorsOpening.Refused(new SafetensorsProblem.HeaderCut(length, 0));
        }

        // The map owns the stream from here on.
        var map = MemoryMappedFile.CreateFromFile(
            stream, null, 0, MemoryMappedFileAccess.Read, HandleInheritability.None, leaveOpen: false);
        var view = map.CreateViewAccessor(0, length, MemoryMappedFileAccess.Read);
        byte* start = null;
        view.SafeMemoryMappedViewHandle.AcquirePointer(ref start);
        start += view.PointerOffset;

        var (header, dataStart, problem) = ReadHeader(start, length);
        if (header is not null)
        {
            return new SafetensorsOpening.Opened(new SafetensorsFile(map, view, header, start + dataStart));
        }

        view.SafeMemoryMappedViewHandle.ReleasePointer();
        view.Dispose();
        map.Dispose();
        return new SafetensorsOpening.Refused(problem!);
    }

    private static (SafetensorsHeader? Header, long DataStart, SafetensorsProblem? Problem) ReadHeader(
        byte* start, long length)
    {
        var headerBytes = BinaryPrimitives.ReadUInt64LittleEndian(new ReadOnlySpan<byte>(start, LengthBytes));
        if (headerBytes > SafetensorsHeader.LongestHeader || headerBytes > (ulong)(length - LengthBytes))
        {
            return (null, 0, new SafetensorsProblem.HeaderCut(length, headerBytes));
        }

        var dataStart = LengthBytes + (long)headerBytes;
        var json = new ReadOnlySpan<byte>(start + LengthBytes, (int)headerBytes);
        var (header, problem) = SafetensorsHeader.Parse(json, (ulong)(length - dataStart));
        return (header, dataStart, problem);
    }

    private SafetensorsEntry Entry(string name) => header.Entries.TryGetValue(name, out var entry)
        ? entry
        : throw new KeyNotFoundException($"The file holds no array \"{name}\".");

    private byte* Start(string name, SafetensorsType type)
    {
        ObjectDisposedException.ThrowIf(data is null, this);
        var entry = Entry(name);
        return entry.Type == type
            ? data + entry.Begin
            : throw new InvalidOperationException($"The array \"{name}\" is {entry.Type}, not {type}.");
    }

    private ReadOnlySpan<T> Span<T>(string name, SafetensorsType type)
        where T : unmanaged
    {
        var start = Start(name, type);
        var entry = Entry(name);
        return new ReadOnlySpan<T>(start, checked((int)((entry.End - entry.Begin) / (ulong)sizeof(T))));
    }
}
