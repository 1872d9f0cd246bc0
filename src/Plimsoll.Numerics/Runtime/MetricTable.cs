using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Runtime;

/// <summary>The accumulators of a program's recorded scalars, by name and in the order of the graph.</summary>
internal sealed class MetricTable
{
    private readonly Dictionary<string, Accumulator> index = [];
    private readonly List<Accumulator> entries = [];

    internal IReadOnlyList<Accumulator> Entries => entries;

    internal Accumulator this[string name] => index[name];

    internal Accumulator Add(string name)
    {
        var entry = new Accumulator(name);
        if (!index.TryAdd(name, entry)) throw new ArgumentException($"metric {name} is recorded twice");
        entries.Add(entry);
        return entry;
    }
}
