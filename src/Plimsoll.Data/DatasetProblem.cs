namespace Plimsoll.Data;

public enum Severity
{
    Warning,
    Error,
}

/// <summary>
/// What can be wrong with a dataset. Rows, columns and trajectories count from 0, as in NumPy. The wording is
/// in
/// <see cref="DatasetProblemText"/> alone.
/// </summary>
/// <param name="Dataset">The file or the name under which the caller knows the dataset.</param>
public abstract record DatasetProblem(string Dataset)
{
    /// <summary>An error rejects the dataset, a warning does not.</summary>
    public virtual Severity Severity => Severity.Error;

    // The file as a whole.

    /// <summary>No HDF5 library could be loaded.</summary>
    public sealed record LibraryMissing(string Dataset, IReadOnlyList<string> Tried)
        : DatasetProblem(Dataset);

    public sealed record FileMissing(string Dataset) : DatasetProblem(Dataset);

    /// <param name="Dataset">The dataset.</param>
    /// <param name="Reason">What the operating system said.</param>
    public sealed record FileUnreadable(string Dataset, string Reason) : DatasetProblem(Dataset);

    /// <summary>The file begins as none of the formats that are read does.</summary>
    public sealed record UnknownFormat(string Dataset, FileContent Content) : DatasetProblem(Dataset);

    /// <summary>An HDF5 file that the library cannot read: cut off or overwritten.</summary>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="Key">The array that failed; null when the file could not be opened at all.</param>
    public sealed record Damaged(string Dataset, string? Key) : DatasetProblem(Dataset);

    /// <summary>A dataset file of ours that is not sound safetensors.</summary>
    public sealed record ArtifactDamaged(string Dataset, SafetensorsProblem Cause) : DatasetProblem(Dataset);

    /// <summary>Sound safetensors whose metadata are not a dataset's.</summary>
    public sealed record NotADataset(string Dataset) : DatasetProblem(Dataset);

    /// <summary>A file name with an ending that no format of ours has.</summary>
    public sealed record UnknownEnding(string Dataset) : DatasetProblem(Dataset);

    public sealed record NotWritable(string Dataset, string Reason) : DatasetProblem(Dataset);

    /// <summary>An npz or npy file that cannot be read.</summary>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="Key">The array it concerns; null for the file.</param>
    /// <param name="Cause">What is wrong.</param>
    public sealed record NpzDamaged(string Dataset, string? Key, NpzProblem Cause) : DatasetProblem(Dataset);

    /// <summary>A file of DSRL is not where it was looked for.</summary>
    public sealed record DsrlFileMissing(string Dataset, DsrlTask Task) : DatasetProblem(Dataset);

    // The arrays.

    public sealed record MissingKeys(string Dataset, IReadOnlyList<string> Keys, IReadOnlyList<string> Found)
        : DatasetProblem(Dataset);

    public sealed record WrongRank(string Dataset, string Key, IReadOnlyList<long> Shape, string Expected)
        : DatasetProblem(Dataset);

    public sealed record WrongType(string Dataset, string Key, string Type) : DatasetProblem(Dataset);

    /// <summary>An array has another number of rows than `observations`.</summary>
    public sealed record LengthMismatch(string Dataset, string Key, long Rows, long Expected)
        : DatasetProblem(Dataset);

    /// <summary>`next_observations` has another number of columns than `observations`.</summary>
    public sealed record WidthMismatch(string Dataset, string Key, long Columns, long Expected)
        : DatasetProblem(Dataset);

    /// <summary>An array has no rows or no columns.</summary>
    public sealed record NoRows(string Dataset, string Key, IReadOnlyList<long> Shape)
        : DatasetProblem(Dataset);

    /// <summary>An array with more elements than one block of memory takes, or than there is memory for.</summary>
    public sealed record TooLarge(string Dataset, string Key, IReadOnlyList<long> Shape)
        : DatasetProblem(Dataset);

    // The values.

    /// <param name="Dataset">The dataset.</param>
    /// <param name="Key">The array.</param>
    /// <param name="Row">Row of the first one.</param>
    /// <param name="Column">Its column; null where the array has one axis.</param>
    /// <param name="Value">NaN, or an infinity.</param>
    /// <param name="Count">How many there are.</param>
    public sealed record NotFinite(string Dataset, string Key, int Row, int? Column, float Value, long Count)
        : DatasetProblem(Dataset);

