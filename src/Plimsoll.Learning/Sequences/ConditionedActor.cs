using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Sequences;

/// <summary>
/// Acts by one run of the network over every row's window of the last K steps, padded at the end while
/// there are fewer. A row's window stands in the program's inputs; nothing of another row enters its
/// action.
/// </summary>
internal sealed class ConditionedActor : Actor
{
    private const string Return = "return-to-go", Cost = "cost-to-go", Observation = "observation",
        Action = "action", Time = "time", Mask = "mask", Mean = "mean";

    private readonly ConditionedPolicy policy;
    private readonly Program program;
    private readonly int context, lastTime;
    private readonly float[] observations, actions;

    // Of each row: what is still to come, and steps that were told.
    private readonly double[] returns, costs;
    private readonly int[] told;

    internal ConditionedActor(ConditionedPolicy policy, int count, Team team)
    {
        this.policy = policy;
        var sizes = policy.Model.Network.Sizes;
        (context, lastTime) = (sizes.Context, sizes.Horizon + sizes.Context - 1);
        observations = new float[count * policy.ObservationSize];
        actions = new float[count * policy.ActionSize];
        (returns, costs, told) = (new double[count], new double[count], new int[count]);
        var g = new GraphBuilder();
        var shape = new Shape(new Axis("B", count), new Axis("K", context));
        var predicted = policy.Model.Network.Forward(
            g, new TrajectoryWindow(
                g.Input(Return, shape), g.Input(Cost, shape),
                g.Input(Observation, shape.Append(new Axis("S", policy.ObservationSize))),
                g.Input(Action, shape.Append(new Axis("A", policy.ActionSize))), g.Input(Time, shape),
                g.Input(Mask, shape)),
            dropout: null);
        g.Output(Mean, predicted.Action.Mean);
        program = Program.Compile(g, team);
        for (var row = 0; row < count; row++) Begin(row, 0);
    }

    public override Span<float> Observations => observations;

    public override void Begin(int row, long seed)
    {
        (returns[row], costs[row], told[row]) = (policy.ReturnTarget, policy.CostTarget, 0);
        Window(Mask, row, 1).Clear();
    }

    public override ReadOnlySpan<float> Act()
    {
        for (var row = 0; row < told.Length; row++) Look(row);
        program.Run(0);
        for (var row = 0; row < told.Length; row++) Take(row);
        return actions;
    }

    public override void Told(int row, float reward, float cost)
    {
        returns[row] -= reward;
        costs[row] -= cost;
        told[row]++;
        if (told[row] < context) return;
        // The window is full: its first step makes room for the next.
        Shift(Return, 1);
        Shift(Cost, 1);
        Shift(Time, 1);
        Shift(Observation, policy.ObservationSize);
        Shift(Action, policy.ActionSize);

        void Shift(string name, int width)
        {
            var window = Window(name, row, width);
            window[width..].CopyTo(window);
        }
    }

    public override void Dispose() => program.Dispose();

    /// <summary>The current step of a row, with an empty slot for its action.</summary>
    private void Look(int row)
    {
        var (slot, s) = (Slot(row), policy.ObservationSize);
        Window(Return, row, 1)[slot] = policy.Model.Scales.Return(returns[row]);
        Window(Cost, row, 1)[slot] = policy.Model.Scales.Cost(costs[row]);
        // Episodes longer than the model's stay at its last time step.
        Window(Time, row, 1)[slot] = Math.Min(told[row], lastTime);
        Window(Mask, row, 1)[slot] = 1;
        observations.AsSpan(row * s, s).CopyTo(Window(Observation, row, s)[(slot * s)..]);
        Window(Action, row, policy.ActionSize).Slice(slot * policy.ActionSize, policy.ActionSize).Clear();
    }

    private void Take(int row)
    {
        var (slot, a) = (Slot(row), policy.ActionSize);
        var mean = program.Output(Mean).Slice((row * context + slot) * a, a);
        var action = actions.AsSpan(row * a, a);
        for (var i = 0; i < a; i++) action[i] = Math.Clamp(mean[i], -1f, 1f);
        action.CopyTo(Window(Action, row, a)[(slot * a)..]);
    }

    private int Slot(int row) => Math.Min(told[row], context - 1);

    private Span<float> Window(string name, int row, int width) =>
        program.Input(name).Slice(row * context * width, context * width);
}
