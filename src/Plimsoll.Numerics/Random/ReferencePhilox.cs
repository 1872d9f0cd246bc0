using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Random;

/// <summary>The draws of <see cref="Philox"/> one element at a time: their specification.</summary>
public static class ReferencePhilox
{
    internal const float TwoToMinus23 = 1f / 8388608f;
    internal const float TwoToMinus24 = 1f / 16777216f;
    internal const float TwoToMinus32 = 1f / 4294967296f;
    internal const float TwoToMinus33 = 1f / 8589934592f;

    // pi/2 over the 2^30 steps of a quarter turn.
    internal const float QuarterTurn = 1.5707963267948966f / 1073741824f;

    /// <summary>The 32-bit word of an element.</summary>
    public static uint Word(long element, StreamAddress address, ulong step)
    {
        var (x0, x1, x2, x3) = BlockOf(element, address, step);
        return (element / 16 % 4) switch
        {
            0 => x0,
            1 => x1,
            2 => x2,
            _ => x3,
        };
    }

    /// <summary>The element's uniform draw on (0, 1).</summary>
    public static float Uniform(long element, StreamAddress address, ulong step) =>
        UniformOf(Word(element, address, step));

    /// <summary>The element's standard normal draw.</summary>
    public static float Normal(long element, StreamAddress address, ulong step)
    {
        var (x0, x1, x2, x3) = BlockOf(element, address, step);
        int word = (int)(element / 16 % 4);
        return NormalOf(word < 2 ? x0 : x2, word < 2 ? x1 : x3, sine: word % 2 == 1);
    }

    /// <summary>The element's dropout factor.</summary>
    public static float KeepMask(long element, float keepProbability, StreamAddress address, ulong step) =>
        Uniform(element, address, step) < keepProbability ? 1f / keepProbability : 0f;

    /// <summary>The element's index in [0, bound).</summary>
    public static int Index(long element, int bound, StreamAddress address, ulong step) =>
        (int)((ulong)Word(element, address, step) * (uint)bound >> 32);

    internal static float UniformOf(uint word) => MathF.FusedMultiplyAdd(word >> 9, TwoToMinus23, TwoToMinus24);

    internal static float NormalOf(uint radiusWord, uint angleWord, bool sine)
    {
        // The two halves are exact in binary32, so their sum is the word rounded once.
        float whole = MathF.FusedMultiplyAdd(radiusWord >> 16, 65536f, radiusWord & 0xFFFF);
        float u = MathF.FusedMultiplyAdd(whole, TwoToMinus32, TwoToMinus33);
        float radius = MathF.Sqrt(Scalar.Log(u) * -2f);
        int quadrant = (int)(angleWord + 0x20000000) >> 30;
        float r = (int)(angleWord - ((uint)quadrant << 30)) * QuarterTurn;
        return radius * Trigonometric.OfQuadrant(r, sine ? quadrant : quadrant + 1);
    }

    private static (uint X0, uint X1, uint X2, uint X3) BlockOf(long element, StreamAddress address, ulong step) =>
        Philox.Block(
            (uint)(element / 64 * 16 + element % 16), (uint)step, address.Stream,
            Philox.LastCounterWord(address, step), (uint)address.Key, (uint)(address.Key >> 32));
}
