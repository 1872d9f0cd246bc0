using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Collection;

/// <param name="Hidden">Widths of the hidden layers of policy and critics, each at least 1.</param>
/// <param name="Batch">B, transitions an update.</param>
/// <param name="LearningRate">Of Adam for policy and critics, above 0; constant.</param>
/// <param name="Discount">γ in [0, 1).</param>
/// <param name="Polyak">Target rate in (0, 1].</param>
public sealed record Td3Settings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Discount, double Polyak);

/// <summary>
/// TD3 (Fujimoto et al., arXiv 1802.09477) with a price on costs: twin critics towards
/// y = ρ (r - λ c) + γ (1 - terminal) min_e Q̄_e(s', clip(π̄(s') + ε, -1, 1)), ε = clip(0.2 ξ, -0.5, 0.5), ξ ~ N(0, I);
/// every second update the policy up the mean of Q_1(s, π(s)), then both targets. ρ = 0.1 keeps values near those that
/// Adam's step suits, and changes no optimum. The paper's noise, clip and delay. Shapes: s [B, S], a [B, A].
/// Metrics: critic-loss, policy-loss. Deterministic: bitwise, given the replay's rows.
/// </summary>
public sealed class Td3Agent : ITraining
{
    /// <summary>ρ.</summary>
    public const float RewardScale = 0.1f;

    public const float TargetNoise = 0.2f;
    public const float TargetNoiseClip = 0.5f;
    public const int PolicyDelay = 2;

    private readonly TrainingState state = new();
    private readonly ReplayTable replay;
    private readonly Td3Settings settings;
    private readonly RandomRoot random;
    private readonly DiracPolicy policy;
    private readonly DiracPolicy policyTarget;
    private readonly Critic critic;

    /// <param name="penalty">λ when the update of that number runs; a pure function of it and of the replay.</param>
    public Td3Agent(
        ReplayTable replay, Func<long, float> penalty, Td3Settings settings, RandomRoot random, Team team)
    {
        (this.replay, this.settings, this.random) = (replay, settings, random);
        var (s, a) = (replay.ObservationSize, replay.ActionSize);
        critic = Critic.Create(state, "critic", s, a, settings.Hidden, 2, random, Initialisation.TorchLinear);
        policy = DiracPolicy.Create(state, PolicyArrays.Root, s, a, settings.Hidden, random);
        policyTarget = DiracPolicy.Declare(state, "policy-target", s, a, settings.Hidden);
        policyTarget.Network.Assign(policy.Network);
        CriticProgram = Program.Compile(CriticStep(penalty), team);
        PolicyProgram = Program.Compile(PolicyStep(), team);
        Carried = new Carried(state, [.. CriticProgram.Accumulators, .. PolicyProgram.Accumulators], []);
    }

    public DiracPolicy Policy => policy;

    public Carried Carried { get; }

    internal Program CriticProgram { get; }

    internal Program PolicyProgram { get; }

    /// <summary>The programs, for looking at.</summary>
    public IReadOnlyList<Program> Programs => [CriticProgram, PolicyProgram];

    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++)
        {
            CriticProgram.Run(step);
            if (IsPolicyStep(step)) PolicyProgram.Run(step);
        }
    }

    public IReadOnlyList<StepTrace> Trace(long step) => IsPolicyStep(step)
        ? [CriticProgram.Trace(step), PolicyProgram.Trace(step)]
        : [CriticProgram.Trace(step)];

    public void Dispose()
    {
        CriticProgram.Dispose();
        PolicyProgram.Dispose();
        state.Dispose();
    }

    private static bool IsPolicyStep(long step) => step % PolicyDelay == PolicyDelay - 1;

    // Both programs draw from one stream, so at one step they see the same rows.
    private ReplayBatch Draw(GraphBuilder g) => replay.Draw(g, random.Stream("batch"), settings.Batch);

    private GraphBuilder CriticStep(Func<long, float> penalty)
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var noise = g.Clamp(
            g.Normal(random.Stream("target noise"), batch.Action.Shape) * TargetNoise, -TargetNoiseClip,
            TargetNoiseClip);
        var next = g.Clamp(policyTarget.Act(g, batch.NextObservation) + noise, -1f, 1f);
        var value = g.MinLeading(Critic.Values(g, critic.Target, next, batch.NextObservation));
        var price = g.PerStep("penalty", penalty);
        var reward = (batch.Reward - g.TimesScalar(batch.Cost, price)) * RewardScale;
        var target = g.Detach(reward + (1f - batch.Terminal) * value * (float)settings.Discount);
        var loss = Critic.Loss(
            g, Critic.Values(g, critic.Online, batch.Action, batch.Observation), target);
        g.Record("critic-loss", loss);
        g.Minimise(
            new AdamOptimiser(state, "adam-critic", critic.Online.Parameters), loss,
            g.Constant((float)settings.LearningRate));
        return g;
    }

    private GraphBuilder PolicyStep()
    {
        var g = new GraphBuilder();
        var observation = Draw(g).Observation;
        var values = Critic.Values(g, critic.Online, policy.Act(g, observation), observation);
        var loss = -g.Mean(g.Member(values, 0));
        g.Record("policy-loss", loss);
        g.Minimise(
            new AdamOptimiser(state, "adam-policy", policy.Parameters), loss,
            g.Constant((float)settings.LearningRate));
        var rate = (float)settings.Polyak;
        critic.UpdateTarget(g, rate);
        g.Polyak(policyTarget.Parameters, policy.Parameters, rate);
        return g;
    }
}
