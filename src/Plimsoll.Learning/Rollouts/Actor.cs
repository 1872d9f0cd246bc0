using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Rollouts;

/// <summary>A policy compiled for acting on a fixed number of observations at once.</summary>
public sealed class Actor : IDisposable
{
    private readonly Program program;

    private Actor(Program program) => this.program = program;

    /// <summary>[N, S], to be filled before <see cref="Act"/>.</summary>
    public Span<float> Observations => program.Input("observation");

    /// <summary>[N, A], valid until the next call.</summary>
    public ReadOnlySpan<float> Act()
    {
        program.Run(0);
        return program.Output("action");
    }

    public static Actor Compile(IPolicy policy, int count, Team team)
    {
        var g = new GraphBuilder();
        var observation = g.Input("observation", new Shape(new Axis("B", count), new Axis("S", policy.ObservationSize)));
        g.Output("action", policy.Act(g, observation));
        return new Actor(Program.Compile(g, team));
    }

    public void Dispose() => program.Dispose();
}
