using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Common">Networks, rates and draws.</param>
/// <param name="Raise">The penalty raises the cost of strange actions to this many thresholds, at least
/// 0.</param>
/// <param name="Quantile">Share of the drawn actions that are not strange, in [0, 1].</param>
/// <param name="DualRate">Of the penalty's weight, above 0.</param>
public sealed record ConstraintsPenalisedQSettings(
    ConstrainedSettings Common, double Raise, double Quantile, double DualRate);

/// <summary>
/// Constraints-penalised Q-learning (CPQ; Xu, Zhan and Zhu, arXiv 2107.09003). A conditional autoencoder
/// says which actions of the policy are strange to the data; the cost critic is pushed up on these; the
/// reward's backup and the policy count only what the cost critic allows. In each step, on one batch s, a,
/// r, c, s' [B]:
/// <para>1. the autoencoder;</para>
/// <para>2. y_r = r + γ (1 - end) 1(Q̄_c(s', a') &lt;= q) Q̄_r(s', a'), a' ~ π(s');</para>
/// <para>3. y_c = c + γ (1 - end) Q̄_c(s', a'); loss Σ_e MSE_e - α (q_ood - Raise q), with q_ood the mean
/// over members, states and M actions a_j ~ π(s) of 1(strange) Q_c(s, a_j), strange: distance of the code
/// from the prior at or above its quantile over the batch; log α += rate α (Raise q - q_ood);</para>
/// <para>4. loss -mean 1(Q_c(s, a) &lt;= q) Q_r(s, a), a ~ π(s) by the path; 5. targets follow.</para>
/// Q_r is the smaller of two members, Q_c the larger; q, ends and bounds by the <see cref="BackupRule"/>. In
/// OSRL's form the penalty is the target critic's at unsquashed draws, so it moves α and nothing else. Unit
/// of q: cost. Metrics: vae-loss, reward-critic-loss, cost-critic-loss (without the penalty),
/// penalised-cost-loss, ood-cost, log-alpha, policy-value, policy-cost-value, allowed (share of actions within
/// the threshold) and policy-loss. Deterministic: bitwise.</summary>
public sealed class ConstraintsPenalisedQ
{
    /// <summary>Members of either critic.</summary>
    public const int Twins = 2;

    private ConstraintsPenalisedQ(GraphTraining training, TanhGaussianActor policy) =>
        (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public TanhGaussianActor Policy { get; }

    /// <summary>Declares and initialises everything and compiles the step. Dispose <see cref="Training"/>,
    /// before the dataset.</summary>
    public static ConstraintsPenalisedQ Build(
        DatasetTables tables, ConstraintsPenalisedQSettings settings, BackupRule rule, RandomRoot random, Team team)
    {
        var common = settings.Common;
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        var actor = TanhGaussianActor.Create(state, PolicyArrays.Root, s, a, common.Hidden, random);
        var reward = Critic.Create(
            state, "reward-q", s, a, common.Hidden, Twins, random, Initialisation.TorchLinear);
        var cost = Critic.Create(state, "cost-q", s, a, common.Hidden, Twins, random, Initialisation.TorchLinear);
        var alpha = new DualWeight(state, "log-alpha");
        var actorOptimiser = new AdamOptimiser(state, "adam-policy", actor.Parameters);
        var rewardOptimiser = new AdamOptimiser(state, "adam-reward-q", reward.Online.Parameters);
        var costOptimiser = new AdamOptimiser(state, "adam-cost-q", cost.Online.Parameters);

        var g = new GraphBuilder();
        var criticRate = g.Constant((float)common.CriticLearningRate);
        var batch = OfflineBatch.Draw(g, tables, random, "batch", common.Batch);
        var vae = BehaviourVae.Learnt(g, state, "vae", tables, batch, common, random);

        // One draw serves both targets: each critic's loss is the same with a draw of its own.
        var next = actor.Policy(g, batch.NextObservation).Sample(g, random.Stream("next-action")).Action;
        var nextReward = g.MinLeading(Critic.Values(g, reward.Target, next, batch.NextObservation));
        var nextCost = MemberBounds.Of(
            g, Critic.Values(g, cost.Target, next, batch.NextObservation), rule.CostBound);

        var rewardTarget = rule.RewardTarget(
            batch, PenalisedTerms.NextValue(g, nextReward, nextCost, rule.Threshold), common.RewardScale);
        var rewardLoss = Critic.Loss(
            g, Critic.Values(g, reward.Online, batch.Action, batch.Observation), rewardTarget);
        g.Record("reward-critic-loss", rewardLoss);
        g.Minimise(rewardOptimiser, rewardLoss, criticRate);

        var policy = actor.Policy(g, batch.Observation);
        var costLoss = Critic.Loss(
            g, Critic.Values(g, cost.Online, batch.Action, batch.Observation), rule.CostTarget(batch, nextCost));
        g.Record("cost-critic-loss", costLoss);
        var strangeCost = StrangeCost(g, policy, vae, cost, batch.Observation, settings, rule, random);
        var raised = (float)(settings.Raise * rule.Threshold);
        var penalty = (strangeCost - raised) * alpha.Value(g);
        g.Record("ood-cost", strangeCost);
        g.Record("log-alpha", alpha.Log(g));
        g.Record("penalised-cost-loss", costLoss - penalty);
        g.Minimise(costOptimiser, costLoss - penalty, criticRate);
        alpha.Climb(g, raised - strangeCost, (float)settings.DualRate);

        var action = policy.Sample(g, random.Stream("action")).Action;
        var value = g.MinLeading(Critic.Values(g, reward.Online, action, batch.Observation));
        var costValue = MemberBounds.Of(
            g, Critic.Values(g, cost.Online, action, batch.Observation), rule.CostBound);
        g.Record("policy-value", g.Mean(value));
        g.Record("policy-cost-value", g.Mean(costValue));
        g.Record("allowed", g.Mean(PenalisedTerms.Within(g, costValue, rule.Threshold)));
        var loss = PenalisedTerms.ActorLoss(g, value, costValue, rule.Threshold);
        g.Record("policy-loss", loss);
        g.Minimise(actorOptimiser, loss, g.Constant((float)common.ActorLearningRate));

        reward.UpdateTarget(g, (float)common.Polyak);
        cost.UpdateTarget(g, (float)common.Polyak);
        return new ConstraintsPenalisedQ(new GraphTraining(state, Program.Compile(g, team)), actor);
    }

    private static Node StrangeCost(
        GraphBuilder g, TanhGaussian policy, ConditionalVae vae, Critic cost, Node observation,
        ConstraintsPenalisedQSettings settings, BackupRule rule, RandomRoot random)
    {
        var draws = new Axis("M", settings.Common.Draws);
        var samples = policy.Samples(g, draws, random.Stream("ood-actions"));
        var actions = Repeated.Join(g, rule.OsrlCompat ? samples.PreTanh : samples.Action);
        var states = Repeated.States(g, observation, draws);
        var mask = PenalisedTerms.Strange(
            g, PenalisedTerms.Distance(g, vae.Encode(g, states, actions)), settings.Quantile);
        var values = rule.OsrlCompat
            ? MemberBounds.Of(g, Critic.Values(g, cost.Target, actions, states), rule.CostBound)
            : Critic.Values(g, cost.Online, actions, states);
        return PenalisedTerms.StrangeCost(g, mask, values);
    }
}
