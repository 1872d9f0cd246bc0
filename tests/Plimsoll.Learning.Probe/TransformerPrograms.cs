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
/// CDT's training step, small, on windows that it draws: each action is the state of the step before, so that
/// only a network that looks one step back can tell it. Returns and costs to go are noise.
/// </summary>
public static class TransformerPrograms
{
    public const int Size = 2;
    public const int Steps = 5;

    public static readonly Axis Batch = new("B", 48);
    public static readonly Axis Time = new("K", Steps);

    public static CausalTransformerSizes Sizes { get; } = new(Steps, 10, Width: 32, Blocks: 2, Heads: 4);

    /// <param name="padded">Windows of random length, and dropout.</param>
    public static GraphTraining Copying(RandomRoot random, Team team, bool padded, double rate)
    {
        var state = new TrainingState();
        var network = CausalTransformer.Create(state, "cdt", Size, Size, Sizes, random);
        var g = new GraphBuilder();
        var window = Draw(g, state, random, padded);
        var mask = window.Mask ?? g.Constant(1f, new Shape(Batch, Time));
        var predicted = network.Forward(g, window, padded ? new DropoutStreams(random, "dropout") : null);

        var likelihood = MaskedMean.OfRows(
            g, GaussianLikelihood.Log(g, predicted.Action, window.Action), mask);
        var entropy = MaskedMean.OfRows(g, GaussianLikelihood.Entropy(predicted.Action), mask);
        var temperature = Temperature(g, state, entropy);
        var classes = CrossEntropy.OneHot(
            g, g.GreaterThan(window.CostToGo, g.Constant(0f, window.CostToGo.Shape)));
        var costs = MaskedMean.Of(g, CrossEntropy.OfClasses(g, predicted.CostLogits, classes), mask);
        var loss = costs * 0.02f - (likelihood + temperature * entropy);
        g.Record("loss", loss);
        g.Record("entropy", entropy);
        g.Record("cost-loss", costs);
        g.Record(
            "error", g.Mean(g.Square(AfterFirst(g, predicted.Action.Mean) - AfterFirst(g, window.Action))));
        var optimiser = new AdamOptimiser(
            state, "adamw", network.Parameters, weightDecay: 1e-4f, beta1: 0.9f, beta2: 0.999f);
        var learning = g.PerStep("rate", new WarmUpSchedule(new ConstantSchedule(rate), 20), 1000);
        g.Record("clip", g.MinimiseClipped(optimiser, loss, learning, 0.25f));
        return new GraphTraining(state, StepProgram.Compile(g, team));
    }

    /// <summary>e^(log T), stepped so that it rises where the entropy is below its target, -1 a
    /// component.</summary>
    private static Node Temperature(GraphBuilder g, TrainingState state, Node entropy)
    {
        var log = state.Add("log-temperature", Shape.Scalar);
        log.Values[0] = MathF.Log(0.1f);
        var temperature = g.Exp(g.Read(log));
        var used = g.Detach(temperature);
        var loss = temperature * (g.Detach(entropy) + 1f);
        g.Record("temperature", used);
        var gradient = g.Gradients(loss, g.Read(log))[0];
        g.Adam(new AdamOptimiser(state, "adam-temperature", [log]), [gradient], g.Constant(1e-4f));
        return used;
    }

    private static TrajectoryWindow Draw(GraphBuilder g, TrainingState state, RandomRoot random, bool padded)
    {
        var clock = state.Add("clock", new Shape(Time));
        for (var t = 0; t < Steps; t++) clock.Values[t] = t;
        var time = g.BroadcastLeading(g.Read(clock), Batch);
        var path = g.Normal(random.Stream("path"), new Shape(Batch, new Axis("path", (Steps + 1) * Size)));
        var mask = padded
            ? g.GreaterThan(
                g.BroadcastColumn(g.Uniform(random.Stream("length"), new Shape(Batch)) * Steps + 1f, Time),
                time)
            : null;
        return new TrajectoryWindow(
            g.Normal(random.Stream("return"), time.Shape), g.Normal(random.Stream("cost"), time.Shape),
            Stretch(Size, new Axis("S", Size)), Stretch(0, new Axis("A", Size)), time, mask);

        Node Stretch(int start, Axis component) => g.Reshape(
            g.Columns(path, start, new Axis("flat", Steps * Size)), new Shape(Batch, Time, component));
    }

    /// <summary>[B, K, A] without its first step, [B, (K - 1) A].</summary>
    private static Node AfterFirst(GraphBuilder g, Node x) => g.Columns(
        g.Reshape(x, new Shape(Batch, new Axis("flat", Steps * Size))), Size,
        new Axis("rest", (Steps - 1) * Size));
}
