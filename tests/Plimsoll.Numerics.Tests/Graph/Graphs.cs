using System.Runtime.InteropServices;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>What tests of graphs share.</summary>
internal static class Graphs
{
    internal static readonly Axis B = new("B", 6);
    internal static readonly Axis K = new("K", 5);
    internal static readonly Axis E = new("E", 3);

    internal static StreamAddress Stream(string role) => RandomRoot.Of(1, "graph").Stream(role);

    /// <summary>An array of the state filled with normal draws.</summary>
    internal static StateArray Normal(this TrainingState state, string name, Shape shape)
    {
        var array = state.Add(name, shape);
        for (var i = 0; i < array.Values.Length; i++)
        {
            array.Values[i] = ReferencePhilox.Normal(i, Stream(name), 0);
        }

        return array;
    }

    /// <summary>Compiles and runs one step on one thread and hands out what a named output holds.</summary>
    internal static float[] Run(GraphBuilder graph, string output, long step = 0)
    {
        using var team = new Team(1);
        using var program = Program.Compile(graph, team);
        program.Run(step);
        return program.Output(output).ToArray();
    }

    /// <summary>Names of the instructions of a compiled graph.</summary>
    internal static IReadOnlyList<string> Plan(GraphBuilder graph)
    {
        using var team = new Team(1);
        using var program = Program.Compile(graph, team);
        return [.. program.Plan.Select(instruction => instruction.Operation)];
    }

    internal static int[] Bits(ReadOnlySpan<float> values) => MemoryMarshal.Cast<float, int>(values).ToArray();
}
