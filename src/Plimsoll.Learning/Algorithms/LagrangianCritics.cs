using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The critics of BCQ-Lag and BEAR-Lag: for reward and cost a double ensemble each, two halves of two
/// members, and the controller of the multiplier. Each critic's targets look ahead by the largest of M
/// actions at the next state (<see cref="RepeatedTargets"/>); the same actions serve both, since neither
/// sees what the other makes of them. Metrics: reward-critic-loss, cost-critic-loss, policy-value,
/// policy-cost-value, multiplier.</summary>
internal sealed class LagrangianCritics
{
    private const int Members = 4;

    private readonly LagrangianSettings settings;
    private readonly BackupRule rule;
    private readonly PidLagrangian controller;
    private readonly AdamOptimiser rewardOptimiser, costOptimiser;

    /// <summary>Adds everything to the state, initialised.</summary>
    /// <param name="rewardName">Of the reward critic's arrays, which a policy may be saved with.</param>
    internal LagrangianCritics(
        TrainingState state, string rewardName, DatasetTables tables, LagrangianSettings settings, BackupRule rule,
        RandomRoot random)
    {
        (this.settings, this.rule) = (settings, rule);
        Reward = Create(rewardName);
        Cost = Create("cost-q");
        controller = new PidLagrangian(state, "multiplier", settings.Gains, rule.Threshold);
        rewardOptimiser = new AdamOptimiser(state, "adam-reward-q", Reward.Online.Parameters);
        costOptimiser = new AdamOptimiser(state, "adam-cost-q", Cost.Online.Parameters);

        Critic Create(string name) => Critic.Create(
            state, name, tables.Observation.Size, tables.Action.Size, settings.Common.Hidden, Members, random,
            Initialisation.TorchLinear);
    }

    internal Critic Reward { get; }

    internal Critic Cost { get; }

    /// <summary>One update of both critics.</summary>
    /// <param name="states">The batch's next observations draw by draw, rows [M B, S].</param>
    /// <param name="actions">Actions there, rows [M B, A].</param>
    /// <param name="draws">M.</param>
    internal void Learn(GraphBuilder g, OfflineBatch batch, Node states, Node actions, Axis draws)
    {
        var rate = g.Constant((float)settings.Common.CriticLearningRate);
        var rewardTarget = rule.RewardTarget(
            batch, Ahead(Reward, MemberBound.Smallest), settings.Common.RewardScale);
        Descend(Reward, rewardOptimiser, rewardTarget, "reward-critic-loss");
        Descend(Cost, costOptimiser, rule.CostTarget(batch, Ahead(Cost, rule.CostBound)), "cost-critic-loss");

        Node Ahead(Critic critic, MemberBound bound) => RepeatedTargets.Largest(
            g, critic.Target, states, actions, draws, batch.Reward.Shape[0], bound, settings.Mixing);

        void Descend(Critic critic, AdamOptimiser optimiser, Node target, string metric)
        {
            var loss = Critic.Loss(
                g, Critic.Values(g, critic.Online, batch.Action, batch.Observation), target);
            g.Record(metric, loss);
            g.Minimise(optimiser, loss, rate);
        }
    }

    /// <summary>The actor's loss for actions [B, A] at observations [B, S]. The controller takes its step.
    /// Once a program.</summary>
    /// <param name="rewardWeight">Of the reward's term, a scalar; null: 1.</param>
    internal Node ActorLoss(GraphBuilder g, Node action, Node observation, Node? rewardWeight = null)
    {
        var reward = g.MinLeading(Critic.Values(g, Reward.Online, action, observation));
        var cost = MemberBounds.Of(g, Critic.Values(g, Cost.Online, action, observation), rule.CostBound);
        var meanCost = g.Mean(cost);
        var multiplier = controller.Multiplier(g, meanCost);
        g.Record("policy-value", g.Mean(reward));
        g.Record("policy-cost-value", meanCost);
        g.Record("multiplier", multiplier);
        var weighted = rewardWeight is null ? reward : g.TimesScalar(reward, rewardWeight);
        return ConstrainedLoss.Of(g, weighted, cost, multiplier, rule.Threshold, settings.Normalised);
    }

    /// <summary>Targets follow.</summary>
    internal void Follow(GraphBuilder g)
    {
        Reward.UpdateTarget(g, (float)settings.Common.Polyak);
        Cost.UpdateTarget(g, (float)settings.Common.Polyak);
    }
}
