namespace Plimsoll.Numerics.Probe;

/// <summary>A kernel over the buffers of its case, at a size n.</summary>
public unsafe delegate void KernelBody(float*[] b, int n);

/// <summary>One buffer of a kernel.</summary>
/// <param name="Length">Elements at a size.</param>
/// <param name="Fill">Start values, from the number of elements and a seed.</param>
/// <param name="IsWritten">False: the kernel must leave it as it is.</param>
/// <param name="TakesSpecials">True for numbers; false for row numbers and the like, whose range is the
/// caller's duty.</param>
public sealed record KernelBuffer(
    Func<int, int> Length, Func<int, int, float[]> Fill, bool IsWritten, bool TakesSpecials);

/// <summary>
/// A public kernel beside its scalar specification, as a row of <see cref="KernelTable"/>: the battery of
/// Plimsoll.Numerics.Tests runs over every row, in this process and in others.
/// </summary>
/// <param name="Name">Class and method, then what is special about the row.</param>
/// <param name="InPlace">Pairs of buffers (written, read) that may be one and the same.</param>
public sealed record KernelCase(
    string Name, IReadOnlyList<KernelBuffer> Buffers, KernelBody Kernel, KernelBody Reference,
    params (int Written, int Read)[] InPlace)
{
    /// <summary>Class and method alone.</summary>
    public string Method => Name.Split(',')[0];

    /// <summary>The lengths of all buffers in one text: two sizes with the same are one.</summary>
    public string Lengths(int n) => string.Join(' ', Buffers.Select(b => b.Length(n)));

    /// <summary>Start values of all buffers.</summary>
    public float[][] Data(int n) => [.. Buffers.Select((b, i) => b.Fill(b.Length(n), 31 * n + i))];

    /// <summary>Runs a body over copies of the data and returns what the buffers hold then.</summary>
    public static unsafe float[][] Run(KernelBody body, float[][] data, int n)
    {
        // Pinned, so that the addresses hold; an empty buffer still has one.
        var copies = data.Select(values =>
        {
            var copy = GC.AllocateArray<float>(values.Length + 1, pinned: true);
            values.CopyTo(copy, 0);
            return copy;
        }).ToArray();
        var pointers = new float*[copies.Length];
        for (var i = 0; i < copies.Length; i++)
        {
            fixed (float* start = copies[i]) pointers[i] = start;
        }
        body(pointers, n);
        var results = copies.Select(copy => copy[..^1]).ToArray();
        GC.KeepAlive(copies);
        return results;
    }

    public override string ToString() => Name;
}
