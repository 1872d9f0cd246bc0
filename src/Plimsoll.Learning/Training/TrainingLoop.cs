namespace Plimsoll.Learning.Training;

/// <summary>
/// A training run as an iterator over a complete state: the same state and step number continue with the
/// same bits, whoever calls and in whatever portions.
/// </summary>
public interface ITraining : IDisposable
{
    IReadOnlyList<string> Metrics { get; }

    /// <summary>Runs steps firstStep .. firstStep + count - 1.</summary>
    void Advance(long firstStep, long count);

    /// <summary>Mean of a metric over the steps since the last call; null when none recorded it.</summary>
    double? TakeMean(string metric);

    /// <summary>Moves points that are kept for every step, rather than as means, into the curves.</summary>
    void TakePoints(TrainingCurves curves)
    {
    }

    /// <summary>The first array that holds a NaN or an infinity; null when all are finite.</summary>
    string? FirstNonFinite();
}

/// <summary>How long to train and how often to look.</summary>
/// <param name="Steps">Gradient steps, at least 1.</param>
/// <param name="GuardEvery">Steps between looks at losses and parameters, at least 1; each look is a point of
/// the curves.</param>
/// <exception cref="ArgumentOutOfRangeException">One of them is below 1.</exception>
public sealed record TrainingLength(long Steps, long GuardEvery)
{
    public long Steps { get; } = AtLeastOne(Steps, nameof(Steps));

    public long GuardEvery { get; } = AtLeastOne(GuardEvery, nameof(GuardEvery));

    private static long AtLeastOne(long value, string name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1, name);
        return value;
    }
}

/// <summary>Curves of a training run: for each metric the mean over the steps up to each guard.</summary>
public sealed class TrainingCurves
{
    private readonly Dictionary<string, (List<float> Steps, List<float> Values)> curves = [];

    public IEnumerable<string> Names => curves.Keys;

    public (IReadOnlyList<float> Steps, IReadOnlyList<float> Values) this[string name] => curves[name];

    public void Add(string name, long step, double value)
    {
        if (!curves.TryGetValue(name, out var curve)) curves[name] = curve = ([], []);
        curve.Steps.Add(step);
        curve.Values.Add((float)value);
    }
}

public abstract record TrainingOutcome(TrainingCurves Curves)
{
    public sealed record Completed(TrainingCurves Curves) : TrainingOutcome(Curves);

    /// <summary>A loss or a parameter was not finite at a guard. A result, not an error.</summary>
    public sealed record Diverged(TrainingCurves Curves, long Step, string What) : TrainingOutcome(Curves);

    public sealed record Cancelled(TrainingCurves Curves) : TrainingOutcome(Curves);
}

public static class TrainingLoop
{
    /// <summary>Trains to the end, to the first non-finite guard, or to cancellation.</summary>
    public static TrainingOutcome Run(
        ITraining training, TrainingLength length, Action<long, IReadOnlyList<(string, double)>> report,
        CancellationToken cancelled)
    {
        var curves = new TrainingCurves();
        for (long step = 0; step < length.Steps;)
        {
            if (cancelled.IsCancellationRequested) return new TrainingOutcome.Cancelled(curves);
            var count = Math.Min(length.GuardEvery, length.Steps - step);
            training.Advance(step, count);
            step += count;
            training.TakePoints(curves);
            var points = new List<(string, double)>();
            foreach (var metric in training.Metrics)
            {
                if (training.TakeMean(metric) is not { } mean) continue;
                curves.Add(metric, step, mean);
                points.Add((metric, mean));
                if (!double.IsFinite(mean)) return new TrainingOutcome.Diverged(curves, step, metric);
            }
            if (training.FirstNonFinite() is { } array) return new TrainingOutcome.Diverged(curves, step, array);
            report(step, points);
        }
        return new TrainingOutcome.Completed(curves);
    }
}
