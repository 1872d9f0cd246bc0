using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Plimsoll.Data;

/// <summary>
/// A NumPy archive (.npz, stored or deflated) or a single NumPy array (.npy). Loading one runs no code:
/// arrays of pickled objects are refused. Numbers of any type are read as binary32.
/// </summary>
/// <remarks>The file must not change while it is open. Reading is safe from many threads.</remarks>
public sealed class NpzFile : IDisposable
{
    private const string ArrayEnding = ".npy";

    private readonly string path;
    private readonly SafeFileHandle file;
    private readonly SortedDictionary<string, (ZipMember Member, NpyHeader Header)> arrays;

    private NpzFile(
        string path, SafeFileHandle file, SortedDictionary<string, (ZipMember, NpyHeader)> arrays)
    {
        this.path = path;
        this.file = file;
        this.arrays = arrays;
        Names = [.. this.arrays.Keys];
    }

    /// <summary>
    /// Names of the arrays in ordinal order, without .npy. A single array has its file's name. Members of the
    /// archive that are no arrays are left out.
    /// </summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>Opens the file and checks every byte of it.</summary>
    /// <exception cref="NpzException">The file is missing, unreadable or unsound.</exception>
    public static NpzFile Open(string path) => TryOpen(path) switch
    {
        NpzOpening.Opened(var file) => file,
        NpzOpening.Refused(var problem) => throw new NpzException(path, problem),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>
    /// Opens the file, or says what is wrong with it. Throws for no content of a file.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="verify">Unpacks everything once to compare checksums, so that no later reading can find
    /// damage. Without it, use <see cref="TryReadFloats"/>, which compares while it reads.</param>
    public static NpzOpening TryOpen(string path, bool verify = true)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path);
            var (arrays, problem) = ReadHeaders(path, file);
            problem ??= verify ? Verify(file, arrays) : null;
            if (problem is null)
            {
                var opened = new NpzFile(path, file, arrays);
                file = null;
                return new NpzOpening.Opened(opened);
            }

