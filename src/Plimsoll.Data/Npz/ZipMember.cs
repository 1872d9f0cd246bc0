using System.IO.Compression;
using Microsoft.Win32.SafeHandles;

namespace Plimsoll.Data;

/// <summary>One file of a zip archive, as the archive's directory describes it.</summary>
/// <param name="Name">With its ending.</param>
/// <param name="Deflated">Otherwise it is stored as it is.</param>
/// <param name="Start">Where its packed bytes begin.</param>
/// <param name="PackedBytes">How many there are.</param>
/// <param name="Bytes">How many there are unpacked.</param>
/// <param name="Checksum">Of the unpacked bytes; null where nothing says.</param>
internal sealed record ZipMember(
    string Name, bool Deflated, long Start, long PackedBytes, long Bytes, uint? Checksum)
{
    /// <summary>The unpacked bytes. Reading throws InvalidDataException where they do not unpack.</summary>
    public Stream Open(SafeFileHandle file)
    {
        var packed = new FileSlice(file, Start, PackedBytes);
        return Deflated ? new DeflateStream(packed, CompressionMode.Decompress) : packed;
    }

    /// <summary>A range of a file, read forward.</summary>
    private sealed class FileSlice(SafeFileHandle file, long start, long length) : Stream
    {
        private long done;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position
        {
            get => done;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            var wanted = (int)Math.Min(buffer.Length, length - done);
            var read = wanted == 0 ? 0 : RandomAccess.Read(file, buffer[..wanted], start + done);
            done += read;
            return read;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
