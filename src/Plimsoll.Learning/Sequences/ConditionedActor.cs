using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// Acts by the network over every row's window of the last K steps, padded at the end while there are fewer, as
/// many rows at a time as memory allows. Nothing of another row enters a row's action.
/// </summary>
internal sealed class ConditionedActor : Actor
{
    private const string Mean = "mean";

    private readonly ConditionedPolicy policy;
    private readonly Program program;
    private readonly int context, lastTime, portion;
    private readonly float[] observations, actions;

    // Of each row: what is still to come, and steps that were told.
    private readonly double[] returns, costs;
    private readonly int[] told;

    // The windows of all rows, by input.
    private readonly (string Name, int Width, float[] Numbers)[] windows;

    internal ConditionedActor(ConditionedPolicy policy, int count, Team team)
        : this(policy, count, SequenceBounds.ActingRows(policy.Model.Network.Sizes, count), team)
    {
    }

    internal ConditionedActor(ConditionedPolicy policy, int count, int portion, Team team)
    {
        (this.policy, this.portion) = (policy, portion);
        var sizes = policy.Model.Network.Sizes;
        // The table of times goes on to L + K, but no data reach further than L - 1.
        (context, lastTime) = (sizes.Context, sizes.Horizon - 1);
        var (s, a) = (policy.ObservationSize, policy.ActionSize);
        (observations, actions) = (new float[count * s], new float[count * a]);
        (returns, costs, told) = (new double[count], new double[count], new int[count]);
        windows =
        [
            Windows(WindowInputs.Return, 1), Windows(WindowInputs.Cost, 1), Windows(WindowInputs.Time, 1),
            Windows(WindowInputs.Mask, 1), Windows(WindowInputs.Observation, s), Windows(WindowInputs.Action, a),
        ];
        var g = new GraphBuilder();
        var predicted = policy.Model.Network.Forward(
            g, WindowInputs.Declare(g, new Axis("B", portion), new Axis("K", context), s, a), dropout: null);
        g.Output(Mean, predicted.Action.Mean);
        program = Program.Compile(g, team);
        for (var row = 0; row < count; row++) Begin(row, 0);

        (string, int, float[]) Windows(string name, int width) =>
            (name, width, new float[(long)count * context * width]);
    }

    public override Span<float> Observations => observations;

    public override void Begin(int row, long seed)
    {
        (returns[row], costs[row], told[row]) = (policy.ReturnTarget, policy.CostTarget, 0);
        Window(WindowInputs.Mask, row).Clear();
    }

    public override ReadOnlySpan<float> Act()
    {
        for (var row = 0; row < told.Length; row++) Look(row);
        for (var first = 0; first < told.Length; first += portion)
        {
            var rows = Math.Min(portion, told.Length - first);
            foreach (var (name, width, numbers) in windows)
            {
                var length = context * width;
                numbers.AsSpan(first * length, rows * length).CopyTo(program.Input(name));
            }
            program.Run(0);
            for (var row = 0; row < rows; row++) Take(row, first + row);
        }
        return actions;
    }

    public override void Told(int row, float reward, float cost)
    {
        returns[row] -= reward;
        costs[row] -= cost;
        told[row]++;
        if (told[row] < context) return;
        // The window is full: its first step makes room for the next.
        foreach (var (name, width, _) in windows)
        {
            if (name == WindowInputs.Mask) continue;
            var window = Window(name, row);
            window[width..].CopyTo(window);
        }
    }

    public override void Dispose() => program.Dispose();

    /// <summary>The current step of a row, with an empty slot for its action.</summary>
    private void Look(int row)
    {
        var (slot, s, a) = (Slot(row), policy.ObservationSize, policy.ActionSize);
        Window(WindowInputs.Return, row)[slot] = policy.Model.Scales.Return(returns[row]);
        Window(WindowInputs.Cost, row)[slot] = policy.Model.Scales.Cost(costs[row]);
        // Episodes longer than the model's stay at its last time step.
        Window(WindowInputs.Time, row)[slot] = Math.Min(told[row], lastTime);
        Window(WindowInputs.Mask, row)[slot] = 1;
        observations.AsSpan(row * s, s).CopyTo(Window(WindowInputs.Observation, row)[(slot * s)..]);
        Window(WindowInputs.Action, row).Slice(slot * a, a).Clear();
    }

    /// <param name="from">Of the program.</param>
    /// <param name="row">Of the actor.</param>
    private void Take(int from, int row)
    {
        var (slot, a) = (Slot(row), policy.ActionSize);
        var mean = program.Output(Mean).Slice((from * context + slot) * a, a);
        var action = actions.AsSpan(row * a, a);
        for (var i = 0; i < a; i++) action[i] = Math.Clamp(mean[i], -1f, 1f);
        action.CopyTo(Window(WindowInputs.Action, row)[(slot * a)..]);
    }

    private int Slot(int row) => Math.Min(told[row], context - 1);

    private Span<float> Window(string name, int row)
    {
        foreach (var (own, width, numbers) in windows)
        {
            if (own == name) return numbers.AsSpan(row * context * width, context * width);
        }
        throw new ArgumentOutOfRangeException(nameof(name), name, "no such input");
    }
}
