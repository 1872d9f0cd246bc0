using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers, each at least 1.</param>
/// <param name="Members">E, at least 1.</param>
/// <param name="Batch">B, transitions a step. Adaptation has its own instead.</param>
/// <param name="LearningRate">Of Adam, above 0; constant. Adaptation has its own instead.</param>
/// <param name="Polyak">Target rate in (0, 1]. Adaptation has its own instead.</param>
/// <param name="Pessimism">α of equation 18, at least 0.</param>
/// <param name="Centred">True: the penalty's mean over the data is zero. False: the plain form.</param>
public sealed record CostCriticSettings(
    IReadOnlyList<int> Hidden, int Members, int Batch, double LearningRate, double Polyak, double Pessimism,
    bool Centred);

/// <summary>
/// The loss of DRCORL's pessimistic cost critic (arXiv 2502.12391, equation 18), summed over members e:
/// E[(c + γ Q̄_e(s', π(s')) - Q_e(s, a))²] - α (E_{a~π} Q_e(s, a) - E_{a~D} Q_e(s, a)), each member with its own
/// target. The penalty raises the cost of actions that the policy takes and the data does not; centred, it
/// leaves the level on the data unbiased. Targets are clamped to [0, <see cref="CostHorizon.LargestValue"/>].
/// Shapes: values and targets [E, B]; costs and ends [B]. Unit: cost.
/// </summary>
internal static class CostCriticStep
{
    /// <param name="nextValue">Mean of Q̄_e(s', π(s')) over members and batch: what the policy costs from here
    /// on.</param>
    internal static Node Loss(
        GraphBuilder g, Critic critic, IMarkovPolicy policy, OfflineBatch batch, CostCriticSettings settings,
        CostHorizon horizon, out Node nextValue)
    {
        var next = Critic.Values(g, critic.Target, policy.Act(g, batch.NextObservation), batch.NextObservation);
        var continues = 1f - batch.Ends(horizon.StopsAtTimeouts);
        nextValue = g.Mean(next);
        var members = next.Shape[0];
        var target = g.BroadcastLeading(batch.Cost, members)
            + g.BroadcastLeading(continues, members) * next * (float)horizon.Discount;
        target = g.Clamp(target, 0f, (float)horizon.LargestValue);

        var onData = Critic.Values(g, critic.Online, batch.Action, batch.Observation);
        var loss = Critic.Loss(g, onData, g.Detach(target));
        if (settings.Pessimism == 0) return loss;
        var action = g.Detach(policy.Act(g, batch.Observation));
        var onPolicy = Critic.Values(g, critic.Online, action, batch.Observation);
        var gap = settings.Centred ? g.Sum(onPolicy) - g.Sum(onData) : g.Sum(onPolicy);
        return loss - gap * (float)(settings.Pessimism / onData.Shape.Columns);
    }

    /// <summary>Mean over states [B, S] of mean + k population deviations over the target members: Ṽ_c^UCB.</summary>
    internal static Node UpperConfidence(
        GraphBuilder g, Critic critic, IMarkovPolicy policy, Node observation, double k)
    {
        var values = Critic.Values(g, critic.Target, policy.Act(g, observation), observation);
        var bound = g.MeanLeading(values) + g.DeviationLeading(values) * (float)k;
        return g.Mean(bound);
    }
}
