using Plimsoll.Data;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// How a batch of transitions is paired with the initial distribution ρ: for a value V of observations, terms [B]
/// whose mean is an estimate of E_ρ[V].
/// </summary>
internal abstract class InitialStates
{
    /// <param name="value">V: observations [B, S] to [B].</param>
    internal abstract Node Of(GraphBuilder g, Func<Node, Node> value);

    /// <summary>V at initial states drawn independently of the transitions.</summary>
    internal static InitialStates Drawn(GraphBuilder g, StateTable starts, StreamAddress stream, int batch) =>
        new Independent(g.Gather(starts.Table, g.Rows(stream, new Axis("B", batch), starts.Table.Rows)));

    /// <summary>V(s) where a transition is its episode's first, over the share of such transitions in the data: most
    /// terms are 0 and few are large.</summary>
    internal static InitialStates Among(GraphBuilder g, OfflineBatch batch, Dataset dataset)
    {
        var share = (float)dataset.Trajectories.Count / dataset.Count;
        return new Marked(batch.Observation, batch.Of(FirstSteps(dataset)) * (1f / share));
    }

    // Pinned, and kept alive by the programs that read it.
    private static unsafe Table FirstSteps(Dataset dataset)
    {
        var first = GC.AllocateArray<float>(dataset.Count, pinned: true);
        foreach (var trajectory in dataset.Trajectories) first[trajectory.Start] = 1f;
        fixed (float* pointer = first) return new Table("first steps", pointer, dataset.Count, null, first);
    }

    private sealed class Independent(Node observation) : InitialStates
    {
        internal override Node Of(GraphBuilder g, Func<Node, Node> value) => value(observation);
    }

    private sealed class Marked(Node observation, Node weight) : InitialStates
    {
        internal override Node Of(GraphBuilder g, Func<Node, Node> value) => value(observation) * weight;
    }
}
