using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>What a policy of one observation and one action does.</summary>
internal static class Acting
{
    internal static double Mean(IMarkovPolicy policy, float observation, Team team) =>
        All(policy, observation, team).Average();

    /// <summary>500 actions, each with draws of its own.</summary>
    internal static float[] All(IMarkovPolicy policy, float observation, Team team)
    {
        var g = new GraphBuilder();
        var s = g.Constant(observation, new Shape(new Axis("B", 500), new Axis("S", 1)));
        g.Output("action", policy.Act(g, s, PolicyDraws.Of(g, policy, s, RandomRoot.Of(2, "test").Stream("acting"))));
        using var program = Program.Compile(g, team);
        program.Run(0);
        return program.Output("action").ToArray();
    }
}
