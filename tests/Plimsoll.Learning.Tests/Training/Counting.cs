using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>A training that costs nothing: it adds up a number that depends on everything before it.</summary>
internal sealed class Counting : ITraining
{
    private readonly TrainingState state = new();
    private readonly StateArray values;
    private readonly Counter counter;
    private readonly Accumulator loss = new("loss");

    internal Counting()
    {
        values = state.Add("values", new Shape(new Axis("H", 5)));
        counter = state.Counter("steps");
        Carried = new Carried(state, [loss], []);
    }

    /// <summary>The step at which a value turns into a NaN.</summary>
    internal long BreaksAt { get; init; } = -1;

    /// <summary>The step at which one bit of a value flips, as a faulty machine would do.</summary>
    internal long FlipsAt { get; init; } = -1;

    /// <summary>Steps that this object ran.</summary>
    internal long Advanced { get; private set; }

    public Carried Carried { get; }

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++, Advanced++)
        {
            counter.Value++;
            ref var value = ref values.Values[(int)(step % 5)];
            value = value * 0.75f + counter.Value + (step % 7);
            if (step == BreaksAt) value = float.NaN;
            if (step == FlipsAt) value = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ 1);
            loss.Add(Math.Sqrt((double)values.Values[0] + value));
        }
    }

    /// <summary>It has no program.</summary>
    public IReadOnlyList<StepTrace> Trace(long step)
    {
        Advance(step, 1);
        return [];
    }

    public void Dispose() => state.Dispose();
}
