using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Collection;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using StepProgram = Plimsoll.Numerics.Runtime.Program;

namespace Plimsoll.Learning.Probe;

/// <summary>
/// One small training program for each network, on data that it draws itself: states s ~ N(0, I), actions
/// with a known law. Conformance and resume tests run them beside the algorithms.
/// </summary>
public static class NetworkPrograms
{
    public static readonly Axis Batch = new("B", 256);
    public static readonly Axis State = new("S", 3);
    public static readonly Axis Action = new("A", 2);

    private static readonly int[] Hidden = [40, 24];
    private static readonly Axis Draws = new("N", 4);

    /// <summary>All of them by name.</summary>
    public static IReadOnlyDictionary<string, Func<RandomRoot, Team, ITraining>> All { get; } =
        new Dictionary<string, Func<RandomRoot, Team, ITraining>>
        {
            ["conditional VAE"] = (r, team) => Vae(r, team),
            ["perturbed actions"] = PerturbedActions,
            ["matched support"] = (r, team) => MatchedSupport(r, team),
            ["maximum entropy"] = (r, team) => MaximumEntropy(r, team),
            ["averaged embedding"] = AveragedEmbedding,
            ["priced agent"] = PricedAgent,
            ["decision transformer"] = (r, team) => TransformerPrograms.Copying(r, team, padded: true, 1e-3),
        };

