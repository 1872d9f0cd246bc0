using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>Fits the cost critic ensemble for a fixed policy: DRCORL's equation 18 by Adam, after the warm start.
/// Metrics: critic-loss, and policy-value, the mean of Q̄_e(s', π(s')). Deterministic: bitwise.</summary>
public sealed class CostCriticFit
{
    public const string CriticName = "cost-q";

    private CostCriticFit(GraphTraining training, Critic critic) => (Training, Critic) = (training, critic);

    public GraphTraining Training { get; }

    public Critic Critic { get; }

    /// <param name="declarePolicy">Adds the policy, with its weights, to the given state; it is deterministic.</param>
    public static CostCriticFit Build(
        DatasetTables tables, Func<TrainingState, IMarkovPolicy> declarePolicy, CostCriticSettings settings,
        CostHorizon horizon, RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var policy = declarePolicy(state);
        var critic = Critic.Create(
            state, CriticName, tables.Observation.Size, tables.Action.Size, settings.Hidden, settings.Members, random,
            Initialisation.KaimingUniform);
        var optimiser = new AdamOptimiser(state, "adam", critic.Online.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var loss = CostCriticStep.Loss(g, critic, policy, batch, settings, horizon, out var nextValue);
        g.Record("critic-loss", loss);
        g.Record("policy-value", nextValue);
        g.Minimise(optimiser, loss, g.Constant((float)settings.LearningRate));
        critic.UpdateTarget(g, (float)settings.Polyak);
        return new CostCriticFit(new GraphTraining(state, Program.Compile(g, team)), critic);
    }
}
