using System.Buffers.Binary;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Plimsoll.Data;

/// <summary>
/// Reads the directory of a zip archive (PKWARE's application note, 6.3) strictly: it ends the file, it is
/// whole, and no two members share bytes, so that a small file cannot unpack the same bytes many times over.
/// </summary>
internal static class ZipDirectory
{
    private const int EndBytes = 22;
    private const int End64Bytes = 56;
    private const int LocatorBytes = 20;
    private const int LongestDirectory = 1 << 26;

    /// <summary>Deflate packs at most 1032 to 1.</summary>
    private const long HighestRatio = 1040;

    public static (IReadOnlyList<ZipMember> Members, NpzProblem? Problem) Read(SafeFileHandle file)
    {
        try
        {
            var members = ReadAll(file);
            var problem = Twice(members) ?? Overlap(members);
            return (members, problem);
        }
        catch (Fault fault)
        {
            return ([], fault.Problem);
        }
    }

    private static List<ZipMember> ReadAll(SafeFileHandle file)
    {
        var (start, length, count) = FindDirectory(file);
        if (length > LongestDirectory)
        {
            throw Unsound("its directory is too long");
        }

        var directory = Bytes(file, start, length);
        var members = new List<ZipMember>();
        var at = 0;
        while (at < directory.Length)
        {
            members.Add(ReadMember(file, directory, start, ref at));
        }

        return (ulong)members.Count == count ? members : throw Unsound("its directory has lost a member");
    }

    /// <summary>The directory lies right before the record that ends the file.</summary>
    private static (long Start, long Length, ulong Count) FindDirectory(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var tail = Bytes(
            file, Math.Max(0, length - EndBytes - ushort.MaxValue), Math.Min(length, EndBytes + ushort.MaxValue));
        for (var at = tail.Length - EndBytes; at >= 0; at--)
        {
            var record = tail.AsSpan(at);
            if (U32(record) == 0x06054b50 && U16(record[20..]) == record.Length - EndBytes)
            {
                var end = length - record.Length;
                ulong count = U16(record[10..]), bytes = U32(record[12..]), start = U32(record[16..]);
                if (start == uint.MaxValue || bytes == uint.MaxValue || count == ushort.MaxValue)
                {
                    var record64 = Bytes(file, end - LocatorBytes - End64Bytes, End64Bytes).AsSpan();
                    if (U32(record64) != 0x06064b50)
                    {
                        throw Unsound("its last records contradict each other");
                    }

                    end -= LocatorBytes + End64Bytes;
                    (bytes, start, count) = (U64(record64[40..]), U64(record64[48..]), U64(record64[32..]));
                }

                return start <= (ulong)end && bytes == (ulong)end - start
                    ? ((long)start, (long)bytes, count)
                    : throw Unsound("its directory is not where its last record says");
            }
        }

        throw Unsound("it does not end with a directory");
    }

    private static ZipMember ReadMember(SafeFileHandle file, byte[] directory, long limit, ref int at)
    {
        const int fixedBytes = 46;
        var entry = directory.AsSpan(at);
        if (entry.Length < fixedBytes || U32(entry) != 0x02014b50)
        {
            throw Unsound("its directory is cut off");
        }

        var (nameBytes, extraBytes, noteBytes) = (U16(entry[28..]), U16(entry[30..]), U16(entry[32..]));
        if (entry.Length < fixedBytes + nameBytes + extraBytes + noteBytes)
        {
            throw Unsound("its directory is cut off");
        }

        at += fixedBytes + nameBytes + extraBytes + noteBytes;
        var rawName = entry.Slice(fixedBytes, nameBytes);
        var name = Encoding.UTF8.GetString(rawName);
        ulong packed = U32(entry[20..]), bytes = U32(entry[24..]), header = U32(entry[42..]);
        Widen(entry.Slice(fixedBytes + nameBytes, extraBytes), ref bytes, ref packed, ref header);
        if ((U16(entry[8..]) & 1) != 0)
        {
            throw new Fault(new NpzProblem.Encrypted(name));
        }

        var method = U16(entry[10..]);
        if (method is not (0 or 8))
        {
            throw new Fault(new NpzProblem.UnknownCompression(name, method));
        }

        var start = DataStart(file, header, limit, rawName, method);
        if (packed > (ulong)(limit - start) || (method == 0 && bytes != packed)
            || bytes / (ulong)HighestRatio > packed)
        {
            throw Unsound($"the size of \"{name}\" cannot be");
        }

        return new ZipMember(name, method == 8, start, (long)packed, (long)bytes, U32(entry[16..]));
    }

