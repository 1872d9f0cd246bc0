namespace Plimsoll.Data.Tests;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a small seeded stream of uniforms.</summary>
internal sealed class SplitMix(long seed)
{
    private ulong state = unchecked((ulong)seed);

    public double NextUniform()
    {
        state += 0x9E3779B97F4A7C15;
        var z = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        z ^= z >> 31;
        return ((z >> 12) + 0.5) / (1L << 52);
    }

    /// <summary>Roughly normal: the sum of twelve uniforms less six (Irwin-Hall).</summary>
    public double NextNormal() => Enumerable.Range(0, 12).Sum(_ => NextUniform()) - 6;
}