    /// <summary>Fits p(a | s) = N(mean s_1, deviation²), for each component, with the evidence
    /// bound.</summary>
    public static GraphTraining Vae(
        RandomRoot random, Team team, float mean = 0.2f, float deviation = 0.3f, float beta = 0.5f)
    {
        var state = new TrainingState();
        var vae = ConditionalVae.Create(state, "vae", State.Size, Action.Size, Hidden, random);
        var g = new GraphBuilder();
        var s = g.Normal(random.Stream("s"), new Shape(Batch, State));
        var a = Behaviour(g, s, random, mean, deviation);
        VaeStep(g, state, vae, s, a, random, beta);
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>BCQ-Lag's shape: VAE, twin critics with the best of N perturbed target actions, perturbation
    /// actor. The reward is -(a - 0.5)², summed over components.</summary>
    public static GraphTraining PerturbedActions(RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var vae = ConditionalVae.Create(state, "vae", State.Size, Action.Size, Hidden, random);
        var actor = PerturbationActor.Create(state, "actor", State.Size, Action.Size, Hidden, random, 0.2f);
        var target = actor.Copy(state, "actor-target");
        var critic = Critic.Create(
            state, "q", State.Size, Action.Size, Hidden, 2, random, Initialisation.TorchLinear);
        var g = new GraphBuilder();
        var s = g.Normal(random.Stream("s"), new Shape(Batch, State));
        var next = g.Normal(random.Stream("next"), new Shape(Batch, State));
        var a = Behaviour(g, s, random, 0.2f, 0.3f);
        VaeStep(g, state, vae, s, a, random, 0.5f);

        var repeated = Repeated.States(g, next, Draws);
        var proposals = Repeated.Join(
            g, g.Tanh(vae.GenerateManyPreTanh(g, next, Draws, random.Stream("next codes"))));
        var values = Critic.Values(g, critic.Target, target.Act(g, repeated, proposals), repeated);
        var mixed = g.MinLeading(values) * 0.75f + g.MaxLeading(values) * 0.25f;
        var best = g.MaxLeading(g.Reshape(mixed, new Shape(Draws, Batch)));
        var y = g.Detach(best * 0.5f - g.SumLast(g.Square(a - 0.5f)));
        var loss = Critic.Loss(g, Critic.Values(g, critic.Online, a, s), y);
        g.Record("critic-loss", loss);
        g.Minimise(new AdamOptimiser(state, "adam-q", critic.Online.Parameters), loss, g.Constant(3e-3f));

        var proposal = g.Detach(vae.Generate(g, s, random.Stream("codes")));
        var acted = actor.Act(g, s, proposal);
        var gain = -g.Mean(g.MinLeading(Critic.Values(g, critic.Online, acted, s)));
        g.Record("actor-loss", gain);
        g.Record("move", g.Mean(acted - proposal));
        g.Minimise(new AdamOptimiser(state, "adam-actor", actor.Parameters), gain, g.Constant(3e-3f));
        critic.UpdateTarget(g, 0.005f);
        g.Polyak(target.Parameters, actor.Parameters, 0.005f);
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>BEAR's actor: its draws u come as near as it can to draws N(0.2 s_1, deviation²), by
    /// MMD.</summary>
    public static GraphTraining MatchedSupport(
        RandomRoot random, Team team, int count = 4, float deviation = 0.3f,
        MmdKernel kernel = MmdKernel.Gaussian, float bandwidth = 0.5f)
    {
        var draws = new Axis("N", count);
        var state = new TrainingState();
        var actor = TanhGaussianActor.Create(state, "actor", State.Size, Action.Size, Hidden, random);
        var g = new GraphBuilder();
        var s = g.Normal(random.Stream("s"), new Shape(Batch, State));
        var known = new DiagonalGaussian(
            Centre(g, s, 0.2f), g.Constant(MathF.Log(deviation), new Shape(Batch, Action)));
        var behaviour = known.Samples(g, draws.As("M"), random.Stream("behaviour"));
        var policy = actor.Policy(g, s);
        var drawn = policy.Samples(g, draws, random.Stream("draws"));
        var distance = g.Mean(MaximumMeanDiscrepancy.Of(g, drawn.PreTanh, behaviour, kernel, bandwidth));
        g.Record("distance", distance);
        g.Record("divergence", g.Mean(GaussianDivergence.Between(g, policy.Base, known)));
        g.Minimise(new AdamOptimiser(state, "adam", actor.Parameters), distance, g.Constant(3e-3f));
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>
    /// Soft actor: least E[log π(a) - log p(a)] for a known tanh-Gaussian p with u ~ N(0.5 s_1, deviation²):
    /// π = p. The weight of the entropy is 1. Gradients are clipped by their norm, the rate warms up.
    /// </summary>
    public static GraphTraining MaximumEntropy(RandomRoot random, Team team, float deviation = 0.4f)
    {
        var state = new TrainingState();
        var actor = TanhGaussianActor.Create(state, "actor", State.Size, Action.Size, Hidden, random);
        var g = new GraphBuilder();
        var s = g.Normal(random.Stream("s"), new Shape(Batch, State));
        var known = new DiagonalGaussian(
            Centre(g, s, 0.5f), g.Constant(MathF.Log(deviation), new Shape(Batch, Action)));
        var policy = actor.Policy(g, s);
        var draw = policy.Sample(g, random.Stream("draw"));
        var loss = g.Mean(draw.LogProbability - new TanhGaussian(known).LogProbabilityOf(g, draw.PreTanh));
        g.Record("loss", loss);
        g.Record("divergence", g.Mean(g.SumLast(GaussianDivergence.Between(g, policy.Base, known))));
        g.MinimiseClipped(
            new AdamOptimiser(state, "adam", actor.Parameters, weightDecay: 1e-4f), loss,
            g.PerStep("rate", new WarmUpSchedule(new CosineSchedule(5e-3), 20), 400), 1f);
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>A normalised Mish network with dropout of an embedded step number, and a running average of
    /// it.</summary>
    public static GraphTraining AveragedEmbedding(RandomRoot random, Team team)
    {
        var state = new TrainingState();
        var embedding = SinusoidalEmbedding.Create(state, "time", 16, random);
        var form = new MlpForm(Nonlinearity.Mish, Nonlinearity.Tanh, LayerNorm: true, Dropout: 0.1f);
        var network = Mlp.Create(
            state, "net", new Axis("T", 16), Hidden, new Axis("O", 1), null, random,
            Initialisation.Orthogonal, form);
        var average = network.Copy(state, "average");
        var g = new GraphBuilder();
        var t = g.Uniform(random.Stream("t"), new Shape(Batch)) * 5f;
        var wave = g.Sin(t);
        var embedded = embedding.Of(g, t);
        var loss = g.Mean(HuberLoss.Of(
            g, g.Squeeze(network.Forward(g, embedded, new DropoutStreams(random, "dropout"))) - wave, 1f));
        g.Record("loss", loss);
        g.Record("average-loss", g.Mean(g.Square(g.Squeeze(average.Forward(g, embedded)) - wave)));
        g.Minimise(
            new AdamOptimiser(state, "adam", [.. embedding.Parameters, .. network.Parameters]), loss,
            g.Constant(3e-3f));
        new ExponentialAverage(0.9, Start: 4, Every: 2).Update(
            g, "ema", average.Parameters, network.Parameters);
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>TD3 on reward minus a price that rises with the steps, from transitions of which every ninth is an
    /// end.</summary>
    public static ITraining PricedAgent(RandomRoot random, Team team)
    {
        const int rows = 500;
        var (s, a) = (State.Size, Action.Size);
        var replay = new ReplayTable(2 * rows, s, a);
        var draws = new SequentialRandom(random.Stream("transitions"), 0);
        for (var i = 0; i < rows; i++)
        {
            replay.Add(
                Draws(s), Draws(a), (float)draws.NextNormal(), draws.NextUniform() < 0.3 ? 1f : 0f, Draws(s),
                i % 9 == 0);
        }
        return new Td3Agent(
            replay, step => 0.5f * step, new Td3Settings(Hidden, Batch.Size, 3e-3, 0.99, 0.01), random, team)
            .Training;

        float[] Draws(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => (float)(2 * draws.NextUniform() - 1))];
    }

    private static void VaeStep(
        GraphBuilder g, TrainingState state, ConditionalVae vae, Node s, Node a, RandomRoot random,
        float beta)
    {
        var loss = vae.Loss(g, s, a, random.Stream("posterior"), beta);
        g.Record("vae-loss", loss.Total);
        g.Record("reconstruction", loss.Reconstruction);
        g.Record("vae-divergence", loss.Divergence);
        g.Minimise(new AdamOptimiser(state, "adam-vae", vae.Parameters), loss.Total, g.Constant(3e-3f));
    }

    private static Node Behaviour(GraphBuilder g, Node s, RandomRoot random, float mean, float deviation) =>
        Centre(g, s, mean) + g.Normal(random.Stream("a"), new Shape(Batch, Action)) * deviation;

    /// <summary>factor s_1 in each component.</summary>
    private static Node Centre(GraphBuilder g, Node s, float factor) =>
        g.BroadcastColumn(g.Squeeze(g.Columns(s, 0, new Axis("one", 1))), Action) * factor;
}
