using System.Runtime.CompilerServices;
using Plimsoll.Data;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Collection;

/// <summary>
/// Everything that an agent has lived through, in the order in which it happened, as tables from which a graph
/// gathers while they grow: observations [N, S], actions [N, A], rewards, costs and terminals [N], N the capacity.
/// Nothing is ever overwritten, so the replay memory is the history too. Programs that draw from it keep it alive.
/// Not safe for several threads.
/// </summary>
public sealed unsafe class ReplayTable
{
    /// <summary>Rows beyond which a binary32 number no longer tells neighbours apart.</summary>
    public const int MostRows = 1 << 24;

    private readonly Axis observation;
    private readonly Axis action;
    private readonly Column observations;
    private readonly Column nextObservations;
    private readonly Column actions;
    private readonly Column rewards;
    private readonly Column costs;
    private readonly Column terminals;

    /// <param name="capacity">Rows, 1 to <see cref="MostRows"/>.</param>
    public ReplayTable(int capacity, int observationSize, int actionSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(capacity, MostRows);
        Capacity = capacity;
        (observation, action) = (new Axis("S", observationSize), new Axis("A", actionSize));
        observations = Allocate("observations", observation);
        nextObservations = Allocate("next observations", observation);
        actions = Allocate("actions", action);
        rewards = Allocate("rewards", null);
        costs = Allocate("costs", null);
        terminals = Allocate("terminals", null);
    }

    public int Capacity { get; }

    /// <summary>Rows filled so far.</summary>
    public int Count { get; private set; }

    public int ObservationSize => observation.Size;

    public int ActionSize => action.Size;

    /// <summary>All transitions of a dataset.</summary>
    public static ReplayTable Of(Dataset dataset)
    {
        var replay = new ReplayTable(dataset.Count, dataset.ObservationSize, dataset.ActionSize);
        var (s, a) = (dataset.ObservationSize, dataset.ActionSize);
        for (var i = 0; i < dataset.Count; i++)
        {
            replay.Add(
                dataset.Observations.Slice(i * s, s), dataset.Actions.Slice(i * a, a), dataset.Rewards[i],
                dataset.Costs[i], dataset.NextObservations.Slice(i * s, s), dataset.Terminals[i] > 0);
        }
        return replay;
    }

    /// <summary>Adds a transition and gives the number of its row.</summary>
    /// <param name="terminated">The task's own end; a time limit is none.</param>
    public int Add(
        ReadOnlySpan<float> observation, ReadOnlySpan<float> action, float reward, float cost,
        ReadOnlySpan<float> nextObservation, bool terminated)
    {
        if (Count == Capacity) throw new InvalidOperationException($"All {Capacity} rows are taken.");
        observations[Count] = observation;
        actions[Count] = action;
        rewards[Count] = [reward];
        costs[Count] = [cost];
        nextObservations[Count] = nextObservation;
        terminals[Count] = [terminated ? 1f : 0f];
        return Count++;
    }

    public float Reward(int row) => rewards[row][0];

    public float Cost(int row) => costs[row][0];

    /// <summary>Adds a row to the open trajectory of a dataset.</summary>
    public void CopyTo(DatasetBuilder builder, int row) =>
        builder.Add(observations[row], actions[row], rewards[row][0], costs[row][0], nextObservations[row]);

    /// <summary>
    /// A batch drawn with replacement from the rows that are filled when the step runs: row floor(u Count), u uniform
    /// on (0, 1) in steps of 2^-23 from the stream. The product stays below Count, so no empty row is drawn; the
    /// chances of two rows differ by a share of at most Count / 2^23. Two graphs that draw from the same stream get
    /// the same rows at the same step.
    /// </summary>
    public ReplayBatch Draw(GraphBuilder g, StreamAddress stream, int size)
    {
        var batch = new Shape(new Axis("B", size));
        var filled = g.Broadcast(g.PerStep("filled rows", _ => Count), batch);
        var rows = g.ToRows(g.Uniform(stream, batch) * filled, Capacity);
        return new ReplayBatch(
            g.Gather(observations.Table, rows), g.Gather(actions.Table, rows), g.Gather(rewards.Table, rows),
            g.Gather(costs.Table, rows), g.Gather(nextObservations.Table, rows), g.Gather(terminals.Table, rows));
    }

    /// <summary>Pinned, so that it stays where programs look for it.</summary>
    private Column Allocate(string name, Axis? axis)
    {
        var width = axis?.Size ?? 1;
        var values = GC.AllocateArray<float>(checked(Capacity * width), pinned: true);
        var memory = (float*)Unsafe.AsPointer(ref values[0]);
        return new Column(values, width, new Table(name, memory, Capacity, axis, values));
    }

    private sealed class Column(float[] values, int width, Table table)
    {
        internal Table Table { get; } = table;

        internal ReadOnlySpan<float> this[int row]
        {
            get => values.AsSpan(row * width, width);
            set => value.CopyTo(values.AsSpan(row * width, width));
        }
    }
}

/// <summary>Transitions of a <see cref="ReplayTable"/> in a graph: [B, S], [B, A], everything else [B].</summary>
/// <param name="Terminal">1 where the episode ended for good, 0 also at time limits.</param>
public sealed record ReplayBatch(
    Node Observation, Node Action, Node Reward, Node Cost, Node NextObservation, Node Terminal);
