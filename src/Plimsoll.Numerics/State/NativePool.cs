namespace Plimsoll.Numerics.State;

/// <summary>Arrays side by side in few blocks, freed together. The first block is small, so that a small network
/// takes no large page.</summary>
internal sealed unsafe class NativePool : IDisposable
{
    private const long FirstBlock = 256 << 10;
    private const long LaterBlocks = 4 << 20;

    private readonly List<NativeBlock> blocks = [];
    private long used;

    /// <summary>Zeroed memory for so many floats, on a cache line of its own.</summary>
    /// <exception cref="OutOfMemoryException">There is no such memory.</exception>
    internal float* Allocate(long floats)
    {
        var bytes = (floats * sizeof(float) + NativeBlock.Alignment - 1) / NativeBlock.Alignment * NativeBlock.Alignment;
        if (blocks.Count == 0 || used + bytes > blocks[^1].Bytes)
        {
            blocks.Add(new NativeBlock(Math.Max(bytes, blocks.Count == 0 ? FirstBlock : LaterBlocks)));
            used = 0;
        }
        var array = blocks[^1].At(used);
        used += bytes;
        return array;
    }

    public void Dispose()
    {
        foreach (var block in blocks) block.Dispose();
        blocks.Clear();
    }
}
