using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// Windows of K steps of labelled trajectories as inputs of a training program: the trajectory drawn by
/// weight, the first step uniform over it, padding with zeros where it ends. What step n draws is addressed
/// by n alone, so a resumed run sees the same windows with nothing saved. Filling allocates nothing.
/// </summary>
/// <remarks>Keeps the dataset from the garbage collector; disposing of it before the last fill is the
/// caller's mistake.</remarks>
public sealed unsafe class WindowSampler
{
    internal const string Costly = "costly";
    private const string Next = "next-observation";

    private readonly Dataset dataset;
    private readonly ToGo toGo;
    private readonly LabelledTrajectory[] labels;
    private readonly WeightedChoice choice;
    private readonly SequenceScales scales;
    private readonly StreamAddress choosing, starting;
    private readonly int[] chosen, starts;
    private readonly Axis batch, steps;
    private readonly float leastCostly;
    private bool takesNext;

    /// <param name="dataset">Where the numbers come from.</param>
    /// <param name="labels">What is drawn.</param>
    /// <param name="weights">How often, up to a factor; as many.</param>
    /// <param name="scales">How the model sees returns and costs to go.</param>
    /// <param name="windows">B, windows a step, at least 1.</param>
    /// <param name="context">K, at least 1.</param>
    /// <param name="leastCostly">Steps that cost this much or more are of the class that costs; 0: those
    /// that cost anything.</param>
    /// <param name="random">The streams of the stage.</param>
    public WindowSampler(
        Dataset dataset, IReadOnlyList<LabelledTrajectory> labels, IReadOnlyList<double> weights,
        SequenceScales scales, int windows, int context, double leastCostly, RandomRoot random)
    {
        if (labels.Count != weights.Count)
            throw new ArgumentException(
                $"{weights.Count} weights of {labels.Count} trajectories", nameof(weights));
        (this.dataset, this.labels, this.scales) = (dataset, [.. labels], scales);
        (toGo, choice) = (ToGo.Of(dataset), new WeightedChoice(weights));
        (choosing, starting) = (random.Stream("window/trajectory"), random.Stream("window/start"));
        (chosen, starts) = (new int[windows], new int[windows]);
        (batch, steps) = (new Axis("B", windows), new Axis("K", context));
        this.leastCostly = leastCostly > 0 ? (float)leastCostly : float.Epsilon;
    }

    /// <summary>The inputs of a graph that <see cref="Fill"/> fills.</summary>
    /// <param name="g">Gets them.</param>
    /// <param name="costly">[B, K]: 1 where the step is of the class that costs.</param>
    public TrajectoryWindow Declare(GraphBuilder g, out Node costly)
    {
        costly = g.Input(Costly, new Shape(batch, steps));
        return WindowInputs.Declare(g, batch, steps, dataset.ObservationSize, dataset.ActionSize);
    }

    /// <summary>What followed each step, s_(t+1) [B, K, S]. A graph that does not ask for it does not pay for
    /// it.</summary>
    public Node DeclareNext(GraphBuilder g)
    {
        takesNext = true;
        return g.Input(Next, new Shape(batch, steps, new Axis("S", dataset.ObservationSize)));
    }

    /// <summary>The windows of a step.</summary>
    public void Fill(Program program, long step)
    {
        fixed (int* numbers = chosen)
            Philox.Indices(numbers, 0, chosen.Length, WeightedChoice.Numbers, choosing, (ulong)step);
        fixed (int* numbers = starts)
            Philox.Indices(numbers, 0, starts.Length, WeightedChoice.Numbers, starting, (ulong)step);
        for (var b = 0; b < chosen.Length; b++)
        {
            var label = labels[choice.Of(chosen[b])];
            var trajectory = dataset.Trajectories[label.Source];
            var first = (int)((long)starts[b] * trajectory.Length / WeightedChoice.Numbers);
            Window(program, b, label, trajectory, first);
        }
    }

    private void Window(Program program, int b, LabelledTrajectory label, Trajectory trajectory, int first)
    {
        var (k, row) = (steps.Size, trajectory.Start + first);
        var length = Math.Min(k, trajectory.Length - first);
        var returns = Part(WindowInputs.Return, 1);
        var costs = Part(WindowInputs.Cost, 1);
        var time = Part(WindowInputs.Time, 1);
        var mask = Part(WindowInputs.Mask, 1);
        var costly = Part(Costly, 1);
        var returnsToGo = toGo.Returns.Slice(row, length);
        var costsToGo = toGo.Costs.Slice(row, length);
        var paid = dataset.Costs.Slice(row, length);
        // One constant for the whole trajectory, so that differences of steps are still the rewards.
        var (addedReturn, addedCost) = (label.Return - trajectory.Return, label.Cost - trajectory.Cost);
        for (var i = 0; i < k; i++)
        {
            var isStep = i < length;
            returns[i] = isStep ? scales.Return(returnsToGo[i] + addedReturn) : 0;
            costs[i] = isStep ? scales.Cost(costsToGo[i] + addedCost) : 0;
            time[i] = isStep ? first + i : 0;
            mask[i] = isStep ? 1 : 0;
            costly[i] = isStep && paid[i] >= leastCostly ? 1 : 0;
        }
        var (s, a) = (dataset.ObservationSize, dataset.ActionSize);
        Copy(dataset.Observations, Part(WindowInputs.Observation, s), s);
        Copy(dataset.Actions, Part(WindowInputs.Action, a), a);
        if (takesNext)
            Copy(dataset.NextObservations, Part(Next, s), s);

        Span<float> Part(string name, int width) => program.Input(name).Slice(b * k * width, k * width);

        void Copy(ReadOnlySpan<float> from, Span<float> to, int width)
        {
            from.Slice(row * width, length * width).CopyTo(to);
            to[(length * width)..].Clear();
        }
    }
}
