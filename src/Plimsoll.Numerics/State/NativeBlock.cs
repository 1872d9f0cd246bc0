using System.Runtime.InteropServices;

namespace Plimsoll.Numerics.State;

/// <summary>
/// Zeroed memory outside the garbage collector's heap. From 2 MB on it lies on large pages where the system has them
/// (Linux, transparent huge pages): matrix products stride over so many small pages that the translation of their
/// addresses takes up to 6 % of the time.
/// </summary>
internal sealed unsafe class NativeBlock : IDisposable
{
    /// <summary>Bytes to a multiple of which every array starts: a cache line, and the widest vector.</summary>
    internal const int Alignment = 64;

    private const nuint LargePage = 2 << 20;
    private const int UseLargePages = 14;

    private byte* memory;

    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    internal NativeBlock(long bytes)
    {
        var isLarge = bytes >= (long)LargePage;
        var alignment = isLarge ? LargePage : Alignment;
        var size = ((nuint)Math.Max(bytes, 1) + alignment - 1) / alignment * alignment;
        memory = (byte*)NativeMemory.AlignedAlloc(size, alignment);
        // A system that refuses goes on with small pages.
        if (isLarge && OperatingSystem.IsLinux()) _ = Advise(memory, size, UseLargePages);
        NativeMemory.Clear(memory, size);
        Bytes = (long)size;
    }

    internal long Bytes { get; }

    internal float* At(long offset) => (float*)(memory + offset);

    public void Dispose()
    {
        NativeMemory.AlignedFree(memory);
        memory = null;
    }

    [DllImport("libc", EntryPoint = "madvise")]
    private static extern int Advise(void* start, nuint length, int advice);
}
