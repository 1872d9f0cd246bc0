namespace Plimsoll.Numerics.Probe;

/// <summary>Every public kernel there is. A kernel without a row fails a test of the battery.</summary>
public static partial class KernelTable
{
    /// <summary>Rows or members of kernels over matrices.</summary>
    private const int Rows = 3;

    public static IReadOnlyList<KernelCase> Cases { get; } =
        [.. Pointwise(), .. Broadcasts(), .. Reduced(), .. Normalised(), .. Moved(), .. Optimised(), .. Drawn(),
            .. Products(), .. Ordered(), .. Attending()];

    private static KernelBuffer In(Func<int, int> length) => new(length, Samples.Mixed, false, true);

    private static KernelBuffer InOut(Func<int, int> length) => new(length, Samples.Mixed, true, true);

    /// <summary>Written from end to end: what it held before must not matter.</summary>
    private static KernelBuffer Out(Func<int, int> length) => new(length, Samples.Mixed, true, false);

    private static int Same(int n) => n;

    private static int One(int n) => 1;

    private static int ThreeRows(int n) => Rows * n;

    private static int ThreeOf(int n) => Rows;
}
