namespace Plimsoll.Numerics.Probe;

/// <summary>FNV-1a over the bits of results; every NaN counts as the same value.</summary>
public sealed class Digest
{
    private ulong _state = 14695981039346656037;

    public string Text => _state.ToString("x16");

    public void Add(ReadOnlySpan<float> values)
    {
        foreach (float value in values)
        {
            Add(float.IsNaN(value) ? 0x7FC00000u : BitConverter.SingleToUInt32Bits(value));
        }
    }

    public void Add(uint word)
    {
        for (int i = 0; i < 4; i++)
        {
            _state = (_state ^ (byte)(word >> (8 * i))) * 1099511628211;
        }
    }
}
