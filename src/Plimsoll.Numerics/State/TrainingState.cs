using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.State;

/// <summary>
/// Everything that training carries from step to step: parameters, targets, optimiser moments and counters,
/// by name. Programs share it; saving it and the step number is a complete checkpoint.
/// </summary>
public sealed unsafe class TrainingState : IDisposable
{
    private readonly Dictionary<string, StateArray> arrays = [];
    private readonly Dictionary<string, Counter> counters = [];
    private readonly NativePool memory = new();

    /// <summary>All arrays in the order of their creation.</summary>
    public IEnumerable<StateArray> Arrays => arrays.Values;

    public IEnumerable<Counter> Counters => counters.Values;

    /// <summary>Adds an array of zeros. Names are unique.</summary>
    public StateArray Add(string name, Shape shape)
    {
        if (arrays.ContainsKey(name)) throw new ArgumentException($"the state already has an array named {name}");
        return arrays[name] = new StateArray(name, shape, memory.Allocate(shape.Count));
    }

    public StateArray this[string name] =>
        arrays.TryGetValue(name, out var array)
            ? array
            : throw new KeyNotFoundException($"the state has no array named {name}");

    public bool Contains(string name) => arrays.ContainsKey(name);

    /// <summary>The array of that name, added with zeros where absent. The shape must fit.</summary>
    public StateArray GetOrAdd(string name, Shape shape)
    {
        if (!arrays.TryGetValue(name, out var array)) return Add(name, shape);
        return array.Shape.Equals(shape)
            ? array
            : throw new ShapeException($"{name} is {array.Shape}, not {shape}");
    }

    /// <summary>A named whole number, such as an optimiser's count of updates.</summary>
    public Counter Counter(string name)
    {
        if (!counters.TryGetValue(name, out var counter)) counters[name] = counter = new Counter(name);
        return counter;
    }

    /// <summary>Name of the first array that holds a NaN or an infinity; null when all are finite.</summary>
    public string? FirstNonFinite()
    {
        foreach (var array in arrays.Values)
        {
            if (!Reductions.AllFinite(array.Pointer, array.Shape.Count)) return array.Name;
        }
        return null;
    }

    /// <summary>Frees all arrays. Programs that read or update them must not run any more.</summary>
    public void Dispose()
    {
        foreach (var array in arrays.Values) array.Release();
        memory.Dispose();
        arrays.Clear();
    }
}

/// <summary>A whole number of the state.</summary>
public sealed class Counter(string name)
{
    public string Name { get; } = name;

    public long Value { get; set; }
}
