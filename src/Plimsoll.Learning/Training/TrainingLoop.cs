namespace Plimsoll.Learning.Training;

/// <summary>
/// Trains to the end, to the first non-finite guard, or to cancellation. Steps run in portions: a guard, a mark of
/// the hash trail or the pace ends one, and where portions end changes no bit.
/// </summary>
public sealed class TrainingLoop
{
    private readonly ITraining training;
    private readonly TrainingLength length;
    private readonly TrainingSurroundings surroundings;
    private readonly TrainingPosition position;
    private IReadOnlyList<(string, double)> metrics = [];
    private long? resumedAt;
    private long? savedAt;
    private bool hasWarned;

    // Where portions end. Kept rather than worked out: a division costs more than looking at a number.
    private long nextGuard;
    private long nextMark;
    private long untilLook;
    private long ran;

    private TrainingLoop(ITraining training, TrainingLength length, TrainingSurroundings surroundings)
    {
        this.training = training;
        this.length = length;
        this.surroundings = surroundings;
        position = new TrainingPosition(training.Carried, length);
    }

    /// <param name="training">Freshly built. After the run it holds the state at the end.</param>
    public static TrainingOutcome Run(ITraining training, TrainingLength length, TrainingSurroundings surroundings) =>
        new TrainingLoop(training, length, surroundings).Run();

    private TrainingOutcome Run()
    {
        Resume();
        var pace = surroundings.Pace;
        nextGuard = length.GuardAfter(position.Step);
        nextMark = position.Trail.NextAfter(position.Step);
        untilLook = pace.Portion;
        while (position.Step < length.Steps)
        {
            if (surroundings.Cancelled.IsCancellationRequested)
            {
                Save();
                return new TrainingOutcome.Cancelled(position.Curves, position.Trail);
            }
            Advance();
            if (position.Step == nextGuard)
            {
                if (Guard() is { } diverged) return diverged;
                nextGuard = length.GuardAfter(position.Step);
            }
            if (untilLook > 0) continue;
            if (pace.Look(position.Step, ran) && position.Step < length.Steps)
            {
                Save();
                pace.Saved();
            }
            (untilLook, ran) = (pace.Portion, 0);
        }
        return new TrainingOutcome.Completed(position.Curves, position.Trail);
    }

    private void Resume()
    {
        if (surroundings.Checkpoint is not { } checkpoint) return;
        if (checkpoint.TryRestore(position, out var problem))
        {
            resumedAt = savedAt = position.Step;
            Report();
        }
        if (problem is not null) surroundings.Warn(problem);
    }

    private void Advance()
    {
        var step = position.Step;
        var count = Math.Min(Math.Min(nextGuard, nextMark) - step, untilLook);
        training.Advance(step, count);
        position.Step = step + count;
        untilLook -= count;
        ran += count;
        if (position.Step != nextMark) return;
        position.Trail.Pass(nextMark, training.Carried);
        nextMark = position.Trail.NextAfter(nextMark);
    }

    private TrainingOutcome.Diverged? Guard()
    {
        var carried = training.Carried;
        var step = position.Step;
        position.Trail.Guard(step, carried);
        foreach (var log in carried.Points) log.MoveTo(position.Curves);
        var points = new List<(string, double)>();
        foreach (var metric in carried.Metrics)
        {
            if (carried.TakeMean(metric) is not { } mean) continue;
            position.Curves.Add(metric, step, mean);
            points.Add((metric, mean));
            if (!double.IsFinite(mean)) return Diverged(metric);
        }
        if (carried.State.FirstNonFinite() is { } array) return Diverged(array);
        metrics = points;
        Report();
        return null;

        TrainingOutcome.Diverged Diverged(string what) => new(position.Curves, position.Trail, step, what);
    }

    private void Save()
    {
        if (surroundings.Checkpoint is not { } checkpoint || position.Step == (savedAt ?? 0)) return;
        if (checkpoint.Save(position) is { } problem)
        {
            if (!hasWarned) surroundings.Warn(problem);
            hasWarned = true;
            return;
        }
        savedAt = position.Step;
        Report();
    }

    private void Report() =>
        surroundings.Report(new TrainingReport(position.Step, metrics, resumedAt, savedAt));
}
