using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace Plimsoll.Learning.Training;

/// <summary>
/// One way for bits between memory and a checkpoint. Saving and restoring walk the same code, so that what one
/// writes the other reads: when saving, a number goes in and comes back unchanged; when restoring, the one that
/// comes back is the checkpoint's.
/// </summary>
internal abstract class Transfer
{
    protected abstract bool IsRestoring { get; }

    internal void Floats(Span<float> values) => Bytes(MemoryMarshal.AsBytes(values));

    internal long Number(long value)
    {
        Span<byte> bytes = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
        Bytes(bytes);
        return BinaryPrimitives.ReadInt64LittleEndian(bytes);
    }

    /// <summary>The bits, not the value: NaNs keep their payload.</summary>
    internal double Number(double value) =>
        BitConverter.Int64BitsToDouble(Number(BitConverter.DoubleToInt64Bits(value)));

    internal string Text(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        var length = checked((int)Number((long)bytes.Length));
        if (IsRestoring) bytes = new byte[Available(length)];
        Bytes(bytes);
        return Encoding.UTF8.GetString(bytes);
    }

    internal void List<T>(List<T> list)
        where T : unmanaged
    {
        var count = checked((int)Number((long)list.Count));
        if (IsRestoring) CollectionsMarshal.SetCount(list, Available(count));
        Bytes(MemoryMarshal.AsBytes(CollectionsMarshal.AsSpan(list)));
    }

    /// <summary>Writes the bytes out, or fills them.</summary>
    protected abstract void Bytes(Span<byte> bytes);

    /// <summary>A count that the source can hold, before memory is reserved for it.</summary>
    protected virtual int Available(int count) => count;
}

/// <summary>Writes to a stream and digests what it writes.</summary>
internal sealed class Saving(Stream stream, IncrementalHash digest) : Transfer
{
    protected override bool IsRestoring => false;

    protected override void Bytes(Span<byte> bytes)
    {
        digest.AppendData(bytes);
        stream.Write(bytes);
    }
}

/// <summary>Reads from memory, so that no fault of a disk can leave a state restored by half.</summary>
internal sealed class Restoring(ReadOnlyMemory<byte> source) : Transfer
{
    private ReadOnlyMemory<byte> rest = source;

    internal bool IsAtEnd => rest.IsEmpty;

    protected override bool IsRestoring => true;

    protected override void Bytes(Span<byte> bytes)
    {
        rest.Span[..Available(bytes.Length)].CopyTo(bytes);
        rest = rest[bytes.Length..];
    }

    protected override int Available(int count) => count >= 0 && count <= rest.Length
        ? count
        : throw new InvalidOperationException("a checkpoint with a sound digest ends too early");
}
