using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>
/// All that training carries from step to step, next to the step number. A training has no other memory: whatever
/// it needs at the next step or look is an array or counter of the state, an accumulator or a log of points.
/// So a checkpoint is complete by construction, and one walk over this serves saving, restoring and hashing.
/// </summary>
public sealed class Carried(
    TrainingState state, IReadOnlyList<Accumulator> accumulators, IReadOnlyList<PointLog> points)
{
    public TrainingState State { get; } = state;

    // Arrays: the hash of the losses walks over them at every step of a short run.
    private readonly Accumulator[] accumulators = [.. accumulators];
    private readonly PointLog[] points = [.. points];

    public IReadOnlyList<Accumulator> Accumulators => accumulators;

    public IReadOnlyList<PointLog> Points => points;

    /// <summary>Names of the accumulators, each once.</summary>
    public IReadOnlyList<string> Metrics { get; } = [.. accumulators.Select(a => a.Name).Distinct()];

    /// <summary>Mean of a metric over the steps since the last call, from all accumulators of that name; null when
    /// none recorded it.</summary>
    public double? TakeMean(string metric)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var accumulator in Accumulators)
        {
            if (accumulator.Name != metric) continue;
            var taken = accumulator.Take();
            sum += taken.Sum;
            count += taken.Count;
        }
        return count == 0 ? null : sum / count;
    }

    /// <summary>Names and sizes of everything, so that a checkpoint of another layout is recognised.</summary>
    internal string Layout() => string.Join(
        '\n',
        State.Arrays.Select(a => $"array {a.Name} {a.Shape}")
            .Concat(State.Counters.Select(c => $"counter {c.Name}"))
            .Concat(Accumulators.Select(a => $"accumulator {a.Name}"))
            .Concat(Points.Select(p => $"points {p.Name}")));

    internal void Transfer(Transfer transfer)
    {
        foreach (var array in State.Arrays) transfer.Floats(array.Values);
        foreach (var counter in State.Counters) counter.Value = transfer.Number(counter.Value);
        foreach (var a in Accumulators)
            a.Restore(transfer.Number(a.Last), transfer.Number(a.Sum), transfer.Number(a.Count));
        foreach (var log in Points) log.Transfer(transfer);
    }

    /// <summary>Hash of what was recorded since the last look: cheap enough for every step.</summary>
    internal ulong LossHash()
    {
        var hash = new BitHash();
        AddRecorded(ref hash);
        return hash.Value;
    }

    /// <summary>Hash of everything.</summary>
    internal ulong StateHash()
    {
        var hash = new BitHash();
        foreach (var array in State.Arrays) hash.Add(array.Values);
        foreach (var counter in State.Counters) hash.Add(counter.Value);
        AddRecorded(ref hash);
        return hash.Value;
    }

    private void AddRecorded(ref BitHash hash)
    {
        foreach (var a in accumulators)
        {
            hash.Add(a.Last);
            hash.Add(a.Sum);
            hash.Add(a.Count);
        }
        foreach (var log in points) log.AddTo(ref hash);
    }
}
