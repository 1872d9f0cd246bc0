using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Lagrangian">Critics, rates and controller.</param>
/// <param name="Reach">φ of the perturbation, in [0, 2].</param>
/// <param name="Proposals">Actions that the finished policy chooses among, at least 1.</param>
public sealed record BatchConstrainedLagrangianSettings(
    LagrangianSettings Lagrangian, double Reach, int Proposals);

/// <summary>
/// BCQ-Lag: batch-constrained Q-learning (Fujimoto et al., arXiv 1812.02900) with a cost critic and a PID
/// multiplier (Stooke et al., arXiv 2007.03964), as OSRL's baseline of DSRL (arXiv 2306.09303). Actions are
/// those that a conditional autoencoder of the data generates, perturbed by at most φ. In each step, on one
/// batch [B]:
/// <para>1. the autoencoder; 2. both critics towards signal + γ (1 - end) max over M generated actions a' of
/// w q_careful + (1 - w) q_other at (s', a'), a' perturbed by the target actor; 3. the perturbation, by
/// -mean Q_r + λ mean(Q_c - q) at a freshly generated action, with λ of the controller; 4. targets
/// follow.</para> q, ends and the careful member of a cost by the <see cref="BackupRule"/>; Q_r the smallest
/// of four members, Q_c the largest. Metrics: vae-loss, those of
/// <see cref="LagrangianCritics"/> and policy-loss. Deterministic: bitwise.</summary>
public sealed class BatchConstrainedLagrangian
{
    /// <summary>Each proposal is a part of the acting graph.</summary>
    public const int MostProposals = 100;

    private BatchConstrainedLagrangian(GraphTraining training, BatchConstrainedPolicy policy) =>
        (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public BatchConstrainedPolicy Policy { get; }

    /// <summary>Declares and initialises everything and compiles the step. Dispose <see cref="Training"/>,
    /// before the dataset.</summary>
    public static BatchConstrainedLagrangian Build(
        DatasetTables tables, BatchConstrainedLagrangianSettings settings, BackupRule rule, RandomRoot random,
        Team team)
    {
        var common = settings.Lagrangian.Common;
        var state = new TrainingState();
        var actor = PerturbationActor.Create(
            state, PolicyNames.Perturbation, tables.Observation.Size, tables.Action.Size, common.Hidden, random,
            (float)settings.Reach);
        var follower = actor.Copy(state, "perturbation-target");
        var critics = new LagrangianCritics(state, PolicyNames.Value, tables, settings.Lagrangian, rule, random);
        var optimiser = new AdamOptimiser(state, "adam-policy", actor.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", common.Batch);
        var vae = BehaviourVae.Learnt(g, state, PolicyNames.Vae, tables, batch, common, random);

        var draws = new Axis("M", common.Draws);
        var states = Repeated.States(g, batch.NextObservation, draws);
        var proposals = g.Tanh(Repeated.Join(
            g, vae.GenerateManyPreTanh(g, batch.NextObservation, draws, random.Stream("next-codes"))));
        critics.Learn(g, batch, states, follower.Act(g, states, proposals), draws);

        var proposal = vae.Generate(g, batch.Observation, random.Stream("codes"));
        var loss = critics.ActorLoss(g, actor.Act(g, batch.Observation, proposal), batch.Observation);
        g.Record("policy-loss", loss);
        g.Minimise(optimiser, loss, g.Constant((float)common.ActorLearningRate));

        critics.Follow(g);
        g.Polyak(follower.Parameters, actor.Parameters, (float)common.Polyak);
        var policy = new BatchConstrainedPolicy(
            vae.Decoder, actor, settings.Proposals == 1 ? null : critics.Reward.Target, settings.Proposals);
        return new BatchConstrainedLagrangian(new GraphTraining(state, Program.Compile(g, team)), policy);
    }

    /// <summary>Names of the arrays that a policy file keeps, and so of the networks while they are
    /// trained.</summary>
    internal static class PolicyNames
    {
        internal const string Vae = $"{PolicyArrays.Root}/vae";
        internal const string Decoder = $"{Vae}/decoder";
        internal const string Perturbation = $"{PolicyArrays.Root}/perturbation";
        internal const string Value = $"{PolicyArrays.Root}/reward-q";
    }
}
