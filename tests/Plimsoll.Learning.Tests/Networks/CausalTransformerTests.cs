using NUnit.Framework;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Probe;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Networks;

public sealed class CausalTransformerTests
{
    private const int Windows = 3;
    private const int Steps = 5;
    private const int S = 3;
    private const int A = 2;

    private static readonly CausalTransformerSizes Sizes = new(Steps, 20, Width: 32, Blocks: 2, Heads: 4);

    private Team team = null!;

    [OneTimeSetUp]
    public void Start() => team = new Team(1);

    [OneTimeTearDown]
    public void Stop() => team.Dispose();

    [Test]
    public void An_action_does_not_depend_on_itself_or_on_anything_later([Range(0, Steps - 1)] int step)
    {
        using var run = new Run(team, Steps, masked: false);
        var before = run.Predict();
        foreach (var name in Run.Inputs)
        {
            // The action slot of the step itself, and everything of later steps.
            var first = name == "action" ? step : step + 1;
            if (name != "time") run.Disturb(name, first, float.NaN);
        }
        var after = run.Predict();
        Assert.That(Up(after.Action, A, step + 1), Is.EqualTo(Up(before.Action, A, step + 1)));
        Assert.That(Up(after.Cost, 2, step), Is.EqualTo(Up(before.Cost, 2, step)), "costs of earlier steps");
        Assert.That(
            Up(after.Next, S, step), Is.EqualTo(Up(before.Next, S, step)), "states after earlier steps");
    }

    [TestCase("return")]
    [TestCase("cost")]
    [TestCase("observation")]
    public void An_action_does_depend_on_what_stands_before_it(string name)
    {
        using var run = new Run(team, Steps, masked: false);
        var before = run.Predict();
        run.Disturb(name, Steps - 1, 3);
        var after = run.Predict();
        Assert.That(Up(after.Action, A, Steps - 1), Is.EqualTo(Up(before.Action, A, Steps - 1)));
        Assert.That(after.Action, Is.Not.EqualTo(before.Action));
    }

    [Test]
    public void A_cost_depends_on_its_own_action()
    {
        using var run = new Run(team, Steps, masked: false);
        var before = run.Predict();
        run.Disturb("action", Steps - 1, 3);
        Assert.That(run.Predict().Cost, Is.Not.EqualTo(before.Cost));
    }

    [Test]
    public void What_padding_holds_does_not_change_a_bit([Range(1, Steps)] int length)
    {
        using var run = new Run(team, Steps, masked: true);
        run.Keep(length);
        var before = run.Predict();
        foreach (var name in Run.Inputs) run.Disturb(name, length, name == "time" ? 17 : float.NaN);
        var after = run.Predict();
        Assert.That(Up(after.Action, A, length), Is.EqualTo(Up(before.Action, A, length)));
        Assert.That(Up(after.Cost, 2, length), Is.EqualTo(Up(before.Cost, 2, length)));
        Assert.That(Up(after.Next, S, length), Is.EqualTo(Up(before.Next, S, length)));
    }

    [Test]
    public void A_padded_window_gives_the_bits_of_the_short_one([Range(1, Steps - 1)] int length)
    {
        using var whole = new Run(team, Steps, masked: true);
        whole.Keep(length);
        var padded = whole.Predict();
        using var cut = new Run(team, length, masked: false);
        var alone = cut.Predict();
        Assert.That(Up(padded.Action, A, length), Is.EqualTo(Up(alone.Action, A, length, length)));
        Assert.That(Up(padded.Cost, 2, length), Is.EqualTo(Up(alone.Cost, 2, length, length)));
    }

    [Test]
    public void Windows_do_not_see_each_other()
    {
        using var run = new Run(team, Steps, masked: false);
        var before = run.Predict();
        run.DisturbWindow(1);
        var after = run.Predict();
        var each = Steps * A;
        Assert.That(after.Action[..each], Is.EqualTo(before.Action[..each]));
        Assert.That(after.Action[(2 * each)..], Is.EqualTo(before.Action[(2 * each)..]));
        Assert.That(after.Action[each..(2 * each)], Is.Not.EqualTo(before.Action[each..(2 * each)]));
    }

    [Test]
    public void Time_steps_beyond_the_table_are_held_at_its_end()
    {
        using var run = new Run(team, Steps, masked: false);
        run.Disturb("time", 0, Sizes.Horizon + Sizes.Context - 1);
        var last = run.Predict();
        run.Disturb("time", 0, 1000);
        Assert.That(run.Predict().Action, Is.EqualTo(last.Action));
    }

