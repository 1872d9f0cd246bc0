namespace Plimsoll.Numerics.State;

/// <summary>Last value, sum and number of a scalar that is recorded step by step, in binary64. Part of what
/// training carries from step to step: it is emptied at every look, not at every step.</summary>
public sealed class Accumulator(string name)
{
    public string Name { get; } = name;

    /// <summary>The latest value; NaN before the first.</summary>
    public double Last { get; private set; } = double.NaN;

    /// <summary>Of the values since it was emptied.</summary>
    public double Sum { get; private set; }

    /// <summary>Number of values since it was emptied.</summary>
    public long Count { get; private set; }

    public void Add(double value)
    {
        Last = value;
        Sum += value;
        Count++;
    }

    /// <summary>Sum and number since the last call; empties both.</summary>
    public (double Sum, long Count) Take()
    {
        var taken = (Sum, Count);
        (Sum, Count) = (0, 0);
        return taken;
    }

    /// <summary>Puts back what was read earlier, to the bit.</summary>
    public void Restore(double last, double sum, long count) => (Last, Sum, Count) = (last, sum, count);
}
