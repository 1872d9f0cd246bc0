using Plimsoll.Environments;

namespace Plimsoll.Environments.Tests.Support;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): a small seeded stream of uniforms.</summary>
internal sealed class SplitMix(long seed) : IUniformSource
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

    public float NextAction() => (float)(2.4 * NextUniform() - 1.2);
}

/// <summary>The given numbers, and none after them.</summary>
internal sealed class Given(params double[] numbers) : IUniformSource
{
    private int next;

    public int Left => numbers.Length - next;

    public double NextUniform() => numbers[next++];
}
