using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>The classes of policy that DRCORL trains; each acts by its mean.</summary>
public enum PolicyClass
{
    /// <summary>a = m(s).</summary>
    Dirac,

    /// <summary>N(m(s), σ²) with a constant σ: the surrogate is taken at draws. Kept as its mean.</summary>
    Gaussian,

    /// <summary>N(m(s), σ(s)²) with a learned σ (<see cref="GaussianPolicy"/>).</summary>
    LearnedGaussian,
}

/// <param name="Hidden">Widths of the policy's hidden layers, each at least 1.</param>
/// <param name="Batch">B, states a step.</param>
/// <param name="LearningRate">Of Adam, above 0; constant.</param>
/// <param name="Weight">w(t) of the surrogate.</param>
public sealed record WarmStartSettings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, DiffusionWeight Weight)
{
    public PolicyClass Class { get; init; } = PolicyClass.Dirac;

    /// <summary>σ of the Gaussian class, at least 0.</summary>
    public double Deviation { get; init; }
}

/// <summary>
/// DRCORL's warm start: a policy that minimises the reverse KL divergence to the behaviour model and nothing
/// else (arXiv 2502.12391, equation 21 with β = 0; see <see cref="PolicyDirection"/>). The behaviour model is
/// frozen and runs without dropout. Metrics: distance-to-data, the mean of (π(s) - a)², pull, the mean square
/// of the direction, and deviation, where it is learned. Deterministic: bitwise.
/// </summary>
public sealed class WarmStart
{
    private WarmStart(GraphTraining training, ISurrogatePolicy policy) => (Training, Policy) = (training, policy);

    public GraphTraining Training { get; }

    public ISurrogatePolicy Policy { get; }

    /// <param name="declareBehaviour">Adds the behaviour model, with its weights, to the given state.</param>
    public static WarmStart Build(
        DatasetTables tables, Func<TrainingState, ScoreNetwork> declareBehaviour, WarmStartSettings settings,
        RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var behaviour = declareBehaviour(state);
        var policy = Create(state, tables, settings, random);
        var optimiser = new AdamOptimiser(state, "adam", policy.Parameters);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var deviation = settings.Class == PolicyClass.Gaussian ? settings.Deviation : 0;
        var action = SurrogateAction.Of(g, policy, deviation, batch.Observation, random);
        var pull = PolicyDirection.Pull(g, behaviour, action.Action, batch.Observation, settings.Weight, random);
        g.Record("distance-to-data", g.Mean(g.Square(policy.Act(g, batch.Observation) - batch.Action)));
        g.Record("pull", g.Mean(g.Square(pull.Direction)));
        if (action.LogDeviation is { } log) g.Record("deviation", g.Mean(g.Exp(log)));
        g.Adam(
            optimiser, action.Gradients(g, pull.Direction, pull), g.Constant((float)settings.LearningRate));
        return new WarmStart(new GraphTraining(state, Program.Compile(g, team)), policy);
    }

    private static ISurrogatePolicy Create(
        TrainingState state, DatasetTables tables, WarmStartSettings settings, RandomRoot random)
    {
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        return settings.Class == PolicyClass.LearnedGaussian
            ? GaussianPolicy.Create(state, PolicyArrays.Root, s, a, settings.Hidden, random)
            : DiracPolicy.Create(state, PolicyArrays.Root, s, a, settings.Hidden, random);
    }
}