    [Test]
    public void The_network_has_the_parameters_of_its_sizes()
    {
        using var state = new TrainingState();
        var (w, l) = (128, 300 + 10);
        var network = CausalTransformer.Declare(state, "cdt", 40, 2, new(10, 300));
        var embeddings = l * w + 2 * (w + w) + 41 * w + 3 * w + 2 * w;
        var block = 4 * w + 4 * (w * w + w) + (w * 4 * w + 4 * w) + (4 * w * w + w);
        var heads = 2 * w + (w * 4 + 4) + (w * 2 + 2) + (w * 40 + 40);
        Assert.That(network.Parameters.Sum(p => p.Shape.Count), Is.EqualTo(embeddings + 3 * block + heads));
    }

    [Test]
    public void It_learns_to_look_one_step_back()
    {
        using var training = TransformerPrograms.Copying(RandomRoot.Of(0, "test"), team, padded: false, 5e-3);
        training.Advance(0, 20);
        var before = training.TakeMean("error");
        training.Advance(20, 100);
        training.TakeMean("error");
        training.Advance(120, 20);
        Assert.That(before, Is.EqualTo(1).Within(0.1), "the variance of an action");
        Assert.That(training.TakeMean("error"), Is.InRange(0, 0.05));
    }

    /// <summary>Numbers of the first steps of every window.</summary>
    private static float[] Up(float[] values, int width, int steps, int of = Steps) =>
        [.. Enumerable.Range(0, Windows)
            .SelectMany(b => values[(b * of * width)..((b * of + steps) * width)])];

    /// <summary>A network in evaluation mode over inputs of the host.</summary>
    private sealed class Run : IDisposable
    {
        internal static readonly string[] Inputs = ["return", "cost", "observation", "action", "time"];

        private readonly TrainingState state = new();
        private readonly Program program;
        private readonly int steps;

        internal Run(Team team, int steps, bool masked)
        {
            this.steps = steps;
            var random = RandomRoot.Of(3, "test");
            // The same table of times whatever the context: the same weights.
            var sizes = Sizes with { Context = steps, Horizon = Sizes.Horizon + Steps - steps };
            var network = CausalTransformer.Create(state, "cdt", S, A, sizes, random);
            foreach (var array in network.Parameters)
            {
                var draws = new SequentialRandom(random.Stream(array.Name), 0);
                foreach (ref var x in array.Values) x += 0.2f * (float)draws.NextNormal();
            }
            var g = new GraphBuilder();
            var shape = new Shape(new Axis("B", Windows), new Axis("K", steps));
            var predicted = network.Forward(
                g, new TrajectoryWindow(
                    g.Input("return", shape), g.Input("cost", shape),
                    g.Input("observation", shape.Append(new("S", S))),
                    g.Input("action", shape.Append(new("A", A))), g.Input("time", shape),
                    masked ? g.Input("mask", shape) : null),
                dropout: null);
            g.Output("actions", predicted.Action.Mean + predicted.Action.LogDeviation);
            g.Output("costs", predicted.CostLogits);
            g.Output("nexts", predicted.NextObservation);
            program = Program.Compile(g, team);
            foreach (var name in Inputs)
            {
                var width = program.Input(name).Length / (Windows * steps);
                var draws = new SequentialRandom(random.Stream(name), 0);
                for (var b = 0; b < Windows; b++)
                {
                    // Drawn for the longest window, so that a short one is its beginning.
                    for (var i = 0; i < Steps * width; i++)
                    {
                        var value = name == "time" ? i + b : (float)draws.NextNormal();
                        if (i < steps * width) program.Input(name)[b * steps * width + i] = value;
                    }
                }
            }
        }

        internal (float[] Action, float[] Cost, float[] Next) Predict()
        {
            program.Run(0);
            return (
                program.Output("actions").ToArray(), program.Output("costs").ToArray(),
                program.Output("nexts").ToArray());
        }

        /// <summary>Overwrites an input from a step on, in every window.</summary>
        internal void Disturb(string name, int first, float value)
        {
            var input = program.Input(name);
            var width = input.Length / (Windows * steps);
            for (var b = 0; b < Windows; b++)
                input[((b * steps + first) * width)..((b + 1) * steps * width)].Fill(value);
        }

        internal void DisturbWindow(int window)
        {
            var input = program.Input("observation");
            input.Slice(window * steps * S, steps * S).Fill(2);
        }

        internal void Keep(int length)
        {
            program.Input("mask").Fill(1);
            Disturb("mask", length, 0);
        }

        public void Dispose()
        {
            program.Dispose();
            state.Dispose();
        }
    }
}
