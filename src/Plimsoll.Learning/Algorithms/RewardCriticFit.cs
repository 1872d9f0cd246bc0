using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Algorithms;

/// <param name="Hidden">Widths of the hidden layers of Q and V, each at least 1.</param>
/// <param name="Batch">B, transitions a step.</param>
/// <param name="LearningRate">Of Adam for Q and V, above 0; constant.</param>
/// <param name="Expectile">τ in (0, 1).</param>
/// <param name="Discount">γ in [0, 1).</param>
/// <param name="Polyak">Target rate in (0, 1].</param>
/// <param name="RewardScale">Factor on every reward, above 0; keep it together with the temperature β.</param>
public sealed record RewardCriticSettings(
    IReadOnlyList<int> Hidden, int Batch, double LearningRate, double Expectile, double Discount, double Polyak,
    double RewardScale);

/// <summary>
/// IQL (Kostrikov et al., arXiv 2110.06169) as DRCORL's equations 16 and 17 use it, for the reward:
/// V by the expectile loss |τ - 1(u&lt;0)| u² with u = min_j Q̄_j(s,a) - V(s), and twin Q by
/// (r + γ (1 - terminal) V(s') - Q_j)², with V(s') as it was before its own update (DRCORL's order).
/// Bootstraps through time-outs. Q [E=2, B], V and u [B], in scaled reward. Metrics: value-loss, value (mean of
/// min_j Q̄_j) and critic-loss. Deterministic: bitwise.
/// </summary>
public sealed class RewardCriticFit
{
    public const string CriticName = "reward-q";
    public const string ValueName = "reward-v";
    public const int Twins = 2;

    private RewardCriticFit(GraphTraining training, Critic critic) => (Training, Critic) = (training, critic);

    public GraphTraining Training { get; }

    public Critic Critic { get; }

    public static RewardCriticFit Build(DatasetTables tables, RewardCriticSettings settings, RandomRoot random, Team team)
    {
        var (s, a) = (tables.Observation.Size, tables.Action.Size);
        var state = new TrainingState();
        var critic = Critic.Create(state, CriticName, s, a, settings.Hidden, Twins, random, Initialisation.TorchLinear);
        var value = Mlp.Create(state, ValueName, tables.Observation, settings.Hidden, new Axis("V", 1), null, random);
        var valueOptimiser = new AdamOptimiser(state, "adam-v", value.Parameters);
        var criticOptimiser = new AdamOptimiser(state, "adam-q", critic.Online.Parameters);

        var g = new GraphBuilder();
        var rate = g.Constant((float)settings.LearningRate);
        var batch = OfflineBatch.Draw(g, tables, random, "batch", settings.Batch);
        var nextValue = g.Squeeze(value.Forward(g, batch.NextObservation));
        var continues = 1f - batch.Terminal;
        var target = batch.Reward * (float)settings.RewardScale + continues * nextValue * (float)settings.Discount;

        var q = g.MinLeading(Critic.Values(g, critic.Target, batch.Action, batch.Observation));
        var advantage = q - g.Squeeze(value.Forward(g, batch.Observation));
        var valueLoss = g.Mean(ExpectileLoss.Of(g, advantage, (float)settings.Expectile));
        g.Record("value-loss", valueLoss);
        g.Record("value", g.Mean(q));
        g.Minimise(valueOptimiser, valueLoss, rate);

        var criticLoss = Critic.Loss(g, Critic.Values(g, critic.Online, batch.Action, batch.Observation), target);
        g.Record("critic-loss", criticLoss);
        g.Minimise(criticOptimiser, criticLoss, rate);
        critic.UpdateTarget(g, (float)settings.Polyak);
        return new RewardCriticFit(new GraphTraining(state, Program.Compile(g, team)), critic);
    }
}
