using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <inheritdoc cref="Td3Settings"/>
/// <param name="Alpha">Weight of the value against the data's actions, at least 0; 0 is behaviour cloning.</param>
public sealed record Td3BcSettings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Discount, double Polyak, double Alpha)
    : Td3Settings(Hidden, Batch, LearningRate, Discount, Polyak);

/// <summary>
/// TD3+BC (Fujimoto and Gu, arXiv 2106.06860): the critics of <see cref="TwinDelayed"/>, and at every second step the
/// policy down -λ mean Q_1(s, π(s)) + mean (π(s) - a)², λ = α / mean |Q_1(s, π(s))| without gradient. Observations are
/// normalised by the data's mean and deviation + 1e-3 (section 5). It knows rewards alone, no cost and no limit.
/// Bootstraps through time-outs. Shapes: s [B, S], a [B, A], Q in reward.
/// Metrics: critic-loss, policy-loss, distance-to-data, value (mean Q_1). Deterministic: bitwise.
/// </summary>
public sealed class Td3Bc
{
    /// <summary>Added to every column's deviation.</summary>
    public const double NormalisationMargin = 1e-3;

    // Where all values are 0, so is their pull.
    private const float SmallestValue = 1e-6f;

    private readonly DatasetTables tables;
    private readonly Td3BcSettings settings;
    private readonly RandomRoot random;
    private readonly StateNormalisation normalisation;
    private readonly TwinDelayed networks;

    private Td3Bc(DatasetTables tables, Td3BcSettings settings, RandomRoot random, Team team)
    {
        (this.tables, this.settings, this.random) = (tables, settings, random);
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        normalisation = StateNormalisation.Create(
            state, "normalisation", tables.Observation, ColumnMoments.Of(tables.Dataset.Observations, s),
            NormalisationMargin);
        networks = new TwinDelayed(state, s, a, settings, random);
        Training = new DelayedTraining(state, CriticStep(), PolicyStep(), TwinDelayed.PolicyDelay, team);
    }

    /// <summary>Critics at every step, policy and targets at every second. Dispose it before the dataset.</summary>
    public DelayedTraining Training { get; }

    /// <summary>Declares and initialises everything and compiles both steps.</summary>
    public static Td3Bc Build(DatasetTables tables, Td3BcSettings settings, RandomRoot random, Team team) =>
        new(tables, settings, random, team);

    /// <summary>The policy as it is now, of raw observations; its weights go into the state given.</summary>
    public DiracPolicy Policy(TrainingState into) => normalisation.Folded(networks.Policy, into);

    // Both programs draw from one stream, so at one step they see the same rows.
    private OfflineBatch Draw(GraphBuilder g) => OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);

    private GraphBuilder CriticStep()
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var target = networks.Target(g, batch.Reward, batch.Terminal, normalisation.Of(g, batch.NextObservation));
        networks.FitCritics(g, normalisation.Of(g, batch.Observation), batch.Action, target);
        return g;
    }

    private GraphBuilder PolicyStep()
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var observation = normalisation.Of(g, batch.Observation);
        var action = networks.Policy.Act(g, observation);
        var value = networks.FirstValue(g, observation, action);
        var size = g.Maximum(g.Mean(g.Abs(g.Detach(value))), g.Constant(SmallestValue));
        var distance = g.Mean(g.Square(action - batch.Action));
        networks.MovePolicy(g, distance - g.Constant((float)settings.Alpha) / size * g.Mean(value));
        g.Record("distance-to-data", distance);
        g.Record("value", g.Mean(value));
        return g;
    }
}
