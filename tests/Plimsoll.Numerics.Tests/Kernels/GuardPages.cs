using System.Runtime.InteropServices;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>
/// Memory between two pages that nobody may touch: a kernel that reads or writes one element too far ends the
/// process. Around the elements lie canaries, which show a write on the side where no page is near.
/// </summary>
internal sealed unsafe partial class GuardPages : IDisposable
{
    private const int Page = 4096;
    private const int Band = 32;
    private const float Canary = -7.25e33f;
    private const int ReadWrite = 3;
    private const int PrivateAnonymous = 0x22;

    private readonly byte* memory;
    private readonly nuint inner;

    /// <param name="floats">The most elements that a buffer will have.</param>
    internal GuardPages(int floats)
    {
        inner = ((nuint)floats * sizeof(float) + Band * sizeof(float) + Page - 1) / Page * Page;
        memory = Map(null, inner + 2 * Page, ReadWrite, PrivateAnonymous, -1, 0);
        if ((nint)memory == -1) throw new OutOfMemoryException("no guarded memory");
        if (Protect(memory, Page, 0) != 0 || Protect(memory + Page + inner, Page, 0) != 0)
            throw new InvalidOperationException("the guard pages cannot be closed");
    }

    /// <summary>Places values so that they end where the second page begins, or begin where the first one
    /// ends.</summary>
    internal float* Place(ReadOnlySpan<float> values, bool atEnd)
    {
        var first = (float*)(memory + Page);
        var capacity = (int)(inner / sizeof(float));
        var start = atEnd ? first + capacity - values.Length : first;
        // On the open side.
        new Span<float>(atEnd ? start - Band : start + values.Length, Band).Fill(Canary);
        values.CopyTo(new Span<float>(start, values.Length));
        return start;
    }

    /// <summary>Whether nothing was written beside what was placed.</summary>
    internal static bool IsIntact(float* start, int count, bool atEnd) =>
        new ReadOnlySpan<float>(atEnd ? start - Band : start + count, Band).IndexOfAnyExcept(Canary) < 0;

    public void Dispose() => Unmap(memory, inner + 2 * Page);

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial byte* Map(void* address, nuint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(void* address, nuint length, int protection);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Unmap(void* address, nuint length);
}
