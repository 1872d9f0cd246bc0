using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Sequences;

/// <summary>The inputs of a program over windows of trajectories, the same for training and acting.</summary>
internal static class WindowInputs
{
    internal const string Return = "return-to-go", Cost = "cost-to-go", Observation = "observation",
        Action = "action", Time = "time", Mask = "mask";

    /// <summary>[B, K] each, observations [B, K, S] and actions [B, K, A].</summary>
    internal static TrajectoryWindow Declare(
        GraphBuilder g, Axis batch, Axis steps, int observationSize, int actionSize)
    {
        var shape = new Shape(batch, steps);
        return new TrajectoryWindow(
            g.Input(Return, shape), g.Input(Cost, shape),
            g.Input(Observation, shape.Append(new Axis("S", observationSize))),
            g.Input(Action, shape.Append(new Axis("A", actionSize))), g.Input(Time, shape), g.Input(Mask, shape));
    }
}
