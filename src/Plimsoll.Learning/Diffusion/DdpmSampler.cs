using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Diffusion;

/// <summary>
/// Ancestral sampling of actions in a graph (Ho et al., arXiv 2006.11239, algorithm 2, with the clean action
/// clipped at every step as Diffusion-QL's code has it): from x ~ N(0, I) the T steps back of a
/// <see cref="DdpmSchedule"/>. Gradients flow through all of them, but not through a clean action that was clipped.
/// The last step gives the clean action itself, so samples lie in [-1, 1]. The coefficients are rounded to binary32
/// once. Deterministic: bitwise, each row from its own draws.
/// </summary>
public static class DdpmSampler
{
    /// <summary>One sample a row, [R, A].</summary>
    /// <param name="g">The graph.</param>
    /// <param name="schedule">T and its coefficients.</param>
    /// <param name="predictor">ε(x [R, A], i) [R, A].</param>
    /// <param name="draws">N(0, 1) [R, A] for k = 0..T-1: the start, then the noise that the step back from
    /// i = T - k adds; each asked for once.</param>
    public static Node Sample(
        GraphBuilder g, DdpmSchedule schedule, Func<Node, int, Node> predictor, Func<int, Node> draws)
    {
        var x = draws(0);
        for (var i = schedule.Steps - 1; i > 0; i--)
        {
            var (clean, noisy) = schedule.Mean(i);
            x = Clean(g, schedule, x, predictor(x, i), i) * (float)clean + x * (float)noisy
                + draws(schedule.Steps - i) * (float)schedule.Deviation(i);
        }
        return Clean(g, schedule, x, predictor(x, 0), 0);
    }

    /// <summary>The clean action behind x_i by the predicted noise, clipped to [-1, 1].</summary>
    internal static Node Clean(GraphBuilder g, DdpmSchedule schedule, Node x, Node noise, int step)
    {
        var factors = schedule.Clean(step);
        return g.Clamp(x * (float)factors.Noisy - noise * (float)factors.Noise, -1f, 1f);
    }
}
