using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The part of an adaptation step that comes before the policy's (arXiv 2502.12391, algorithm 1): both
/// critics learn the value of the current policy, whose cost is then read off the target ensemble: its upper
/// confidence value (policy-cost-value) and, for the Lagrangian guidance, the multiplier that its mean value
/// sets, at every step whatever the mode. A policy acts by its mean here, as where it is scored.
/// Deterministic: bitwise.
/// </summary>
internal static class AdaptationCritics
{
    /// <summary>The metric that the safety estimate comes from.</summary>
    internal const string Value = "policy-cost-value";

    /// <param name="states">Where the policy's cost is read; null: at the batch, that is over all of the
    /// data.</param>
    internal static Program Compile(
        DatasetTables tables, DrcorlModels models, SafeAdaptationSettings settings, CostHorizon horizon,
        StateTable? states, RandomRoot random, Team team)
    {
        var g = new GraphBuilder();
        var rate = g.Constant((float)settings.CriticLearningRate);
        var rewardOptimiser = new AdamOptimiser(models.State, "adam-reward-q", models.Reward.Online.Parameters);
        var costOptimiser = new AdamOptimiser(models.State, "adam-cost-q", models.Cost.Online.Parameters);
        var batch = OfflineBatch.Draw(g, tables, random, "critic-batch", settings.Batch);

        var next = models.Policy.Act(g, batch.NextObservation);
        var nextValue = g.MinLeading(Critic.Values(g, models.Reward.Target, next, batch.NextObservation));
        var target = batch.Reward * (float)settings.RewardScale
            + (1f - batch.Terminal) * nextValue * (float)settings.RewardDiscount;
        var (lowest, highest) = RewardBounds(tables.Dataset, settings);
        target = g.Clamp(target, lowest, highest);
        var rewardLoss = Critic.Loss(
            g, Critic.Values(g, models.Reward.Online, batch.Action, batch.Observation), g.Detach(target));
        var costLoss = CostCriticStep.Loss(g, models.Cost, models.Policy, batch, settings.Cost, horizon, out _);
        g.Record("reward-critic-loss", rewardLoss);
        g.Record("cost-critic-loss", costLoss);
        g.Minimise(rewardOptimiser, rewardLoss, rate);
        g.Minimise(costOptimiser, costLoss, rate);
        models.Reward.UpdateTarget(g, (float)settings.Polyak);
        models.Cost.UpdateTarget(g, (float)settings.Polyak);

        var observation = states is null
            ? batch.Observation
            : g.Gather(states.Table, g.Rows(random.Stream("states"), new Axis("B", settings.Batch), states.Table.Rows));
        g.Record(
            Value, CostCriticStep.UpperConfidence(g, models.Cost, models.Policy, observation, settings.Confidence));
        if (settings.Guidance == CostGuidance.PidLagrangian) SetMultiplier(g, models, settings, horizon, observation);
        return Program.Compile(g, team);
    }

    /// <summary>λ, as the step's critics program leaves it.</summary>
    internal static StateArray Multiplier(TrainingState state) => state.GetOrAdd("multiplier", Shape.Scalar);

    private static void SetMultiplier(
        GraphBuilder g, DrcorlModels models, SafeAdaptationSettings settings, CostHorizon horizon, Node observation)
    {
        var controller = new PidLagrangian(models.State, "pid", settings.Gains, horizon.Limits.DiscountedThreshold);
        var action = models.Policy.Act(g, observation);
        var multiplier = controller.Multiplier(g, g.Mean(Critic.Values(g, models.Cost.Target, action, observation)));
        g.Record("multiplier", multiplier);
        g.Assign(Multiplier(models.State), multiplier);
    }

    /// <summary>What a value can be at most and at least when every reward lies within the data's. Without it
    /// the bootstrapped critic can run away where a policy that follows the cost leaves the data.</summary>
    private static (float Lowest, float Highest) RewardBounds(Dataset dataset, SafeAdaptationSettings settings)
    {
        var (smallest, largest) = (0f, 0f);
        foreach (var reward in dataset.Rewards)
        {
            smallest = Math.Min(smallest, reward);
            largest = Math.Max(largest, reward);
        }
        var factor = settings.RewardScale / (1 - settings.RewardDiscount);
        return ((float)(smallest * factor), (float)(largest * factor));
    }
}
