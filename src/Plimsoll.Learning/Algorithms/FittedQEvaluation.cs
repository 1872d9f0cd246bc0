using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers, each at least 1.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="LearningRate">Of Adam, above 0; constant.</param>
/// <param name="Polyak">Target rate in (0, 1].</param>
/// <param name="Members">E, at least 1, for reward and cost each.</param>
public sealed record FittedQSettings(IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Polyak, int Members);

/// <summary>Values of a policy at the starts of the data's trajectories, as episode sums. [M].</summary>
public sealed record FittedQEstimate(IReadOnlyList<double> Returns, IReadOnlyList<double> Costs);

/// <summary>
/// Fitted Q evaluation (Le et al., arXiv 1903.08738) of a policy from data alone, for reward and cost at once:
/// Q ← signal + γ (1 - end) Q̄(s', π(s')). Ends and discount follow the <see cref="CostHorizon"/>; the answer is the
/// mean over members of Q̄(s₀, π(s₀)) at the first state of every trajectory, turned into an episode sum.
/// An estimate: it extrapolates where the policy leaves the data. Metrics: reward-loss (of rewards divided by the
/// data's largest magnitude) and cost-loss. Deterministic: bitwise.
/// </summary>
public sealed class FittedQEvaluation : IDisposable
{
    private readonly CostLimit conversion;
    private readonly double rewardUnit;
    private readonly Program starts;

    private FittedQEvaluation(
        GraphTraining training, IMarkovPolicy policy, Program starts, CostLimit conversion, double rewardUnit)
    {
        Training = training;
        Policy = policy;
        this.starts = starts;
        this.conversion = conversion;
        this.rewardUnit = rewardUnit;
    }

    public GraphTraining Training { get; }

    /// <summary>What is evaluated.</summary>
    public IMarkovPolicy Policy { get; }

    public static FittedQEvaluation Build(
        DatasetTables tables, Func<TrainingState, IMarkovPolicy> declarePolicy, FittedQSettings settings,
        CostHorizon horizon, StateTable starts, RandomRoot random, Team team)
    {
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        var policy = declarePolicy(state);
        var reward = Critic.Create(
            state, "fqe-reward", s, a, settings.Hidden, settings.Members, random, Initialisation.TorchLinear);
        var cost = Critic.Create(
            state, "fqe-cost", s, a, settings.Hidden, settings.Members, random, Initialisation.TorchLinear);
        var unit = LargestMagnitude(tables.Dataset.Rewards);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var next = policy.Act(g, batch.NextObservation, PolicyDraws.Of(g, policy, batch.NextObservation, random.Stream("policy")));
        var ends = batch.Ends(horizon.StopsAtTimeouts);
        Learn(reward, batch.Reward * (float)(1 / unit), "reward-loss");
        Learn(cost, batch.Cost, "cost-loss");
        var training = new GraphTraining(state, Program.Compile(g, team));

        return new FittedQEvaluation(
            training, policy, StartProgram(starts, policy, reward, cost, random, team), horizon.Limits, unit);

        void Learn(Critic critic, Node signal, string metric)
        {
            var optimiser = new AdamOptimiser(state, $"adam-{metric}", critic.Online.Parameters);
            var nextValue = Critic.Values(g, critic.Target, next, batch.NextObservation);
            var members = nextValue.Shape[0];
            var target = g.BroadcastLeading(signal, members)
                + g.BroadcastLeading(1f - ends, members) * nextValue * (float)horizon.Discount;
            var loss = Critic.Loss(g, Critic.Values(g, critic.Online, batch.Action, batch.Observation), g.Detach(target));
            g.Record(metric, loss);
            g.Minimise(optimiser, loss, g.Constant((float)settings.LearningRate));
            critic.UpdateTarget(g, (float)settings.Polyak);
        }
    }

    /// <summary>Reads the estimate of the critics as they are now.</summary>
    public FittedQEstimate Estimate()
    {
        starts.Run(0);
        return new FittedQEstimate(
            [.. starts.Output("reward").ToArray().Select(v => conversion.EpisodicCost(v) * rewardUnit)],
            [.. starts.Output("cost").ToArray().Select(v => conversion.EpisodicCost(v))]);
    }

    public void Dispose()
    {
        starts.Dispose();
        Training.Dispose();
    }

    private static Program StartProgram(StateTable starts, IMarkovPolicy policy, Critic reward, Critic cost, RandomRoot random, Team team)
    {
        var g = new GraphBuilder();
        var observation = g.Read(starts.Table);
        var action = policy.Act(g, observation, PolicyDraws.Of(g, policy, observation, random.Stream("policy-at-starts")));
        g.Output("reward", g.MeanLeading(Critic.Values(g, reward.Target, action, observation)));
        g.Output("cost", g.MeanLeading(Critic.Values(g, cost.Target, action, observation)));
        return Program.Compile(g, team);
    }

    private static double LargestMagnitude(ReadOnlySpan<float> values)
    {
        var largest = 0f;
        foreach (var value in values) largest = Math.Max(largest, Math.Abs(value));
        return largest > 0 ? largest : 1;
    }
}
