using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the policy's hidden layers, each at least 1.</param>
/// <param name="Batch">B, states a step.</param>
/// <param name="LearningRate">Of Adam, above 0; constant.</param>
/// <param name="Weight">w(t) of the surrogate.</param>
public sealed record WarmStartSettings(IReadOnlyList<int> Hidden, int Batch, double LearningRate, DiffusionWeight Weight);

/// <summary>
/// DRCORL's warm start: a deterministic policy that minimises the reverse KL divergence to the behaviour
/// model and nothing else (arXiv 2502.12391, equation 21 with β = 0; see <see cref="PolicyDirection"/>). The
/// behaviour model is frozen and runs without dropout. Metrics: distance-to-data, the mean of (π(s) - a)², and pull,
/// the mean square of the direction. Deterministic: bitwise.
/// </summary>
public sealed class WarmStart
{
    private WarmStart(GraphTraining training, DiracPolicy policy) => (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public DiracPolicy Policy { get; }

    /// <param name="declareBehaviour">Adds the behaviour model, with its weights, to the given state.</param>
    public static WarmStart Build(
        DatasetTables tables, Func<TrainingState, ScoreNetwork> declareBehaviour, WarmStartSettings settings,
        RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var behaviour = declareBehaviour(state);
        var policy = DiracPolicy.Create(
            state, DiracPolicy.SavedName, tables.Observation.Size, tables.Action.Size, settings.Hidden, random);
        var optimiser = new AdamOptimiser(state, "adam", policy.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var action = policy.Act(g, batch.Observation);
        var pull = PolicyDirection.Pull(g, behaviour, action, batch.Observation, settings.Weight, random);
        g.Record("distance-to-data", g.Mean(g.Square(action - batch.Action)));
        g.Record("pull", g.Mean(g.Square(pull)));
        g.Adam(
            optimiser, PolicyDirection.Gradients(g, policy, action, pull), g.Constant((float)settings.LearningRate));
        return new WarmStart(new GraphTraining(state, Program.Compile(g, team)), policy);
    }
}
