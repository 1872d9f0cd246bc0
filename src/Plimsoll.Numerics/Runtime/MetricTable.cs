namespace Plimsoll.Numerics.Runtime;

/// <summary>Last value and running mean of each recorded scalar.</summary>
internal sealed class MetricTable
{
    private readonly Dictionary<string, int> index = [];
    private readonly List<Entry> entries = [];

    internal IEnumerable<string> Names => index.Keys;

    internal int Add(string name)
    {
        if (!index.TryAdd(name, entries.Count)) throw new ArgumentException($"metric {name} is recorded twice");
        entries.Add(new Entry());
        return entries.Count - 1;
    }

    internal void Record(int entry, float value) => entries[entry].Add(value);

    internal float Last(string name) => entries[index[name]].Last;

    /// <summary>Sum and number of the values since the last call.</summary>
    internal (double Sum, long Count) Take(string name) => entries[index[name]].Take();

    private sealed class Entry
    {
        private double sum;
        private long count;

        internal float Last { get; private set; } = float.NaN;

        internal void Add(float value)
        {
            Last = value;
            sum += value;
            count++;
        }

        internal (double Sum, long Count) Take()
        {
            var taken = (sum, count);
            (sum, count) = (0, 0);
            return taken;
        }
    }
}
