namespace Plimsoll.Numerics.Probe;

/// <summary>A run over every kernel, one digest a row of <see cref="KernelTable"/>.</summary>
public static class Battery
{
    private static readonly int[] Sizes = [0, 1, 3, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 130, 256];

    /// <summary>Where special values are planted: a size with whole vectors and a remainder.</summary>
    public const int SpecialSize = 37;

    public static IEnumerable<(string Name, string Digest)> Run() =>
        KernelTable.Cases.Select(c => (c.Name, Digest(c))).Concat(SequenceBattery.Run());

    /// <summary>The data of a case with one special value in one place, for each value, buffer and some
    /// places.</summary>
    public static IEnumerable<(string What, float[][] Data)> Planted(KernelCase kernel)
    {
        for (var buffer = 0; buffer < kernel.Buffers.Count; buffer++)
        {
            if (!kernel.Buffers[buffer].TakesSpecials) continue;
            var length = kernel.Buffers[buffer].Length(SpecialSize);
            foreach (var special in Samples.Special)
            {
                foreach (var place in new[] { 0, length / 2, length - 1 }.Distinct())
                {
                    var data = kernel.Data(SpecialSize);
                    data[buffer][place] = special;
                    yield return ($"{special:R} at {place} of buffer {buffer}", data);
                }
            }
        }
    }

    private static string Digest(KernelCase kernel)
    {
        var digest = new Digest();
        foreach (var n in Sizes) Add(kernel.Data(n), n);
        foreach (var (_, data) in Planted(kernel)) Add(data, SpecialSize);
        return digest.Text;

        void Add(float[][] data, int n)
        {
            foreach (var values in KernelCase.Run(kernel.Kernel, data, n)) digest.Add(values);
        }
    }
}
