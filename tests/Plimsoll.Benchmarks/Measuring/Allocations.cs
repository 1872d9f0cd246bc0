namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Bytes that a piece of work allocates on the managed heap, on whatever thread.</summary>
internal static class Allocations
{
    private const int Tries = 3;

    /// <summary>The least of three tries: the runtime's own threads allocate now and then.</summary>
    internal static long Of(Action work)
    {
        var least = long.MaxValue;
        for (var i = 0; i < Tries; i++)
        {
            var before = GC.GetTotalAllocatedBytes(precise: true);
            work();
            least = Math.Min(least, GC.GetTotalAllocatedBytes(precise: true) - before);
        }
        return least;
    }
}
