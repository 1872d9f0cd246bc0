using Plimsoll.Export.Policies;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Export.Onnx;

/// <summary>A policy as a function of arrays: how its graph is built for a batch, and what its inputs and its action
/// mean.</summary>
/// <param name="Build">The action [B, A] for a batch.</param>
/// <param name="Inputs">Words for each input, by its name.</param>
/// <param name="Action">Words for the action.</param>
internal sealed record PolicyGraph(
    Func<GraphBuilder, Axis, Node> Build, IReadOnlyDictionary<string, string> Inputs, string Action)
{
    internal const string Observation = "observation", Normals = "normals", ActionName = "action",
        ReturnToGo = "return_to_go", CostToGo = "cost_to_go", PastAction = "past_action", Time = "time", Mask = "mask";

    private const string ActionWords =
        "a [B, A]: the action of each row, between action_low and action_high of the model's metadata.";

    internal static PolicyGraph? Of(IPolicy policy) => policy switch
    {
        IMarkovPolicy markov => Of(markov),
        ConditionedPolicy conditioned => Of(conditioned),
        _ => null,
    };

    private static PolicyGraph Of(IMarkovPolicy policy) => new(
        (g, batch) =>
        {
            var observation = g.Input(Observation, new Shape(batch, new Axis("S", policy.ObservationSize)));
            var normals = policy.Normals == 0
                ? null
                : g.Input(Normals, new Shape(batch, new Axis("Z", policy.Normals)));
            return policy.Act(g, observation, normals);
        },
        new Dictionary<string, string>
        {
            [Observation] = "s [B, S]: one observation a row, in the units of the task; normalisation is inside.",
            [Normals] = "[B, Z]: independent draws from N(0, 1), new ones for every action; equal draws give equal "
                + "actions.",
        },
        ActionWords);

    /// <summary>Over windows of K steps, as the policy acts: scales, the last time step of the model and the choice of
    /// the window's latest step are inside.</summary>
    private static PolicyGraph Of(ConditionedPolicy policy) => new(
        (g, batch) => Latest(g, policy, batch),
        new Dictionary<string, string>
        {
            [ReturnToGo] = "[B, K]: the return that is still to come at each step, reward/episode; at an episode's "
                + "first step return_target of the metadata, and each reward is taken from it.",
            [CostToGo] = "[B, K]: the cost that is still allowed, cost/episode; it starts at cost_target and may fall "
                + "below 0.",
            [Observation] = "s [B, K, S]: the observations of the last K steps, oldest first, in the units of the "
                + "task. A window that has fewer is padded at the end with finite numbers.",
            [PastAction] = "a [B, K, A]: the actions that were taken; at the latest step 0.",
            [Time] = "[B, K]: the number of each step in its episode, from 0.",
            [Mask] = "[B, K]: 1 for steps, 0 for padding; at least the first is 1.",
        },
        ActionWords);

    private static Node Latest(GraphBuilder g, ConditionedPolicy policy, Axis batch)
    {
        var (sizes, scales) = (policy.Model.Network.Sizes, policy.Model.Scales);
        var steps = new Axis("K", sizes.Context);
        var shape = new Shape(batch, steps);
        var mask = g.Input(Mask, shape);
        var window = new TrajectoryWindow(
            g.Scale(g.Input(ReturnToGo, shape), (float)scales.ReturnScale),
            g.AddConstant(g.Scale(g.Input(CostToGo, shape), (float)scales.CostScale), (float)scales.CostOffset),
            g.Input(Observation, shape.Append(new Axis("S", policy.ObservationSize))),
            g.Input(PastAction, shape.Append(new Axis("A", policy.ActionSize))),
            // No data reach further than the longest episode.
            g.Clamp(g.Input(Time, shape), 0f, sizes.Horizon - 1), mask);
        var actions = g.Clamp(policy.Model.Network.Forward(g, window, dropout: null).Action.Mean, -1f, 1f);
        var latest = mask;
        if (steps.Size > 1)
        {
            // 1 at the last step before padding: the mask less the mask of the step that follows.
            var following = g.Concat(
                steps.Name, g.Columns(mask, 1, new Axis("J", steps.Size - 1)),
                g.Constant(0f, new Shape(batch, new Axis("J", 1))));
            latest = mask - following;
        }
        return g.SumLast(g.Transpose(g.TimesColumn(actions, latest)));
    }
}
