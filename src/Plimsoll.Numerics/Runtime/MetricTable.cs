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

    /// <summary>Mean of the values since the last call; null when there were none.</summary>
    internal double? TakeMean(string name) => entries[index[name]].TakeMean();

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

        internal double? TakeMean()
        {
            double? mean = count == 0 ? null : sum / count;
            (sum, count) = (0, 0);
            return mean;
        }
    }
}
