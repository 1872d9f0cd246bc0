using Plimsoll.Numerics.State;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Buffers as those of states and programs, which live as long as one benchmark.</summary>
internal sealed unsafe class Memory : IDisposable
{
    private const int Drawn = 1 << 16;

    private readonly NativePool pool = new();

    /// <summary>Numbers in [-1, 1), the same ones again after 65,536.</summary>
    internal float* Random(long floats, int seed)
    {
        var block = Zeros(floats);
        var random = new Random(seed);
        for (long i = 0; i < floats; i++)
            block[i] = i < Drawn ? 2f * random.NextSingle() - 1f : block[i - Drawn];
        return block;
    }

    internal float* Zeros(long floats) => pool.Allocate(floats);

    public void Dispose() => pool.Dispose();
}
