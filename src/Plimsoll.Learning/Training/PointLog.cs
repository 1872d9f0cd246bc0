using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Training;

/// <summary>Points of a curve that is kept for every step rather than as means: those since the last look.</summary>
public sealed class PointLog(string name)
{
    private const int Capacity = 1024;

    // Both lists grow only while more steps than ever before lie between two looks.
    private readonly List<long> steps = new(Capacity);
    private readonly List<float> values = new(Capacity);

    public string Name { get; } = name;

    public void Add(long step, float value)
    {
        steps.Add(step);
        values.Add(value);
    }

    /// <summary>Moves the points into the curves.</summary>
    public void MoveTo(TrainingCurves curves)
    {
        for (var i = 0; i < steps.Count; i++) curves.Add(Name, steps[i], values[i]);
        steps.Clear();
        values.Clear();
    }

    internal void AddTo(ref BitHash hash)
    {
        hash.Add((long)steps.Count);
        if (steps.Count > 0) hash.Add((double)values[^1]);
    }

    internal void Transfer(Transfer transfer)
    {
        transfer.List(steps);
        transfer.List(values);
    }
}
