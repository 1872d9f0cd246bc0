using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Lagrangian">Critics, rates and controller.</param>
/// <param name="Matched">n, draws in each state that policy and behaviour are compared by, at least
/// 1.</param>
/// <param name="Kernel">Of the comparison.</param>
/// <param name="Bandwidth">σ of the kernel, above 0, in units of the action before its tanh.</param>
/// <param name="Allowed">ε: the discrepancy that the policy may have, at least 0.</param>
/// <param name="DualRate">Of the discrepancy's weight, above 0.</param>
/// <param name="RewardFrom">The first step that follows the reward, at least 0; before it the policy comes
/// near the data.</param>
public sealed record BearLagrangianSettings(
    LagrangianSettings Lagrangian, int Matched, MmdKernel Kernel, double Bandwidth, double Allowed, double DualRate,
    long RewardFrom);

/// <summary>
/// BEAR-Lag: bootstrapping error accumulation reduction (Kumar et al., arXiv 1906.00949) with a cost critic
/// and a PID multiplier (Stooke et al., arXiv 2007.03964), as OSRL's baseline of DSRL (arXiv 2306.09303).
/// The policy is free within a discrepancy ε of a conditional autoencoder of the data. In each step, on one
/// batch [B]:
/// <para>1. the autoencoder; 2. both critics towards signal + γ (1 - end) max over M draws a' of the target
/// actor of w q_careful + (1 - w) q_other at (s', a'); 3. the actor, by -mean Q_r + λ mean(Q_c - q) at its
/// first draw plus α mean(MMD - ε), MMD [B] between n draws of it and n of the autoencoder, both before
/// their tanh; λ of the controller; log α &lt;- clamp(log α + rate α mean(MMD - ε), ±5); 4. targets
/// follow.</para> q, ends and the careful member of a cost by the <see cref="BackupRule"/>; Q_r the smallest
/// of four members, Q_c the largest. Metrics: vae-loss, those of <see cref="LagrangianCritics"/>,
/// discrepancy (mean MMD), log-alpha and policy-loss. Deterministic: bitwise.
/// </summary>
public sealed class BearLagrangian
{
    private BearLagrangian(GraphTraining training, TanhGaussianActor policy) =>
        (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public TanhGaussianActor Policy { get; }

    /// <summary>Declares and initialises everything and compiles the step. Dispose <see cref="Training"/>,
    /// before the dataset.</summary>
    public static BearLagrangian Build(
        DatasetTables tables, BearLagrangianSettings settings, BackupRule rule, RandomRoot random, Team team)
    {
        var common = settings.Lagrangian.Common;
        var state = new TrainingState();
        var actor = TanhGaussianActor.Create(
            state, PolicyArrays.Root, tables.Observation.Size, tables.Action.Size, common.Hidden, random);
        var follower = actor.Copy(state, "policy-target");
        var critics = new LagrangianCritics(state, "reward-q", tables, settings.Lagrangian, rule, random);
        var alpha = new DualWeight(state, "log-alpha");
        var optimiser = new AdamOptimiser(state, "adam-policy", actor.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", common.Batch);
        var vae = BehaviourVae.Learnt(g, state, "vae", tables, batch, common, random);

        var draws = new Axis("M", common.Draws);
        var next = follower.Policy(g, batch.NextObservation).Samples(g, draws, random.Stream("next-actions"));
        critics.Learn(
            g, batch, Repeated.States(g, batch.NextObservation, draws), Repeated.Join(g, next.Action), draws);

        var matched = new Axis("N", settings.Matched);
        var samples = actor.Policy(g, batch.Observation).Samples(g, matched, random.Stream("actions"));
        var behaviour = vae.GenerateManyPreTanh(g, batch.Observation, matched, random.Stream("codes"));
        var excess = g.Mean(MaximumMeanDiscrepancy.Of(
            g, samples.PreTanh, g.Detach(behaviour), settings.Kernel, (float)settings.Bandwidth))
            - (float)settings.Allowed;
        g.Record("discrepancy", excess + (float)settings.Allowed);
        g.Record("log-alpha", alpha.Log(g));

        var rewardWeight = settings.RewardFrom == 0
            ? null
            : g.PerStep("reward weight", step => step >= settings.RewardFrom ? 1f : 0f);
        var loss = critics.ActorLoss(g, g.Member(samples.Action, 0), batch.Observation, rewardWeight);
        loss += excess * alpha.Value(g);
        g.Record("policy-loss", loss);
        g.Minimise(optimiser, loss, g.Constant((float)common.ActorLearningRate));
        alpha.Climb(g, excess, (float)settings.DualRate);

        critics.Follow(g);
        g.Polyak(follower.Parameters, actor.Parameters, (float)common.Polyak);
        return new BearLagrangian(new GraphTraining(state, Program.Compile(g, team)), actor);
    }
}
