using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// The policy's part of an adaptation step in each <see cref="SafetyMode"/> (arXiv 2502.12391, equation 21):
/// down ĝ - β ∇_a Q_r for the reward; for the cost down ĝ + β ∇_a Q_c, or with the Lagrangian guidance ĝ - β
/// ∇_a (Q_r - λ Q_c); for both by equation 12. Each Q is the mean of its target networks. Both gradients of a
/// step share batch, times and noise. Deterministic: bitwise.
/// </summary>
internal static class AdaptationPolicyStep
{
    /// <summary>A program for each mode, in the modes' order.</summary>
    internal static Program[] Compile(
        DatasetTables tables, DrcorlModels models, SafeAdaptationSettings settings, RandomRoot random, Team team)
    {
        var descent = PolicyDescent.Of(settings.Combination, models.State, models.Policy.Parameters);
        return
        [
            .. new[] { SafetyMode.Reward, SafetyMode.Both, SafetyMode.Cost }
                .Select(mode => Compile(mode, tables, models, descent, settings, random, team)),
        ];
    }

    private static Program Compile(
        SafetyMode mode, DatasetTables tables, DrcorlModels models, PolicyDescent descent,
        SafeAdaptationSettings settings, RandomRoot random, Team team)
    {
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "policy-batch", settings.Batch);
        var action = SurrogateAction.Of(g, models.Policy, settings.Deviation, batch.Observation, random);
        var pull = PolicyDirection.Pull(
            g, models.Behaviour, action.Action, batch.Observation, settings.Weight, random);
        var temperature = g.PerStep("temperature", settings.Temperature, settings.Steps);
        var reward = mode == SafetyMode.Cost ? null : Towards(Guidance(models.Reward) * -1f);
        var cost = mode == SafetyMode.Reward ? null : Towards(CostGuidance());
        g.Record("pull", g.Mean(g.Square(pull.Direction)));
        if (action.LogDeviation is { } log) g.Record("deviation", g.Mean(g.Exp(log)));
        var rate = g.PerStep(
            "policy learning rate", new CosineSchedule(settings.PolicyLearningRate), settings.Steps);
        descent.Step(g, reward, cost, rate);
        return Program.Compile(g, team);

        Node Guidance(Critic critic) => Critic.Guidance(g, critic.Target, action.Point, batch.Observation);

        Node CostGuidance() => settings.Guidance == Algorithms.CostGuidance.PidLagrangian
            ? g.TimesScalar(Guidance(models.Cost), g.Read(AdaptationCritics.Multiplier(models.State)))
                - Guidance(models.Reward)
            : Guidance(models.Cost);

        Node[] Towards(Node guidance) =>
            action.Gradients(g, pull.Direction + g.TimesScalar(guidance, temperature), pull);
    }
}
