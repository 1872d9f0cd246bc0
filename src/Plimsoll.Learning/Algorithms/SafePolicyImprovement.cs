using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>
/// SPI's safety distribution capturer D_ω (Yang et al., Safe Policy Improvement via Diffusion Model, algorithm 1), with
/// Diffusion-QL (arXiv 2208.06193) where the paper is silent. Each step, in this order:
/// a' from the running average of D_ω at s'; twin Q^r by (10), r + γ (1 - terminal) min_j Q̄^r_j(s', a'), and twin
/// Q^{c'} by (11), the same with c'; the noise network by (6),
/// η E‖ε̂ - ε‖²/A - μ E Q^r_j(s, a^s)/E|Q^r_k| - φ E Q^{c'}_j(s, a^s)/E|Q^{c'}_k|, a^s ~ D_ω(s) with gradients through
/// every reverse step, (j, k) = (1, 2) or (2, 1) by one coin a step; the running average; both targets.
/// A term of weight 0 is not computed, and Q^{c'} is not learned where φ = 0. Q^r always is: the extraction needs it.
/// Shapes: s [B, S], a [B, A], Q [E=2, B]. Values discount over rewards, and over c' in [0, 1] a step; they bootstrap
/// through time-outs. Metrics: reward-critic-loss and safety-critic-loss (sums over twins), objective (6), cloning-loss
/// (its first term before the weight), reward-value and safety-value (means of Q over sampled actions and twins).
/// Deterministic: bitwise.
/// </summary>
public sealed class SafePolicyImprovement
{
    /// <summary>Names in the state of the sampled copy of the noise network, and of the critics.</summary>
    public const string CapturerName = "capturer";
    public const string RewardCriticName = "reward-q";
    public const string SafetyCriticName = "safety-q";
    public const int Twins = 2;

    private readonly SafePolicyImprovementSettings settings;
    private readonly RandomRoot random;
    private readonly GraphBuilder g = new();
    private readonly Node rate;
    private readonly OfflineBatch batch;

    private SafePolicyImprovement(
        DatasetTables tables, DatasetTables safety, SafePolicyImprovementSettings settings, RandomRoot random,
        Team team)
    {
        (this.settings, this.random) = (settings, random);
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        Network = NoiseNetwork.Create(state, "noise", s, a, settings.Hidden, random);
        Capturer = Network.Copy(state, CapturerName);
        Reward = NewCritic(RewardCriticName);
        Safety = settings.Weights.Safety > 0 ? NewCritic(SafetyCriticName) : null;
        var steps = ImprovementObjective.StepTable(state, settings.Schedule);

        rate = g.PerStep("learning rate", settings.LearningRate, settings.Steps);
        batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        // The same stream and as many rows, so the same rows.
        var signal = OfflineBatch.Draw(g, safety, random, "batch", settings.Batch).Reward;
        LearnValues(state, signal);
        ImproveNetwork(state, steps);
        settings.Average.Update(g, "running average", Capturer.Parameters, Network.Parameters);
        Reward.UpdateTarget(g, (float)settings.Polyak);
        Safety?.UpdateTarget(g, (float)settings.Polyak);
        Training = new GraphTraining(state, Program.Compile(g, team));

        Critic NewCritic(string name) => Critic.Create(
            state, name, s, a, settings.Hidden, Twins, random, Initialisation.TorchLinear,
            MlpForm.Mish);
    }

    public GraphTraining Training { get; }

    /// <summary>ε_ω, which learns.</summary>
    public NoiseNetwork Network { get; }

    /// <summary>Its running average, which is sampled from in the critics' targets and afterwards.</summary>
    public NoiseNetwork Capturer { get; }

    public Critic Reward { get; }

    /// <summary>Null where φ = 0.</summary>
    public Critic? Safety { get; }

