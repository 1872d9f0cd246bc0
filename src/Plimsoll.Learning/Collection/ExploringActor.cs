using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Collection;

/// <summary>
/// A policy that tries things out in N environments at once: a = clip(π(s) + σ_i ξ, -1, 1), ξ ~ N(0, I), with a
/// deviation σ_i of its own in each environment; or, while nothing is learnt yet, a uniform on [-1, 1]^A. Draws are
/// addressed by (stream, step).
/// </summary>
internal sealed class ExploringActor : IDisposable
{
    private readonly Program program;

    /// <param name="deviations">σ, [N].</param>
    internal ExploringActor(DiracPolicy policy, ReadOnlySpan<float> deviations, RandomRoot random, Team team)
    {
        var count = new Axis("B", deviations.Length);
        var actions = new Shape(count, new Axis("A", policy.ActionSize));
        var g = new GraphBuilder();
        var observation = g.Input("observation", new Shape(count, new Axis("S", policy.ObservationSize)));
        var noise = g.TimesColumn(
            g.Normal(random.Stream("exploration"), actions), g.Input("deviation", new Shape(count)));
        g.Output("action", g.Clamp(policy.Act(g, observation) + noise, -1f, 1f));
        g.Output("uniform", g.Uniform(random.Stream("warm-up"), actions) * 2f - 1f);
        program = Program.Compile(g, team);
        deviations.CopyTo(program.Input("deviation"));
    }

    /// <summary>[N, S], to be filled before <see cref="Act"/>.</summary>
    internal Span<float> Observations => program.Input("observation");

    /// <summary>[N, A] inside [-1, 1], valid until the next call; not finite where the policy has diverged.</summary>
    internal ReadOnlySpan<float> Act(long step, bool uniformly)
    {
        program.Run(step);
        return program.Output(uniformly ? "uniform" : "action");
    }

    public void Dispose() => program.Dispose();
}