    /// <param name="Dataset">The dataset.</param>
    /// <param name="Row">The first one.</param>
    /// <param name="Value">Its value.</param>
    /// <param name="Count">How many rows.</param>
    public sealed record NegativeCosts(string Dataset, int Row, float Value, long Count)
        : DatasetProblem(Dataset);

    /// <summary>An end marker that is neither 0 nor 1.</summary>
    public sealed record BadEndMarker(string Dataset, string Key, int Row, float Value, long Count)
        : DatasetProblem(Dataset);

    public sealed record ConstantColumns(
        string Dataset, IReadOnlyList<int> Columns, IReadOnlyList<float> Values)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    public sealed record ActionsOutOfRange(string Dataset, int Row, int Column, float Value, long Count)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    public sealed record CostsNotBinary(string Dataset, int Row, float Value, long Count, float Largest)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    // The trajectories.

    /// <summary>No row ends an episode.</summary>
    public sealed record NoCompleteTrajectory(string Dataset, int Rows) : DatasetProblem(Dataset);

    public sealed record OneTrajectory(string Dataset, int Length, bool Allowed) : DatasetProblem(Dataset)
    {
        public override Severity Severity => Allowed ? Severity.Warning : Severity.Error;
    }

    /// <summary>Rows after the last end marker; they are dropped.</summary>
    public sealed record UnfinishedTail(string Dataset, int Row, int Rows) : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    /// <summary>
    /// Every episode has the same length and ends with `terminals`: probably time limits. The caller must
    /// say.
    /// </summary>
    public sealed record AmbiguousEndMarkers(string Dataset, int Trajectories, int Length)
        : DatasetProblem(Dataset);

    public sealed record LongerThanHorizon(string Dataset, int Row, int Length, int Horizon)
        : DatasetProblem(Dataset);

    /// <summary>Inside a trajectory `next_observations` differs from the following row's
    /// `observations`.</summary>
    public sealed record BrokenSuccession(string Dataset, int Row, int Column, long Count, float Largest)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    // What DSRL's table says of the task.

    /// <summary>Observations or actions have another number of columns than the task's.</summary>
    public sealed record OtherTaskSize(string Dataset, string Key, int Columns, int Expected, DsrlTask Task)
        : DatasetProblem(Dataset);

    /// <summary>The given or recorded horizon is another than the task's.</summary>
    public sealed record OtherTaskHorizon(string Dataset, int Horizon, DsrlTask Task)
        : DatasetProblem(Dataset);

    public sealed record OtherTrajectoryCount(string Dataset, int Trajectories, DsrlTask Task)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    /// <summary>Episode returns or costs lie outside the task's range.</summary>
    /// <param name="Dataset">The dataset.</param>
    /// <param name="What">`returns` or `costs`.</param>
    /// <param name="Least">Of the dataset.</param>
    /// <param name="Most">Of the dataset.</param>
    /// <param name="ExpectedLeast">Of the task.</param>
    /// <param name="ExpectedMost">Of the task.</param>
    /// <param name="Task">The task.</param>
    public sealed record OutsideTaskRange(
        string Dataset, string What, double Least, double Most, double ExpectedLeast, double ExpectedMost,
        DsrlTask Task)
        : DatasetProblem(Dataset)
    {
        public override Severity Severity => Severity.Warning;
    }

    /// <summary>The data record another task than the one that they are asked for as.</summary>
    public sealed record OtherTask(string Dataset, string Recorded, string Given) : DatasetProblem(Dataset);

    /// <summary>The recorded range of returns is no range.</summary>
    public sealed record BadReturnRange(string Dataset, string Least, string Most) : DatasetProblem(Dataset);

    // What a use of the dataset asks of it.

    public sealed record NoSafeTrajectory(
        string Dataset, double CostLimit, double LowestCost, int Trajectories)
        : DatasetProblem(Dataset);

    public sealed record NothingSelected(string Dataset, TrajectoryFilter Filter, double LowestCost,
        double HighestCost, int Trajectories) : DatasetProblem(Dataset);

    /// <summary>Too few trajectories are costly and good enough to become outliers.</summary>
    public sealed record TooFewForOutliers(
        string Dataset, int Wanted, int Candidates, double Cost, double Return) : DatasetProblem(Dataset);

    /// <summary>A step of the preprocessing removed every trajectory.</summary>
    public sealed record PreprocessingLeftNothing(
        string Dataset, PreprocessingStep Step, int Trajectories) : DatasetProblem(Dataset);

    /// <summary>Preprocessing was asked for what cannot be.</summary>
    public sealed record PreprocessingUnsound(string Dataset, PreprocessingFault Fault)
        : DatasetProblem(Dataset);
}
