using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;

namespace Plimsoll.Learning.Networks;

/// <summary>Random numbers for a policy inside a training program.</summary>
public static class PolicyDraws
{
    /// <summary>N(0, 1) [B, Z] for observations [B, S], new at every step of the program; null where the policy draws
    /// nothing.</summary>
    public static Node? Of(GraphBuilder g, IMarkovPolicy policy, Node observation, StreamAddress stream) =>
        policy.Normals == 0
            ? null
            : g.Normal(stream, new Shape(observation.Shape[0], new Axis("Z", policy.Normals)));
}
