namespace Plimsoll.Numerics.Runtime;

/// <summary>What a machine can do at most, measured by whoever wants times predicted.</summary>
/// <param name="FlopsPerSecond">Peak of the fused multiply-adds of the threads in use, each counted as two.</param>
/// <param name="BytesPerSecond">Bandwidth of these threads at a working set like the program's.</param>
public sealed record MachineLimits(double FlopsPerSecond, double BytesPerSecond)
{
    /// <summary>Seconds that work takes at least: arithmetic and movement overlap, so the slower of them counts.
    /// </summary>
    public double Seconds(long floatingPointOperations, long bytes) =>
        Math.Max(floatingPointOperations / FlopsPerSecond, bytes / BytesPerSecond);
}
