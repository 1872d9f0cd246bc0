using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Random;

/// <summary>
/// Draws in call order for scalar host code, from one (address, step): block i of <see cref="Philox"/> (i = 0, 1, ...
/// as its first counter word) gives two 64-bit values, words (0, 1) and then (2, 3), the first word low.
/// </summary>
/// <remarks>Not safe for concurrent use. At most 2^33 draws. Its bits depend on nothing but the order of calls.</remarks>
public sealed class SequentialRandom(StreamAddress address, ulong step)
{
    private readonly uint _last = Philox.LastCounterWord(address, step);
    private uint _block;
    private ulong _second;
    private bool _hasSecond;
    private double _spareNormal;
    private bool _hasSpareNormal;

    /// <summary>Uniform on the open interval (0, 1): (v / 2^12 + 1/2) / 2^52 for a 64-bit value v.</summary>
    public double NextUniform() => ((NextBits() >> 12) + 0.5) * (1.0 / 4503599627370496.0);

    /// <summary>Standard normal by Box and Muller: two uniforms give two draws, the cosine first.</summary>
    public double NextNormal()
    {
        if (_hasSpareNormal)
        {
            _hasSpareNormal = false;
            return _spareNormal;
        }

        double radius = ScalarDouble.Sqrt(-2.0 * ScalarDouble.Log(NextUniform()));
        double angle = 2.0 * Math.PI * NextUniform();
        _spareNormal = radius * ScalarDouble.Sin(angle);
        _hasSpareNormal = true;
        return radius * ScalarDouble.Cos(angle);
    }

    /// <summary>Uniform on [0, bound): the upper half of v * bound for a 64-bit value v.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The bound is not positive.</exception>
    public int NextIndex(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        return (int)Math.BigMul(NextBits(), (ulong)bound, out _);
    }

    private ulong NextBits()
    {
        if (_hasSecond)
        {
            _hasSecond = false;
            return _second;
        }

        var (x0, x1, x2, x3) = Philox.Block(
            _block++, (uint)step, address.Stream, _last, (uint)address.Key, (uint)(address.Key >> 32));
        _second = x2 | (ulong)x3 << 32;
        _hasSecond = true;
        return x0 | (ulong)x1 << 32;
    }
}
