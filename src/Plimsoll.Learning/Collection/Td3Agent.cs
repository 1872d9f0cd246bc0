using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Collection;

/// <summary>
/// TD3 (Fujimoto et al., arXiv 1802.09477) with a price on costs: the critics of <see cref="TwinDelayed"/> on the
/// reward ρ (r - λ c); every second update the policy up the mean of Q_1(s, π(s)). ρ = 0.1 keeps values near those that
/// Adam's step suits, and changes no optimum. Shapes: s [B, S], a [B, A].
/// Metrics: critic-loss, policy-loss. Deterministic: bitwise, given the replay's rows.
/// </summary>
public sealed class Td3Agent
{
    /// <summary>ρ.</summary>
    public const float RewardScale = 0.1f;

    private readonly ReplayTable replay;
    private readonly Td3Settings settings;
    private readonly RandomRoot random;
    private readonly TwinDelayed networks;

    /// <param name="penalty">λ when the update of that number runs; a pure function of it and of the replay.</param>
    public Td3Agent(
        ReplayTable replay, Func<long, float> penalty, Td3Settings settings, RandomRoot random, Team team)
    {
        (this.replay, this.settings, this.random) = (replay, settings, random);
        var state = new TrainingState();
        networks = new TwinDelayed(state, replay.ObservationSize, replay.ActionSize, settings, random);
        Training = new DelayedTraining(state, CriticStep(penalty), PolicyStep(), TwinDelayed.PolicyDelay, team);
    }

    public DiracPolicy Policy => networks.Policy;

    /// <summary>Critics at every update, policy and targets at every second.</summary>
    public DelayedTraining Training { get; }

    // Both programs draw from one stream, so at one step they see the same rows.
    private ReplayBatch Draw(GraphBuilder g) => replay.Draw(g, random.Stream("batch"), settings.Batch);

    private GraphBuilder CriticStep(Func<long, float> penalty)
    {
        var g = new GraphBuilder();
        var batch = Draw(g);
        var price = g.PerStep("penalty", penalty);
        var reward = (batch.Reward - g.TimesScalar(batch.Cost, price)) * RewardScale;
        var target = networks.Target(g, reward, batch.Terminal, batch.NextObservation);
        networks.FitCritics(g, batch.Observation, batch.Action, target);
        return g;
    }

    private GraphBuilder PolicyStep()
    {
        var g = new GraphBuilder();
        var observation = Draw(g).Observation;
        networks.MovePolicy(g, -g.Mean(networks.FirstValue(g, observation, Policy.Act(g, observation))));
        return g;
    }
}
