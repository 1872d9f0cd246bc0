using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The terms of CPQ (Xu, Zhan and Zhu, arXiv 2107.09003). Gradients flow through values, never through a
/// mask. Shapes: values and masks [B], or [M B] where M actions are drawn in each state.
/// </summary>
internal static class PenalisedTerms
{
    /// <summary>1 where Q_c &lt;= threshold, else 0.</summary>
    internal static Node Within(GraphBuilder g, Node costValue, double threshold) =>
        1f - g.GreaterThan(costValue, g.Constant((float)threshold, costValue.Shape));

    /// <summary>What the reward's backup takes of the next state: 1(Q_c &lt;= threshold) Q_r.</summary>
    internal static Node NextValue(GraphBuilder g, Node rewardValue, Node costValue, double threshold) =>
        Within(g, costValue, threshold) * rewardValue;

    /// <summary>-mean(1(Q_c &lt;= threshold) Q_r), with the reward's gradient alone.</summary>
    internal static Node ActorLoss(GraphBuilder g, Node rewardValue, Node costValue, double threshold) =>
        -g.Mean(Within(g, costValue, threshold) * rewardValue);

    /// <summary>How far the behaviour's encoder places each action from the prior: the mean over latent
    /// components of D(q(z|s,a) ‖ N(0, 1)), rows [N, Z] to [N], in nats.</summary>
    internal static Node Distance(GraphBuilder g, DiagonalGaussian code) =>
        g.SumLast(GaussianDivergence.ToStandard(g, code)) * (1f / code.Mean.Shape.Columns);

    /// <summary>1 for the distances that reach the quantile of all of them, else 0.</summary>
    internal static Node Strange(GraphBuilder g, Node distance, double quantile) =>
        1f - g.GreaterThan(g.Broadcast(g.Quantile(distance, quantile), distance.Shape), distance);

    /// <summary>Mean of mask Q_c over actions and members, zeros counted; values [E, N] or [N], mask
    /// [N].</summary>
    internal static Node StrangeCost(GraphBuilder g, Node mask, Node values) =>
        g.Mean(values.Shape.Rank == mask.Shape.Rank
            ? mask * values
            : g.BroadcastLeading(mask, values.Shape[0]) * values);
}