    /// <param name="tables">The data, with their reward.</param>
    /// <param name="safety">The same transitions with c' in the reward's place.</param>
    /// <param name="settings">All numbers.</param>
    /// <param name="random">Streams of every draw.</param>
    /// <param name="team">Threads.</param>
    /// <exception cref="ArgumentException">Not as many rows of the same sizes.</exception>
    public static SafePolicyImprovement Build(
        DatasetTables tables, DatasetTables safety, SafePolicyImprovementSettings settings, RandomRoot random,
        Team team)
    {
        if (Sizes(tables) != Sizes(safety))
            throw new ArgumentException($"{Sizes(safety)} rows and sizes beside {Sizes(tables)}", nameof(safety));
        return new SafePolicyImprovement(tables, safety, settings, random, team);

        static (int, int, int) Sizes(DatasetTables t) => (t.Dataset.Count, t.Observation.Size, t.Action.Size);
    }

    private void LearnValues(TrainingState state, Node signal)
    {
        var samples = new Axis("N", settings.BackupSamples);
        var next = Repeated.States(g, batch.NextObservation, samples);
        var action = Capturer.Sample(g, settings.Schedule, next, Draws("next-action", next));
        var discount = (1f - batch.Terminal) * (float)settings.Discount;
        var rewardTarget = batch.Reward + discount * NextValue(Reward);
        Node? safetyTarget = null;
        if (Safety is not null)
        {
            safetyTarget = signal + discount * NextValue(Safety);
            if (settings.ClampsSafety) safetyTarget = g.Clamp(safetyTarget, 0f, (float)(1 / (1 - settings.Discount)));
        }
        Fit(Reward, "adam-reward-q", rewardTarget, "reward-critic-loss");
        if (Safety is not null) Fit(Safety, "adam-safety-q", safetyTarget!, "safety-critic-loss");

        // Of the samples the best for each twin, of the twins the worse.
        Node NextValue(Critic critic)
        {
            var values = Critic.Values(g, critic.Target, action, next);
            return Enumerable.Range(0, Twins)
                .Select(e => g.MaxLeading(g.SplitLeading(g.Member(values, e), samples, batch.Reward.Shape[0])))
                .Aggregate(g.Minimum);
        }

        void Fit(Critic critic, string name, Node target, string metric)
        {
            var optimiser = new AdamOptimiser(state, name, critic.Online.Parameters);
            var loss = Critic.Loss(
                g, Critic.Values(g, critic.Online, batch.Action, batch.Observation), g.Detach(target));
            g.Record(metric, loss);
            g.MinimiseClipped(optimiser, loss, rate, (float)settings.GradientLimit);
        }
    }

    private void ImproveNetwork(TrainingState state, StateArray steps)
    {
        var optimiser = new AdamOptimiser(state, "adam-noise", Network.Parameters);
        var weights = settings.Weights;
        Node? loss = null;
        if (weights.Cloning > 0)
        {
            var cloning = ImprovementObjective.Cloning(
                g, Network, steps, batch.Observation, batch.Action, random);
            g.Record("cloning-loss", cloning);
            loss = cloning * (float)weights.Cloning;
        }
        if (weights.Reward > 0 || weights.Safety > 0)
        {
            var action = Network.Sample(g, settings.Schedule, batch.Observation, Draws("action", batch.Observation));
            var coin = ImprovementObjective.Coin(g, random.Stream("twin"));
            if (weights.Reward > 0) Raise(Reward, weights.Reward, "reward-value", action, coin);
            if (weights.Safety > 0) Raise(Safety!, weights.Safety, "safety-value", action, coin);
        }
        g.Record("objective", loss!);
        g.MinimiseClipped(optimiser, loss!, rate, (float)settings.GradientLimit);

        void Raise(Critic critic, double weight, string metric, Node action, Node coin)
        {
            var values = Critic.Values(g, critic.Online, action, batch.Observation);
            g.Record(metric, g.Mean(values));
            var term = ImprovementObjective.NormalisedValue(g, values, coin) * (float)-weight;
            loss = loss is null ? term : loss + term;
        }
    }

    private Node Draws(string role, Node observation) => g.Normal(
        random.Stream(role),
        new Shape(observation.Shape[0], new Axis("Z", settings.Schedule.Steps * Network.ActionSize)));
}
