using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>SPI's step in parts that can be run in any order: a program for the critics, one for the network, and the
/// averages by hand.</summary>
internal sealed class StepAgain : IDisposable
{
    private readonly SafePolicyImprovementSettings settings;
    private readonly RandomRoot root;
    private readonly TrainingState state = new();
    private readonly NoiseNetwork network, capturer;
    private readonly Critic reward, safety;
    private readonly Program critics, improvement;

    internal StepAgain(
        Dataset data, Dataset signal, SafePolicyImprovementSettings settings, RandomRoot root, Team team)
    {
        (this.settings, this.root) = (settings, root);
        var (s, a) = (data.ObservationSize, data.ActionSize);
        network = NoiseNetwork.Create(state, "noise", s, a, settings.Hidden, root);
        capturer = network.Copy(state, "average");
        reward = NewCritic("reward-q");
        safety = NewCritic("safety-q");
        critics = Program.Compile(Critics(new DatasetTables(data), new DatasetTables(signal)), team);
        improvement = Program.Compile(Improvement(new DatasetTables(data)), team);

        Critic NewCritic(string name) => Critic.Create(
            state, name, s, a, settings.Hidden, 2, root, Initialisation.TorchLinear, new(Nonlinearity.Mish));
    }

    internal IReadOnlyList<StateArray> Arrays =>
    [
        .. network.Parameters, .. capturer.Parameters, .. reward.Online.Parameters, .. reward.Target.Parameters,
        .. safety.Online.Parameters, .. safety.Target.Parameters,
    ];

    internal void Critics(long step) => critics.Run(step);

    internal void Improve(long step) => improvement.Run(step);

    /// <summary>x &lt;- k x + (1 - k) y.</summary>
    internal void Follow()
    {
        Mix(capturer.Parameters, network.Parameters, settings.Average.Decay);
        Mix(reward.Target.Parameters, reward.Online.Parameters, 1 - settings.Polyak);
        Mix(safety.Target.Parameters, safety.Online.Parameters, 1 - settings.Polyak);

        static void Mix(IReadOnlyList<StateArray> targets, IReadOnlyList<StateArray> sources, double kept)
        {
            foreach (var (target, source) in targets.Zip(sources))
            {
                for (var i = 0; i < target.Values.Length; i++)
                    target.Values[i] = (float)(kept * target.Values[i] + (1 - kept) * source.Values[i]);
            }
        }
    }

    public void Dispose()
    {
        critics.Dispose();
        improvement.Dispose();
        state.Dispose();
    }

    private GraphBuilder Critics(DatasetTables tables, DatasetTables signal)
    {
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, root, "batch", settings.Batch);
        var safe = OfflineBatch.Draw(g, signal, root, "batch", settings.Batch).Reward;
        var next = capturer.Sample(g, settings.Schedule, batch.NextObservation, Normals(g, "next-action", batch));
        var most = g.Constant((float)(1 / (1 - settings.Discount)), safe.Shape);
        Fit(reward, batch.Reward, null);
        Fit(safety, safe, most);
        return g;

        void Fit(Critic critic, Node received, Node? bound)
        {
            var values = Critic.Values(g, critic.Target, next, batch.NextObservation);
            var (one, other) = (g.Member(values, 0), g.Member(values, 1));
            // (x + y - |x - y|) / 2 is the smaller.
            var worse = (one + other - g.Abs(one - other)) * 0.5f;
            var target = received + (1f - batch.Terminal) * worse * (float)settings.Discount;
            if (bound is not null)
                target = g.Select(g.GreaterThan(target, bound), bound, target);
            if (bound is not null)
                target = g.Select(g.GreaterThan(target, bound * 0f), target, bound * 0f);
            var online = Critic.Values(g, critic.Online, batch.Action, batch.Observation);
            var loss = g.Mean(g.Square(g.Member(online, 0) - g.Detach(target)))
                + g.Mean(g.Square(g.Member(online, 1) - g.Detach(target)));
            Descend(g, critic.Online.Parameters, loss);
        }
    }

    private GraphBuilder Improvement(DatasetTables tables)
    {
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, tables, root, "batch", settings.Batch);
        var table = ImprovementObjective.StepTable(state, settings.Schedule);
        var rows = g.Rows(root.Stream("denoising-step"), new Axis("B", settings.Batch), settings.Schedule.Steps);
        var entries = g.Lookup(table, rows);
        var noise = g.Normal(root.Stream("denoising-noise"), batch.Action.Shape);
        var predicted = network.Forward(
            g, g.TimesColumn(batch.Action, Entry(1)) + g.TimesColumn(noise, Entry(2)), Entry(0), batch.Observation);
        var action = network.Sample(g, settings.Schedule, batch.Observation, Normals(g, "action", batch));
        var coin = g.GreaterThan(g.Uniform(root.Stream("twin"), Shape.Scalar), g.Constant(0.5f));
        var loss = g.Mean(g.Square(predicted - noise)) * (float)settings.Weights.Cloning
            - Value(reward) * (float)settings.Weights.Reward - Value(safety) * (float)settings.Weights.Safety;
        Descend(g, network.Parameters, loss);
        return g;

        Node Entry(int k) => g.Squeeze(g.Columns(entries, k, new Axis("K", 1)));

        // The coin weighs both ways instead of choosing between twins.
        Node Value(Critic critic)
        {
            var values = Critic.Values(g, critic.Online, action, batch.Observation);
            var (one, other) = (g.Member(values, 0), g.Member(values, 1));
            return coin * Share(one, other) + (1f - coin) * Share(other, one);
        }

        Node Share(Node raised, Node scale) => g.Mean(raised) / g.Detach(g.Mean(g.Abs(scale)) + 1e-6f);
    }

    private void Descend(GraphBuilder g, IReadOnlyList<StateArray> parameters, Node loss)
    {
        var optimiser = new AdamOptimiser(state, $"adam/{parameters[0].Name}", parameters);
        g.Adam(
            optimiser, g.Gradients(loss, [.. parameters.Select(g.Read)]),
            g.Constant((float)settings.LearningRate.At(0, 1)));
    }

    private Node Normals(GraphBuilder g, string role, OfflineBatch batch) => g.Normal(
        root.Stream(role),
        new Shape(batch.Action.Shape[0], new Axis("Z", settings.Schedule.Steps * network.ActionSize)));
}
