using System.Collections.Immutable;
using System.Globalization;

namespace Plimsoll.Data;

/// <summary>
/// What a dataset says of itself beside its numbers. It is part of the dataset's bytes, so it holds no path,
/// time or machine.
/// </summary>
public sealed class DatasetMetadata
{
    /// <param name="task">Name of the task, such as <c>BallCircle</c>.</param>
    /// <param name="horizon">Steps of a full episode, at least 1.</param>
    /// <param name="facts">Where the data came from: free names and texts.</param>
    /// <exception cref="ArgumentException">The task is blank or a fact's name is blank.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The horizon is below 1.</exception>
    public DatasetMetadata(string task, int horizon, IEnumerable<KeyValuePair<string, string>>? facts = null)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(task);
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        Task = task;
        Horizon = horizon;
        Facts = (facts ?? []).ToImmutableSortedDictionary(StringComparer.Ordinal);
        foreach (var name in Facts.Keys)
        {
            ArgumentException.ThrowIfNullOrWhiteSpace(name, nameof(facts));
        }
    }

    public string Task { get; }

    public int Horizon { get; }

    /// <summary>Source facts in ordinal order of their names.</summary>
    public ImmutableSortedDictionary<string, string> Facts { get; }

    /// <summary>The same, with facts added or replaced.</summary>
    public DatasetMetadata With(params IEnumerable<KeyValuePair<string, string>> facts) =>
        new(Task, Horizon, Facts.SetItems(facts));

    private const string FactPrefix = "fact.";

    internal void AddTo(SafetensorsWriter writer)
    {
        writer.AddMetadata("format", Dataset.Format);
        writer.AddMetadata("task", Task);
        writer.AddMetadata("horizon", Horizon.ToString(CultureInfo.InvariantCulture));
        foreach (var (name, text) in Facts)
        {
            writer.AddMetadata(FactPrefix + name, text);
        }
    }

    /// <summary>Null when the entries are not those of a dataset.</summary>
    internal static DatasetMetadata? From(IReadOnlyDictionary<string, string> entries)
    {
        if (!entries.TryGetValue("format", out var format) || format != Dataset.Format
            || !entries.TryGetValue("task", out var task) || string.IsNullOrWhiteSpace(task)
            || !entries.TryGetValue("horizon", out var digits)
            || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var horizon)
            || horizon < 1)
        {
            return null;
        }

        var facts = entries
            .Where(entry => entry.Key.StartsWith(FactPrefix, StringComparison.Ordinal))
            .Select(entry => KeyValuePair.Create(entry.Key[FactPrefix.Length..], entry.Value))
            .Where(entry => !string.IsNullOrWhiteSpace(entry.Key));
        return new DatasetMetadata(task, horizon, facts);
    }
}
