using System.Runtime.InteropServices;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Aligned buffers that live as long as one benchmark.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private const int Drawn = 1 << 16;

    private readonly List<nint> blocks = [];

    /// <summary>Numbers in [-1, 1), the same ones again after 65,536.</summary>
    internal float* Random(long floats, int seed)
    {
        var block = Zeros(floats);
        var random = new Random(seed);
        for (long i = 0; i < floats; i++)
            block[i] = i < Drawn ? 2f * random.NextSingle() - 1f : block[i - Drawn];
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