            return new NpzOpening.Refused(problem);
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new NpzOpening.Refused(new NpzProblem.Missing());
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            var reason =
                unreadable is NotSupportedException ? SafetensorsFile.NotRegular : unreadable.Message;
            return new NpzOpening.Refused(new NpzProblem.Unreadable(reason));
        }
        finally
        {
            file?.Dispose();
        }
    }

    /// <summary>Whether the file looks like a zip archive or a NumPy array; false when it cannot be
    /// read.</summary>
    public static bool LooksLikeOne(string path)
    {
        try
        {
            using var file = File.OpenHandle(path);
            return LooksLikeOne(file);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException
            or NotSupportedException)
        {
            return false;
        }
    }

    public bool Contains(string name) => arrays.ContainsKey(name);

    /// <summary>Lengths of the axes; empty for a single element.</summary>
    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    public IReadOnlyList<long> Shape(string name) => Entry(name).Header.Shape;

    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    public NpyType Type(string name) => Entry(name).Header.Type;

    /// <summary>
    /// The elements in C order, whatever their order in the file; whole numbers and booleans become the
    /// nearest binary32, as does binary64.
    /// </summary>
    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    /// <exception cref="InvalidOperationException">It holds texts.</exception>
    /// <exception cref="NpzException">It is damaged; not after an opening that verified.</exception>
    public float[] ReadFloats(string name)
    {
        var values = new float[Entry(name).Header.Count];
        return TryReadFloats(name, values) is { } problem ? throw new NpzException(path, problem) : values;
    }

    /// <summary>As <see cref="ReadFloats"/>, into memory of the caller; damage is returned.</summary>
    /// <exception cref="ArgumentException">The target has another length than the array.</exception>
    public NpzProblem? TryReadFloats(string name, Span<float> target)
    {
        var (member, header) = Entry(name);
        if (!header.Type.IsNumber)
        {
            throw new InvalidOperationException($"The array \"{name}\" holds texts: {header.Type}.");
        }

        if (target.Length != header.Count)
        {
            throw new ArgumentException($"\"{name}\" has {header.Count} elements.", nameof(target));
        }

        var unordered = header.FortranOrder && header.Shape.Length > 1 ? new float[target.Length] : null;
        var values = unordered ?? target;
        var elements = NpyReading.Portion / header.Type.Bytes;
        var done = 0;
        try
        {
            using var reading = new NpyReading(member, file);
            reading.Skip(header.DataStart);
            while (done < values.Length)
            {
                var portion = Math.Min(elements, values.Length - done);
                if (reading.Next(portion * header.Type.Bytes) is not { Length: > 0 } bytes)
                {
                    return new NpzProblem.Damaged(name);
                }

                NpyElements.ToFloats(header.Type, bytes, values.Slice(done, portion));
                done += portion;
            }

            if (!reading.IsWhole())
            {
                return new NpzProblem.Damaged(name);
            }
        }
        catch (InvalidDataException)
        {
            return new NpzProblem.Damaged(name);
        }

        if (unordered is not null)
        {
            NpyElements.FromFortranOrder(unordered, header.Shape, target);
        }

        return null;
    }

    /// <summary>The text of an array of one text; null for anything else.</summary>
    /// <exception cref="KeyNotFoundException">There is no such array.</exception>
    /// <exception cref="NpzException">It is damaged; not after an opening that verified.</exception>
    public string? ReadText(string name) =>
        TryReadText(name, out var text) is { } problem ? throw new NpzException(path, problem) : text;

    /// <summary>As <see cref="ReadText"/>; damage is returned.</summary>
    public NpzProblem? TryReadText(string name, out string? text)
    {
        var (member, header) = Entry(name);
        text = null;
        if (header.Type.IsNumber || header.Count != 1)
        {
            return null;
        }

        try
        {
            using var reading = new NpyReading(member, file);
            reading.Skip(header.DataStart);
            var bytes = reading.Next(header.Type.Bytes).ToArray();
            if (!reading.IsWhole())
            {
                return new NpzProblem.Damaged(name);
            }

            var encoding = header.Type.Kind == 'S' ? Encoding.UTF8
                : header.Type.BigEndian ? new UTF32Encoding(bigEndian: true, byteOrderMark: false)
                : Encoding.UTF32;
            text = encoding.GetString(bytes).TrimEnd('\0');
            return null;
        }
        catch (InvalidDataException)
        {
            return new NpzProblem.Damaged(name);
        }
    }

    public void Dispose() => file.Dispose();

    private static bool LooksLikeOne(SafeFileHandle file)
    {
        // Throws for a pipe or a terminal: a look at its first bytes would take them.
        _ = RandomAccess.GetLength(file);
        var start = new byte[NpyHeader.Magic.Length];
        var read = RandomAccess.Read(file, start, 0);
        return start.AsSpan(0, read).StartsWith("PK\u0003\u0004"u8)
            || start.AsSpan(0, read).StartsWith("PK\u0005\u0006"u8)
            || start.AsSpan(0, read).SequenceEqual(NpyHeader.Magic);
    }

    private static (SortedDictionary<string, (ZipMember, NpyHeader)> Arrays, NpzProblem? Problem) ReadHeaders(
        string path, SafeFileHandle file)
    {
        var arrays = new SortedDictionary<string, (ZipMember, NpyHeader)>(StringComparer.Ordinal);
        if (!LooksLikeOne(file))
        {
            return (arrays, new NpzProblem.NotNpz());
        }

        var (members, problem) = Members(path, file);
        foreach (var member in members.Where(member => member.Name.EndsWith(ArrayEnding, StringComparison.Ordinal)))
        {
            var name = member.Name[..^ArrayEnding.Length];
            if (problem is not null)
            {
                break;
            }

            try
            {
                using var stream = member.Open(file);
                (var header, problem) = NpyHeaderReader.Read(name, stream);
                problem ??= header!.CheckSize(name, member.Bytes - header.DataStart);
                arrays.Add(name, (member, header!));
            }
            catch (InvalidDataException)
            {
                problem = new NpzProblem.Damaged(name);
            }
        }

        return (arrays, problem);
    }

    private static (IReadOnlyList<ZipMember> Members, NpzProblem? Problem) Members(
        string path, SafeFileHandle file)
    {
        var first = new byte[1];
        _ = RandomAccess.Read(file, first, 0);
        if (first[0] != NpyHeader.Magic[0])
        {
            return ZipDirectory.Read(file);
        }

        var (name, length) = (Path.GetFileNameWithoutExtension(path), RandomAccess.GetLength(file));
        return ([new ZipMember(name + ArrayEnding, false, 0, length, length, null)], null);
    }

    private static NpzProblem? Verify(
        SafeFileHandle file, SortedDictionary<string, (ZipMember Member, NpyHeader Header)> arrays)
    {
        foreach (var (name, (member, _)) in arrays)
        {
            try
            {
                using var reading = new NpyReading(member, file);
                reading.Skip(member.Bytes);
                if (!reading.IsWhole())
                {
                    return new NpzProblem.Damaged(name);
                }
            }
            catch (InvalidDataException)
            {
                return new NpzProblem.Damaged(name);
            }
        }

        return null;
    }

    private (ZipMember Member, NpyHeader Header) Entry(string name) => arrays.TryGetValue(name, out var entry)
        ? entry
        : throw new KeyNotFoundException($"The file holds no array \"{name}\".");
}
