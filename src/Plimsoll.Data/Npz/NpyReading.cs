using Microsoft.Win32.SafeHandles;

namespace Plimsoll.Data;

/// <summary>Reads a member to its end and compares its checksum.</summary>
internal sealed class NpyReading(ZipMember member, SafeFileHandle file) : IDisposable
{
    /// <summary>The most bytes that are read without memory for them alone.</summary>
    public const int Portion = 1 << 16;

    private readonly Stream stream = member.Open(file);
    private readonly byte[] buffer = new byte[Portion];
    private long done;
    private uint checksum;

    /// <summary>The next bytes; none when the member ends before.</summary>
    public Span<byte> Next(int length)
    {
        var bytes = length <= buffer.Length ? buffer.AsSpan(0, length) : new byte[length];
        if (stream.ReadAtLeast(bytes, length, throwOnEndOfStream: false) < length)
        {
            return [];
        }

        checksum = member.Checksum is null ? 0 : Crc32.Append(checksum, bytes);
        done += length;
        return bytes;
    }

    public void Skip(long length)
    {
        for (var left = length; left > 0; left -= Portion)
        {
            if (Next((int)Math.Min(left, Portion)).IsEmpty)
            {
                return;
            }
        }
    }

    /// <summary>Everything was read, nothing follows, and the checksum is right.</summary>
    public bool IsWhole() => done == member.Bytes && stream.Read(buffer, 0, 1) == 0
        && (member.Checksum is not { } expected || expected == checksum);

    public void Dispose() => stream.Dispose();
}