    /// <summary>The member's own header repeats its name; its packed bytes follow.</summary>
    private static long DataStart(
        SafeFileHandle file, ulong header, long limit, ReadOnlySpan<byte> name, int method)
    {
        const int fixedBytes = 30;
        var ownBytes = (ulong)(fixedBytes + name.Length);
        if ((ulong)limit >= ownBytes && header <= (ulong)limit - ownBytes)
        {
            var own = Bytes(file, (long)header, (long)ownBytes).AsSpan();
            var start = (long)header + own.Length + U16(own[28..]);
            if (U32(own) == 0x04034b50 && U16(own[8..]) == method && U16(own[26..]) == name.Length
                && own[fixedBytes..].SequenceEqual(name) && start <= limit)
            {
                return start;
            }
        }

        throw Unsound($"\"{Encoding.UTF8.GetString(name)}\" is not where the directory says");
    }

    /// <summary>Fields of 32 bits that are full have their 64 bits in an extra field, in this order.</summary>
    private static void Widen(ReadOnlySpan<byte> extra, ref ulong bytes, ref ulong packed, ref ulong header)
    {
        while (extra.Length >= 4 && U16(extra[2..]) <= extra.Length - 4)
        {
            var kind = U16(extra);
            var field = extra.Slice(4, U16(extra[2..]));
            extra = extra[(4 + field.Length)..];
            if (kind == 1)
            {
                bytes = Wide(bytes, ref field);
                packed = Wide(packed, ref field);
                header = Wide(header, ref field);
            }
        }

        static ulong Wide(ulong narrow, ref ReadOnlySpan<byte> field)
        {
            if (narrow != uint.MaxValue || field.Length < 8)
            {
                return narrow;
            }

            var wide = U64(field);
            field = field[8..];
            return wide;
        }
    }

    private static NpzProblem? Twice(IReadOnlyList<ZipMember> members)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        return members.FirstOrDefault(member => !names.Add(member.Name)) is { } second
            ? new NpzProblem.DuplicateName(second.Name)
            : null;
    }

    private static NpzProblem? Overlap(IReadOnlyList<ZipMember> members)
    {
        var end = 0L;
        foreach (var member in members.OrderBy(member => member.Start))
        {
            if (member.Start < end)
            {
                return new NpzProblem.ArchiveUnsound($"\"{member.Name}\" shares bytes with another member");
            }

            end = member.Start + member.PackedBytes;
        }

        return null;
    }

    private static byte[] Bytes(SafeFileHandle file, long start, long length)
    {
        var bytes = new byte[start < 0 ? 0 : length];
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(done), start + done);
            if (read == 0)
            {
                break;
            }

            done += read;
        }

        return start >= 0 && done == bytes.Length ? bytes : throw Unsound("it ends too early");
    }

    private static ushort U16(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16LittleEndian(bytes);

    private static uint U32(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    private static ulong U64(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt64LittleEndian(bytes);

    private static Fault Unsound(string reason) => new(new NpzProblem.ArchiveUnsound(reason));

    /// <summary>Leaves the reading; never leaves this class.</summary>
    private sealed class Fault(NpzProblem problem) : Exception
    {
        public NpzProblem Problem { get; } = problem;
    }
}
