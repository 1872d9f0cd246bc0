using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Export.Tests.Onnx;

/// <summary>A policy that is whatever a test writes.</summary>
public sealed class FunctionPolicy(int observationSize, int actionSize, Func<GraphBuilder, Node, Node> act)
    : IMarkovPolicy
{
    public int ObservationSize => observationSize;

    public int ActionSize => actionSize;

    public Node Act(GraphBuilder g, Node observation, Node? normals = null) => act(g, observation);

    /// <summary>By our own kernels.</summary>
    public float[] Run(float[] observations)
    {
        var g = new GraphBuilder();
        var s = g.Input(
            "observation",
            new Shape(new Axis("B", observations.Length / ObservationSize), new Axis("S", ObservationSize)));
        g.Output("action", act(g, s));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        observations.CopyTo(program.Input("observation"));
        program.Run(0);
        return program.Output("action").ToArray();
    }
}
