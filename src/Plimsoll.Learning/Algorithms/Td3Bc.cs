using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers of policy and critics, each at least 1.</param>
/// <param name="Batch">B, transitions an update.</param>
/// <param name="LearningRate">Of Adam for policy and critics, above 0; constant.</param>
/// <param name="Discount">γ in [0, 1).</param>
/// <param name="Polyak">Target rate in (0, 1].</param>
/// <param name="Alpha">Weight of the value against the data's actions, at least 0; 0 is behaviour cloning.</param>
public sealed record Td3BcSettings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Discount, double Polyak, double Alpha);

/// <summary>
/// TD3+BC (Fujimoto and Gu, arXiv 2106.06860): TD3's twin critics towards
/// y = r + γ (1 - terminal) min_e Q̄_e(s', clip(π̄(s') + ε, -1, 1)), ε = clip(0.2 ξ, -0.5, 0.5), ξ ~ N(0, I),
/// and at every second step the policy down -λ mean Q_1(s, π(s)) + mean (π(s) - a)²,
/// λ = α / mean |Q_1(s, π(s))| without gradient, then both targets. Observations are normalised by the data's
/// mean and deviation + 1e-3 (section 5). It knows rewards alone, no cost and no limit. Bootstraps through
/// time-outs. Shapes: s [B, S], a [B, A], Q [E=2, B], in reward.
/// Metrics: critic-loss, policy-loss, distance-to-data, value (mean Q_1). Deterministic: bitwise.
/// </summary>
public sealed class Td3Bc : ITraining
{
    public const float TargetNoise = 0.2f;
    public const float TargetNoiseClip = 0.5f;
    public const int PolicyDelay = 2;

    /// <summary>Added to every column's deviation.</summary>
    public const double NormalisationMargin = 1e-3;

    // Where all values are 0, so is their pull.
    private const float SmallestValue = 1e-6f;

    private readonly TrainingState state = new();
    private readonly DatasetTables tables;
    private readonly Td3BcSettings settings;
    private readonly RandomRoot random;
    private readonly StateNormalisation normalisation;
    private readonly DiracPolicy policy, policyTarget;
    private readonly Critic critic;
    private readonly Program criticProgram, policyProgram;

    private Td3Bc(DatasetTables tables, Td3BcSettings settings, RandomRoot random, Team team)
    {
        (this.tables, this.settings, this.random) = (tables, settings, random);
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        normalisation = StateNormalisation.Create(
            state, "normalisation", tables.Observation, ColumnMoments.Of(tables.Dataset.Observations, s),
            NormalisationMargin);
        critic = Critic.Create(state, "critic", s, a, settings.Hidden, 2, random, Initialisation.TorchLinear);
        policy = DiracPolicy.Create(state, PolicyArrays.Root, s, a, settings.Hidden, random);
        policyTarget = DiracPolicy.Declare(state, "policy-target", s, a, settings.Hidden);
        policyTarget.Network.Assign(policy.Network);
        criticProgram = Program.Compile(CriticStep(), team);
        policyProgram = Program.Compile(PolicyStep(), team);
        Carried = new Carried(state, [.. criticProgram.Accumulators, .. policyProgram.Accumulators], []);
    }

    public Carried Carried { get; }

    /// <summary>Critics at every step, policy and targets at every second.</summary>
    public IReadOnlyList<Program> Programs => [criticProgram, policyProgram];

    /// <summary>Declares and initialises everything and compiles both steps. Dispose it before the
    /// dataset.</summary>
    public static Td3Bc Build(DatasetTables tables, Td3BcSettings settings, RandomRoot random, Team team) =>
        new(tables, settings, random, team);

    /// <summary>The policy as it is now, of raw observations; its weights go into the state given.</summary>
    public DiracPolicy Policy(TrainingState into) => normalisation.Folded(policy, into);

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
        {
            criticProgram.Run(step);
            if (IsPolicyStep(step)) policyProgram.Run(step);
        }
    }

    public IReadOnlyList<StepTrace> Trace(long step) => IsPolicyStep(step)
        ? [criticProgram.Trace(step), policyProgram.Trace(step)]
        : [criticProgram.Trace(step)];

    public void Dispose()
    {
        criticProgram.Dispose();
        policyProgram.Dispose();
        state.Dispose();
    }

    private static bool IsPolicyStep(long step) => step % PolicyDelay == PolicyDelay - 1;

    // Both programs draw from one stream, so at one step they see the same rows.
    private OfflineBatch Draw(GraphBuilder g) => OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);

    private GraphBuilder CriticStep()
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var following = normalisation.Of(g, batch.NextObservation);
        var noise = g.Clamp(
            g.Normal(random.Stream("target noise"), batch.Action.Shape) * TargetNoise, -TargetNoiseClip,
            TargetNoiseClip);
        var next = g.Clamp(policyTarget.Act(g, following) + noise, -1f, 1f);
        var value = g.MinLeading(Critic.Values(g, critic.Target, next, following));
        var target = g.Detach(batch.Reward + (1f - batch.Terminal) * value * (float)settings.Discount);
        var values = Critic.Values(g, critic.Online, batch.Action, normalisation.Of(g, batch.Observation));
        var loss = Critic.Loss(g, values, target);
        g.Record("critic-loss", loss);
        g.Minimise(
            new AdamOptimiser(state, "adam-critic", critic.Online.Parameters), loss,
            g.Constant((float)settings.LearningRate));
        return g;
    }

    private GraphBuilder PolicyStep()
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var observation = normalisation.Of(g, batch.Observation);
        var action = policy.Act(g, observation);
        var value = g.Member(Critic.Values(g, critic.Online, action, observation), 0);
        var size = g.Maximum(g.Mean(g.Abs(g.Detach(value))), g.Constant(SmallestValue));
        var distance = g.Mean(g.Square(action - batch.Action));
        var loss = distance - g.Constant((float)settings.Alpha) / size * g.Mean(value);
        g.Record("policy-loss", loss);
        g.Record("distance-to-data", distance);
        g.Record("value", g.Mean(value));
        g.Minimise(
            new AdamOptimiser(state, "adam-policy", policy.Parameters), loss,
            g.Constant((float)settings.LearningRate));
        var rate = (float)settings.Polyak;
        critic.UpdateTarget(g, rate);
        g.Polyak(policyTarget.Parameters, policy.Parameters, rate);
        return g;
    }
}
