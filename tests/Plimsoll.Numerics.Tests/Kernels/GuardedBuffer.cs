using System.Runtime.InteropServices;
using NUnit.Framework;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>
/// n floats at a chosen distance from a 64-byte boundary, with 64 canaries on either side that a kernel must leave.
/// </summary>
internal sealed unsafe class GuardedBuffer : IDisposable
{
    private const int Band = 64;
    private const float Canary = -7.25e33f;

    private readonly float* _memory;

    public GuardedBuffer(int n, int offset = 0)
    {
        Count = n;
        _memory = (float*)NativeMemory.AlignedAlloc((nuint)((n + 2 * Band + offset) * sizeof(float)), 64);
        Data = _memory + Band + offset;
        new Span<float>(_memory, n + 2 * Band + offset).Fill(Canary);
        Span.Clear();
    }

    public GuardedBuffer(ReadOnlySpan<float> values, int offset = 0)
        : this(values.Length, offset) => values.CopyTo(Span);

    public float* Data { get; }

    public int Count { get; }

    public Span<float> Span => new(Data, Count);

    public void Dispose()
    {
        bool intact = true;
        for (float* p = _memory; p < Data; p++)
        {
            intact &= *p == Canary;
        }

        for (int i = 0; i < Band; i++)
        {
            intact &= Data[Count + i] == Canary;
        }

        NativeMemory.AlignedFree(_memory);
        Assert.That(intact, Is.True, "a kernel wrote outside its buffer");
    }
}

internal static class Equality
{
    /// <summary>Equal to the bit, where every NaN counts as equal to every other.</summary>
    public static void AssertSameBits(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected, string what)
    {
        Assert.That(actual.Length, Is.EqualTo(expected.Length), what);
        for (int i = 0; i < actual.Length; i++)
        {
            if (!SameBits(actual[i], expected[i]))
            {
                Assert.Fail($"{what}: element {i} is {actual[i]:R}, expected {expected[i]:R}");
            }
        }
    }

    public static bool SameBits(float x, float y) =>
        BitConverter.SingleToInt32Bits(x) == BitConverter.SingleToInt32Bits(y) || (float.IsNaN(x) && float.IsNaN(y));
}
