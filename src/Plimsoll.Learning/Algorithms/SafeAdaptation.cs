using Plimsoll.Data;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <summary>The models that adaptation starts from, all in one state.</summary>
public sealed record DrcorlModels(
    TrainingState State, ScoreNetwork Behaviour, Critic Reward, Critic Cost, DiracPolicy Policy);

/// <summary>
/// DRCORL's safe adaptation (arXiv 2502.12391, algorithms 1 and 2). Each step: both critics learn the value of
/// the current policy; the upper confidence estimate of its episode cost, from data alone, chooses a mode;
/// the policy moves along the reward gradient, along the cost gradient, or along their combination
/// (equation 12). The estimate is smoothed over steps so that one batch does not decide. Optimisers start afresh.
/// Metrics, beside the losses: policy-cost-value (upper confidence value, one batch), estimated_cost (smoothed,
/// cost/episode), pull (mean square of the behaviour's direction) and the mode of every step. Deterministic: bitwise.
/// </summary>
public sealed class SafeAdaptation : ITraining
{
    /// <summary>Added to the limit when the cost is normalised, as DRCORL does; keeps a limit of 0 usable.</summary>
    private const double LimitOffset = 0.1;
    private const string Estimate = "estimated_cost";
    private const string Mode = "mode";

    private readonly SafeAdaptationSettings settings;
    private readonly CostHorizon horizon;
    private readonly DrcorlModels models;
    private readonly Program critics;
    private readonly Program[] policySteps;
    private readonly Counter started;
    private readonly StateArray smoothed;
    private readonly Accumulator estimate = new(Estimate);
    private readonly PointLog modes = new(Mode);

    private SafeAdaptation(
        SafeAdaptationSettings settings, CostHorizon horizon, DrcorlModels models, Program critics, Program[] policySteps)
    {
        this.settings = settings;
        this.horizon = horizon;
        this.models = models;
        this.critics = critics;
        this.policySteps = policySteps;
        started = models.State.Counter("estimate/started");
        smoothed = models.State.GetOrAdd("estimate/smoothed", Shape.Scalar);
        // The three policy programs record under the same names: each runs in some of the steps.
        Carried = new Carried(
            models.State, [.. critics.Accumulators, .. policySteps.SelectMany(p => p.Accumulators), estimate], [modes]);
    }

    public Carried Carried { get; }

    public DiracPolicy Policy => models.Policy;

    /// <summary>The critics' update, then the policy's for each <see cref="SafetyMode"/> in order.</summary>
    public IReadOnlyList<Program> Programs => [critics, .. policySteps];

    /// <param name="states">Where the safety estimate is read; null: at the batch, that is over all of the data.</param>
    public static SafeAdaptation Build(
        DatasetTables tables, DrcorlModels models, SafeAdaptationSettings settings, CostHorizon horizon,
        StateTable? states, RandomRoot random, Team team)
    {
        var critics = CriticProgram(tables, models, settings, horizon, states, random, team);
        var optimiser = new AdamOptimiser(models.State, "adam-policy", models.Policy.Parameters);
        Program[] policySteps =
        [
            .. new[] { SafetyMode.Reward, SafetyMode.Both, SafetyMode.Cost }
                .Select(mode => PolicyProgram(mode, tables, models, optimiser, settings, random, team)),
        ];
        return new SafeAdaptation(settings, horizon, models, critics, policySteps);
    }

    /// <summary>Runs steps, which must follow on another and stay below <see cref="SafeAdaptationSettings.Steps"/>.</summary>
    public void Advance(long firstStep, long count)
    {
        for (var step = firstStep; step < firstStep + count; step++) Advance(step, static (program, at) => program.Run(at));
    }

    public IReadOnlyList<StepTrace> Trace(long step)
    {
        var traces = new List<StepTrace>();
        Advance(step, (program, at) => traces.Add(program.Trace(at)));
        return traces;
    }

    private void Advance(long step, Action<Program, long> run)
    {
        run(critics, step);
        var cost = Smooth(horizon.EpisodeCost(critics.Metric("policy-cost-value")));
        var slack = settings.Slack.At(step, settings.Steps);
        // Normalised: the limit itself is κ/(κ+0.1), a little below 1.
        var scale = horizon.Limits.PerEpisode + LimitOffset;
        var band = new SafetyBand(horizon.Limits.PerEpisode / scale, slack, slack);
        var mode = band.Mode(cost / scale);
        run(policySteps[(int)mode], step);
        estimate.Add(cost);
        modes.Add(step, (int)mode);
    }

    public void Dispose()
    {
        critics.Dispose();
        foreach (var program in policySteps) program.Dispose();
        models.State.Dispose();
    }

