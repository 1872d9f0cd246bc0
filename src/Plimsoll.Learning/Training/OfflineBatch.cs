using Plimsoll.Data;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Training;

/// <summary>
/// The arrays of a dataset as tables that a graph gathers from, without copying: observations [N, S], actions
/// [N, A], everything else [N]. Programs built on them keep the dataset from the garbage collector; disposing it
/// before the programs is the caller's mistake.
/// </summary>
public sealed unsafe class DatasetTables
{
    public DatasetTables(Dataset dataset)
    {
        Dataset = dataset;
        Observation = new Axis("S", dataset.ObservationSize);
        Action = new Axis("A", dataset.ActionSize);
        Observations = new Table("observations", dataset.ObservationsPointer, dataset.Count, Observation, dataset);
        NextObservations = new Table("next observations", dataset.NextObservationsPointer, dataset.Count, Observation, dataset);
        Actions = new Table("actions", dataset.ActionsPointer, dataset.Count, Action, dataset);
        Rewards = new Table("rewards", dataset.RewardsPointer, dataset.Count, null, dataset);
        Costs = new Table("costs", dataset.CostsPointer, dataset.Count, null, dataset);
        Terminals = new Table("terminals", dataset.TerminalsPointer, dataset.Count, null, dataset);
        Timeouts = new Table("timeouts", dataset.TimeoutsPointer, dataset.Count, null, dataset);
    }

    public Dataset Dataset { get; }

    public Axis Observation { get; }

    public Axis Action { get; }

    internal Table Observations { get; }

    internal Table NextObservations { get; }

    internal Table Actions { get; }

    internal Table Rewards { get; }

    internal Table Costs { get; }

    internal Table Terminals { get; }

    internal Table Timeouts { get; }
}

/// <summary>
/// One random batch of transitions inside a graph, drawn with replacement from the stream of its role.
/// Shapes: observations [B, S], actions [B, A], everything else [B]. What a graph does not use costs nothing.
/// </summary>
public sealed class OfflineBatch
{
    /// <summary>Largest magnitude of an action, so that a tanh policy can reach every one (as IQL and SRPO do).</summary>
    private const float ActionLimit = 1f - 1e-5f;

    private readonly GraphBuilder graph;
    private readonly DatasetTables tables;
    private readonly RowIndices rows;

    private OfflineBatch(GraphBuilder graph, DatasetTables tables, RowIndices rows)
    {
        this.graph = graph;
        this.tables = tables;
        this.rows = rows;
    }

    public Node Observation => graph.Gather(tables.Observations, rows);

    public Node NextObservation => graph.Gather(tables.NextObservations, rows);

    /// <summary>The data's actions, clamped to ±(1 - 1e-5).</summary>
    public Node Action => graph.Clamp(graph.Gather(tables.Actions, rows), -ActionLimit, ActionLimit);

    public Node Reward => graph.Gather(tables.Rewards, rows);

    public Node Cost => graph.Gather(tables.Costs, rows);

    /// <summary>1 where the episode ended for good.</summary>
    public Node Terminal => graph.Gather(tables.Terminals, rows);

    /// <summary>1 where a time limit cut the episode; such a row's next observation is still a real one.</summary>
    public Node Timeout => graph.Gather(tables.Timeouts, rows);

    /// <summary>1 where values do not bootstrap: at terminals, and where asked for at time-outs too.</summary>
    public Node Ends(bool atTimeouts) => atTimeouts ? graph.Maximum(Terminal, Timeout) : Terminal;

    /// <summary>The batch's rows of a table as long as the dataset.</summary>
    internal Node Of(Table table) => graph.Gather(table, rows);

    public static OfflineBatch Draw(GraphBuilder graph, DatasetTables tables, RandomRoot random, string role, int size)
    {
        var rows = graph.Rows(random.Stream(role), new Axis("B", size), tables.Dataset.Count);
        return new OfflineBatch(graph, tables, rows);
    }
}
