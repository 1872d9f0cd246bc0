namespace Plimsoll.Learning.Training;

/// <summary>Decides how often a training run looks up: for cancellation, and whether a checkpoint is due. Changes
/// the time, never a bit.</summary>
public abstract class TrainingPace
{
    /// <summary>Steps before the next look, at least 1.</summary>
    public abstract long Portion { get; }

    /// <summary>Told at every look; true when a checkpoint is due.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="ran">Steps since the last look: fewer than the portion only at the end.</param>
    public abstract bool Look(long step, long ran);

    /// <summary>Told after every checkpoint, whether it could be written or not.</summary>
    public virtual void Saved()
    {
    }
}

/// <summary>
/// Looks up about twenty times a second and keeps a checkpoint when the interval is over, or a hundred times what
/// the last one took: so checkpoints take at most about 1 % of the time, however slow the disk.
/// </summary>
public sealed class TimedPace : TrainingPace
{
    private const int ShareOfWriting = 100;
    private const long LongestPortion = 1L << 40;

    private readonly TimeProvider clock;
    private readonly TimeSpan interval;
    private readonly long shortLook;
    private readonly long longLook;
    private long portion = 1;
    private long latest;
    private long due;

    /// <param name="interval">Least time between checkpoints, not negative; zero: at every look, for tests.</param>
    public TimedPace(TimeProvider clock, TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.Zero);
        this.clock = clock;
        this.interval = interval;
        shortLook = clock.TimestampFrequency / 40;
        longLook = clock.TimestampFrequency / 10;
        latest = clock.GetTimestamp();
        due = latest + Ticks(interval);
    }

    public override long Portion => interval == TimeSpan.Zero ? 1 : portion;

    public override bool Look(long step, long ran)
    {
        var now = clock.GetTimestamp();
        var took = now - latest;
        if (took < shortLook && ran == portion) portion = Math.Min(2 * portion, LongestPortion);
        else if (took > longLook) portion = Math.Max(portion / 2, 1);
        latest = now;
        return now >= due;
    }

    public override void Saved()
    {
        var now = clock.GetTimestamp();
        due = now + (interval == TimeSpan.Zero ? 0 : Math.Max(Ticks(interval), ShareOfWriting * (now - latest)));
        latest = now;
    }

    private long Ticks(TimeSpan time) => (long)Math.Min(time.TotalSeconds * clock.TimestampFrequency, long.MaxValue / 4);
}