    private static Program CriticProgram(
        DatasetTables tables, DrcorlModels models, SafeAdaptationSettings settings, CostHorizon horizon,
        StateTable? states, RandomRoot random, Team team)
    {
        var g = new GraphBuilder();
        var rate = g.Constant((float)settings.CriticLearningRate);
        var rewardOptimiser = new AdamOptimiser(models.State, "adam-reward-q", models.Reward.Online.Parameters);
        var costOptimiser = new AdamOptimiser(models.State, "adam-cost-q", models.Cost.Online.Parameters);
        var batch = OfflineBatch.Draw(g, tables, random, "critic-batch", settings.Batch);

        var next = models.Policy.Act(g, batch.NextObservation);
        var nextValue = g.MinLeading(Critic.Values(g, models.Reward.Target, next, batch.NextObservation));
        var target = batch.Reward * (float)settings.RewardScale
            + (1f - batch.Terminal) * nextValue * (float)settings.RewardDiscount;
        var (lowest, highest) = RewardBounds(tables.Dataset, settings);
        target = g.Clamp(target, lowest, highest);
        var rewardLoss = Critic.Loss(
            g, Critic.Values(g, models.Reward.Online, batch.Action, batch.Observation), g.Detach(target));
        var costLoss = CostCriticStep.Loss(g, models.Cost, models.Policy, batch, settings.Cost, horizon, out _);
        g.Record("reward-critic-loss", rewardLoss);
        g.Record("cost-critic-loss", costLoss);
        g.Minimise(rewardOptimiser, rewardLoss, rate);
        g.Minimise(costOptimiser, costLoss, rate);
        models.Reward.UpdateTarget(g, (float)settings.Polyak);
        models.Cost.UpdateTarget(g, (float)settings.Polyak);

        var observation = states is null
            ? batch.Observation
            : g.Gather(states.Table, g.Rows(random.Stream("states"), new Axis("B", settings.Batch), states.Table.Rows));
        g.Record(
            "policy-cost-value",
            CostCriticStep.UpperConfidence(g, models.Cost, models.Policy, observation, settings.Confidence));
        return Program.Compile(g, team);
    }

    /// <summary>What a value can be at most and at least when every reward lies within the data's. Without it the
    /// bootstrapped critic can run away where a policy that follows the cost leaves the data.</summary>
    private static (float Lowest, float Highest) RewardBounds(Dataset dataset, SafeAdaptationSettings settings)
    {
        var (smallest, largest) = (0f, 0f);
        foreach (var reward in dataset.Rewards)
        {
            smallest = Math.Min(smallest, reward);
            largest = Math.Max(largest, reward);
        }
        var factor = settings.RewardScale / (1 - settings.RewardDiscount);
        return ((float)(smallest * factor), (float)(largest * factor));
    }

    private static Program PolicyProgram(
        SafetyMode mode, DatasetTables tables, DrcorlModels models, AdamOptimiser optimiser,
        SafeAdaptationSettings settings, RandomRoot random, Team team)
    {
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "policy-batch", settings.Batch);
        var action = models.Policy.Act(g, batch.Observation);
        var pull = PolicyDirection.Pull(g, models.Behaviour, action, batch.Observation, settings.Weight, random);
        var temperature = g.PerStep("temperature", step => (float)settings.Temperature.At(step, settings.Steps));
        var gradients = mode switch
        {
            SafetyMode.Reward => Towards(models.Reward, -1f),
            SafetyMode.Cost => Towards(models.Cost, 1f),
            _ => Combine(g, Towards(models.Reward, -1f), Towards(models.Cost, 1f)),
        };
        g.Record("pull", g.Mean(g.Square(pull)));
        var decay = new CosineSchedule(settings.PolicyLearningRate);
        g.Adam(optimiser, gradients, g.PerStep("policy learning rate", step => (float)decay.At(step, settings.Steps)));
        return Program.Compile(g, team);

        Node[] Towards(Critic critic, float sign)
        {
            var guidance = Critic.Guidance(g, critic.Target, action, batch.Observation);
            var direction = pull + g.TimesScalar(guidance * sign, temperature);
            return PolicyDirection.Gradients(g, models.Policy, action, direction);
        }
    }

    /// <summary>Equation 12 on the whole parameter vector; both gradients share batch, times and noise.</summary>
    internal static Node[] Combine(GraphBuilder g, Node[] reward, Node[] cost)
    {
        Node[] products = [g.Dot(reward, reward), g.Dot(reward, cost), g.Dot(cost, cost)];
        var weightReward = g.ScalarFunction("reward weight", p => GradientManipulation.Combine(p[0], p[1], p[2]).Reward, products);
        var weightCost = g.ScalarFunction("cost weight", p => GradientManipulation.Combine(p[0], p[1], p[2]).Cost, products);
        return [.. reward.Zip(cost, (r, c) => g.TimesScalar(r, weightReward) + g.TimesScalar(c, weightCost))];
    }

    private double Smooth(double cost)
    {
        ref var running = ref smoothed.Values[0];
        running = started.Value == 0
            ? (float)cost
            : (float)(settings.Smoothing * running + (1 - settings.Smoothing) * cost);
        started.Value = 1;
        return running;
    }
}
