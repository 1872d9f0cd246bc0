using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// What comes after a state by the best of several actions: max over j of the mixed double ensemble's Q̄(s,
/// a_j) (BCQ, Fujimoto et al., arXiv 1812.02900, section 4.2). For a reward that is the best action; for a
/// cost the worst. More actions never lower it.
/// </summary>
internal static class RepeatedTargets
{
    /// <param name="target">The target networks, an even number of members.</param>
    /// <param name="states">s draw by draw, rows [M B, S].</param>
    /// <param name="actions">a_j likewise, rows [M B, A].</param>
    /// <param name="draws">M.</param>
    /// <param name="batch">B.</param>
    /// <param name="bound">The careful bound over members.</param>
    /// <param name="mixing">Weight of the careful half.</param>
    /// <returns>[B].</returns>
    internal static Node Largest(
        GraphBuilder g, Mlp target, Node states, Node actions, Axis draws, Axis batch, MemberBound bound,
        double mixing)
    {
        var values = MemberBounds.Mixed(g, Critic.Values(g, target, actions, states), bound, (float)mixing);
        return g.MaxLeading(g.SplitLeading(values, draws, batch));
    }
}
