using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Rollouts;

/// <summary>Acts by one run of the compiled policy. Where the policy draws, a row's numbers are those of its episode's
/// stream at the episode's step.</summary>
internal sealed unsafe class MarkovActor : Actor
{
    private readonly Program program;
    private readonly int normals;
    private readonly string role;
    private readonly StreamAddress[] draws;
    private readonly ulong[] steps;

    internal MarkovActor(IMarkovPolicy policy, int count, Team team, string role)
    {
        this.role = role;
        var batch = new Axis("B", count);
        var g = new GraphBuilder();
        var observation = g.Input("observation", new Shape(batch, new Axis("S", policy.ObservationSize)));
        normals = policy.Normals;
        var noise = normals == 0 ? null : g.Input("normals", new Shape(batch, new Axis("Z", normals)));
        g.Output("action", policy.Act(g, observation, noise));
        program = Program.Compile(g, team);
        (draws, steps) = (new StreamAddress[count], new ulong[count]);
    }

    public override Span<float> Observations => program.Input("observation");

    public override void Begin(int row, long seed)
    {
        // Steps of the episode are steps of the stream.
        if (normals > 0) (draws[row], steps[row]) = (RandomRoot.Of(seed, role).Stream("act"), 0);
    }

    public override ReadOnlySpan<float> Act()
    {
        if (normals > 0) Draw();
        program.Run(0);
        return program.Output("action");
    }

    public override void Dispose() => program.Dispose();

    private void Draw()
    {
        fixed (float* noise = program.Input("normals"))
        {
            for (var row = 0; row < steps.Length; row++)
                Philox.Normal(noise + (nint)row * normals, 0, normals, draws[row], steps[row]++);
        }
    }
}
