using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests;

/// <summary>Graphs over given numbers, evaluated on the spot.</summary>
internal sealed class Calculation : IDisposable
{
    private readonly Team team = new(1);
    private int given;
    private int asked;

    internal GraphBuilder Graph { get; } = new();

    internal TrainingState State { get; } = new();

    /// <summary>Numbers along the batch axis.</summary>
    internal Node Batch(params IReadOnlyList<double> values) => Given(values, new Axis("B", values.Count));

    /// <summary>Numbers, row by row.</summary>
    internal Node Given(IReadOnlyList<double> values, params Axis[] axes)
    {
        var array = State.Add($"given {given++}", new Shape(axes));
        for (var i = 0; i < values.Count; i++) array.Values[i] = (float)values[i];
        return Graph.Read(array);
    }

    /// <summary>A node's value at a step.</summary>
    internal float[] Value(Node node, long step = 0)
    {
        var name = $"asked {asked++}";
        Graph.Output(name, node);
        using var program = Program.Compile(Graph, team);
        program.Run(step);
        return program.Output(name).ToArray();
    }

    /// <summary>Gradient of the sum of a node's elements.</summary>
    internal float[] Slope(Node node, Node of) => Value(Graph.Gradients(Graph.Sum(node), of)[0]);

    public void Dispose()
    {
        State.Dispose();
        team.Dispose();
    }
}
