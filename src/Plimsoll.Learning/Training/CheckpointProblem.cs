namespace Plimsoll.Learning.Training;

/// <summary>Why a checkpoint was not used or not kept. None of it fails a training run.</summary>
public abstract record CheckpointProblem(string Path)
{
    /// <summary>It was cut short or bits of it flipped: its digest does not fit its content.</summary>
    public sealed record Damaged(string Path) : CheckpointProblem(Path);

    /// <summary>It is sound and belongs to something else: another version, stage, setting or size.</summary>
    public sealed record Foreign(string Path) : CheckpointProblem(Path);

    /// <summary>The disk does not give it back.</summary>
    public sealed record Unreadable(string Path, string Why) : CheckpointProblem(Path);

    /// <summary>The disk does not take it. Said once a run; later checkpoints are still tried.</summary>
    public sealed record NotWritten(string Path, string Why) : CheckpointProblem(Path);
}
