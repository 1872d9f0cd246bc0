namespace Plimsoll.Data;

/// <summary>
/// Transitions in DSRL's layout, always whole trajectories: the last row ends one. Axes: N transitions, S
/// observation, A action; C order, binary32. Backed by a memory-mapped safetensors file or by memory of its
/// own.
/// </summary>
/// <remarks>
/// Spans and pointers are valid until <see cref="Dispose"/>; keep the dataset referenced as long as they are
/// in use. Nothing writes to them, so many threads may read at once.
/// </remarks>
public sealed unsafe class Dataset : IDisposable
{
    /// <summary>The metadata entry `format` of a dataset file.</summary>
    public const string Format = "plimsoll-dataset-1";

    private readonly IDisposable? file;
    private DatasetColumns? columns;

    internal Dataset(
        DatasetColumns columns, IReadOnlyList<Trajectory> trajectories, DatasetMetadata metadata,
        IDisposable? file)
    {
        this.columns = columns;
        this.file = file;
        Trajectories = trajectories;
        Metadata = metadata;
        Count = columns.Count;
        ObservationSize = columns.ObservationSize;
        ActionSize = columns.ActionSize;
    }

    /// <summary>N, at least 1.</summary>
    public int Count { get; }

    /// <summary>S, at least 1.</summary>
    public int ObservationSize { get; }

    /// <summary>A, at least 1.</summary>
    public int ActionSize { get; }

    public DatasetMetadata Metadata { get; }

    /// <summary>In the order of their rows; together they are all rows.</summary>
    public IReadOnlyList<Trajectory> Trajectories { get; }

    /// <summary>[N, S].</summary>
    public ReadOnlySpan<float> Observations => Span(ObservationsPointer, ObservationSize);

    /// <summary>[N, S]: the observation after the action; also of a trajectory's last step.</summary>
    public ReadOnlySpan<float> NextObservations => Span(NextObservationsPointer, ObservationSize);

    /// <summary>[N, A].</summary>
    public ReadOnlySpan<float> Actions => Span(ActionsPointer, ActionSize);

    /// <summary>[N].</summary>
    public ReadOnlySpan<float> Rewards => Span(RewardsPointer, 1);

    /// <summary>[N], at least 0.</summary>
    public ReadOnlySpan<float> Costs => Span(CostsPointer, 1);

    /// <summary>[N]: 1 where a terminal state was reached, else 0.</summary>
    public ReadOnlySpan<float> Terminals => Span(TerminalsPointer, 1);

    /// <summary>[N]: 1 where a time limit cut the episode, else 0.</summary>
    public ReadOnlySpan<float> Timeouts => Span(TimeoutsPointer, 1);

    public float* ObservationsPointer => Columns.Observations;

    public float* NextObservationsPointer => Columns.NextObservations;

    public float* ActionsPointer => Columns.Actions;

    public float* RewardsPointer => Columns.Rewards;

    public float* CostsPointer => Columns.Costs;

    public float* TerminalsPointer => Columns.Terminals;

    public float* TimeoutsPointer => Columns.Timeouts;

    internal DatasetColumns Columns
    {
        get
        {
            ObjectDisposedException.ThrowIf(columns is null, this);
            return columns;
        }
    }

    /// <summary>Opens a dataset file without copying it.</summary>
    /// <exception cref="DatasetException">The file is missing, unreadable or not a sound dataset.</exception>
    public static Dataset Open(string path) => TryOpen(path) switch
    {
        DatasetOpening.Opened(var dataset) => dataset,
        DatasetOpening.Refused(var problem) => throw new DatasetException(problem),
        _ => throw new InvalidOperationException(),
    };

    /// <summary>Opens a dataset file, or says what is wrong with it.</summary>
    public static DatasetOpening TryOpen(string path) => DatasetFile.TryOpen(path);

    /// <summary>
    /// Writes the dataset. The bytes are a pure function of the arrays and the metadata.
    /// </summary>
    /// <exception cref="IOException">The file cannot be written.</exception>
    /// <exception cref="UnauthorizedAccessException">The file may not be written.</exception>
    public void Save(string path) => DatasetFile.Save(this, path);

    /// <summary>
    /// A dataset in memory of its own, of the trajectories with these indices, whole, in this order; an index
    /// may come twice.
    /// </summary>
    /// <exception cref="ArgumentException">There is no index.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no such trajectory.</exception>
    public Dataset Select(IEnumerable<int> trajectoryIndices)
    {
        ArgumentNullException.ThrowIfNull(trajectoryIndices);
        var sources = new List<Trajectory>();
        var targets = new List<Trajectory>();
        var rows = 0;
        foreach (var index in trajectoryIndices)
        {
            ArgumentOutOfRangeException.ThrowIfNegative(index, nameof(trajectoryIndices));
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(
                index, Trajectories.Count, nameof(trajectoryIndices));
            sources.Add(Trajectories[index]);
            targets.Add(Trajectories[index] with { Start = rows });
            rows = checked(rows + Trajectories[index].Length);
        }

        if (sources.Count == 0)
        {
            throw new ArgumentException("A dataset has at least one trajectory.", nameof(trajectoryIndices));
        }

        var selection = DatasetColumns.Allocate(rows, ObservationSize, ActionSize);
        foreach (var (source, target) in sources.Zip(targets))
        {
            selection.CopyRows(Columns, source.Start, target.Start, target.Length);
        }

        GC.KeepAlive(this);
        return new Dataset(selection, targets, Metadata, null);
    }

    /// <summary>The same numbers with other metadata. This dataset is closed: the new one owns what it
    /// owned.</summary>
    public Dataset WithMetadata(DatasetMetadata metadata)
    {
        ArgumentNullException.ThrowIfNull(metadata);
        var described = new Dataset(Columns, Trajectories, metadata, file);
        columns = null;
        return described;
    }

    /// <summary>Closes the file. Spans and pointers are invalid from here on.</summary>
    public void Dispose()
    {
        if (columns is null)
        {
            return;
        }

        columns = null;
        file?.Dispose();
    }

    private ReadOnlySpan<float> Span(float* start, int width) => new(start, checked(Count * width));
}
