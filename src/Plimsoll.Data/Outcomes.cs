namespace Plimsoll.Data;

/// <summary>What came of opening a dataset file.</summary>
public abstract record DatasetOpening
{
    private protected DatasetOpening()
    {
    }

    /// <summary>The caller owns the dataset and disposes of it.</summary>
    public sealed record Opened(Dataset Dataset) : DatasetOpening;

    public sealed record Refused(DatasetProblem Problem) : DatasetOpening;
}

/// <summary>What came of reading somebody else's data.</summary>
public abstract record ImportOutcome
{
    private protected ImportOutcome()
    {
    }

    /// <summary>Usable. Read the warnings: they say what was dropped and what looks odd.</summary>
    public sealed record Imported(Dataset Dataset, IReadOnlyList<DatasetProblem> Warnings) : ImportOutcome;

    /// <summary>Not usable. At least one problem is an error; errors come first, then warnings.</summary>
    public sealed record Rejected(IReadOnlyList<DatasetProblem> Problems) : ImportOutcome;
}

/// <summary>What came of writing a dataset for other programs.</summary>
public abstract record ExportOutcome
{
    private protected ExportOutcome()
    {
    }

    public sealed record Exported(string Path) : ExportOutcome;

    public sealed record Refused(DatasetProblem Problem) : ExportOutcome;
}

/// <summary>What came of choosing trajectories.</summary>
public abstract record FilterOutcome
{
    private protected FilterOutcome()
    {
    }

    /// <param name="Dataset">The kept trajectories, whole and in their old order. The caller owns it.</param>
    /// <param name="Trajectories">Their indices in the dataset that was filtered.</param>
    public sealed record Kept(Dataset Dataset, IReadOnlyList<int> Trajectories) : FilterOutcome;

    /// <summary>No trajectory passed.</summary>
    public sealed record Nothing(DatasetProblem Problem) : FilterOutcome;
}

/// <summary>Thrown by the shorthand <see cref="Dataset.Open"/>; <see cref="Dataset.TryOpen"/> returns
/// it.</summary>
public sealed class DatasetException(DatasetProblem problem) : Exception(DatasetProblemText.Message(problem))
{
    public DatasetProblem Problem { get; } = problem;
}
