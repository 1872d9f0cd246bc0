using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Float64;

/// <summary>A binary64 copy of a training state as it is now. Arrays are replaced, never written to.</summary>
internal sealed class Float64State
{
    private readonly Dictionary<StateArray, double[]> arrays = [];
    private readonly Dictionary<Counter, long> counters = [];

    internal Float64State(TrainingState state)
    {
        foreach (var array in state.Arrays) arrays[array] = Widened(array.Values);
        foreach (var counter in state.Counters) counters[counter] = counter.Value;
    }

    private Float64State(Float64State other)
    {
        foreach (var (array, values) in other.arrays) arrays[array] = values;
        foreach (var (counter, value) in other.counters) counters[counter] = value;
    }

    internal double[] this[StateArray array]
    {
        get => arrays[array];
        set => arrays[array] = value.Length == array.Shape.Count
            ? value
            : throw new ArgumentException($"{array.Name} has {array.Shape.Count} elements, not {value.Length}");
    }

    internal long this[Counter counter]
    {
        get => counters[counter];
        set => counters[counter] = value;
    }

    internal Float64State Copy() => new(this);

    internal static double[] Widened(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (var i = 0; i < wide.Length; i++) wide[i] = values[i];
        return wide;
    }
}
