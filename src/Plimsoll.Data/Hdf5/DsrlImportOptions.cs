namespace Plimsoll.Data;

/// <summary>What the array `terminals` of a file really marks.</summary>
public enum EndMarkers
{
    /// <summary>Terminal states, as its name says: nothing follows, so values are not bootstrapped.</summary>
    Terminals,

    /// <summary>Time limits written as terminals: the importer moves them to `timeouts`.</summary>
    TimeLimits,
}

/// <summary>What the importer cannot read from the file.</summary>
/// <param name="Task">Name of the task; one of <see cref="DsrlTasks"/> brings that table's checks.</param>
public sealed record DsrlImportOptions(string Task)
{
    /// <summary>
    /// Null where the file speaks for itself. Must be given when every episode has the same length and ends
    /// with `terminals`.
    /// </summary>
    public EndMarkers? EndMarkers { get; init; }

    /// <summary>Steps of a full episode; null takes what the file records, else DSRL's, else the longest
    /// trajectory.</summary>
    public int? Horizon { get; init; }

    /// <summary>Where the file records a task, take that before the task here; otherwise a recorded task that
    /// differs is an error.</summary>
    public bool TrustsRecorded { get; init; }

    /// <summary>Take a file that holds one trajectory only, with a warning instead of an error.</summary>
    public bool AllowOneTrajectory { get; init; }

    /// <summary>The dataset's name in problems; null takes the path.</summary>
    public string? Name { get; init; }
}
