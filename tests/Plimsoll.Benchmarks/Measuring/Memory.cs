using System.Runtime.InteropServices;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Aligned buffers that live as long as one benchmark.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private readonly List<nint> blocks = [];

    /// <summary>Numbers in [-1, 1).</summary>
    internal float* Random(long floats, int seed)
    {
        var block = Zeros(floats);
        var random = new Random(seed);
        for (long i = 0; i < floats; i++) block[i] = i < 65536 ? 2f * random.NextSingle() - 1f : block[i - 65536];
        return block;
    }

    internal float* Zeros(long floats)
    {
        var bytes = (nuint)(floats * sizeof(float) + 64);
        var block = NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Clear(block, bytes);
        blocks.Add((nint)block);
        return (float*)block;
    }

    public void Dispose()
    {
        foreach (var block in blocks) NativeMemory.AlignedFree((void*)block);
        blocks.Clear();
    }
}
