using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Optimisers inside a graph against their equations in binary64.</summary>
public sealed class OptimiserGraphTests
{
    private const int Steps = 20;
    private static readonly Shape Vector = new(new Axis("P", 37));

    [TestCase(0f, 0f, TestName = "Adam follows its equations over 20 steps")]
    [TestCase(0.1f, 0f, TestName = "AdamW follows its equations over 20 steps")]
    [TestCase(0.1f, 0.25f, TestName = "AdamW with clipped gradients follows its equations over 20 steps")]
    public void Adam_follows_its_equations(float decay, float clip)
    {
        using var state = new TrainingState();
        var (first, second) = (state.Normal("a", Vector), state.Normal("b", new Shape(B, K)));
        var reference = new Reference([first, second], decay, clip);
        var g = Descent(state, [first, second], decay, clip);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        for (var step = 0; step < Steps; step++)
        {
            program.Run(step);
            reference.Step(step);
            foreach (var (array, expected) in new[] { first, second }.Zip(reference.Parameters))
            {
                for (var i = 0; i < expected.Length; i++)
                {
                    // A step moves by at most the rate; each leaves a few roundings of the value and of the move.
                    var rounding = 2e-6 * (1 + Math.Abs(expected[i]));
                    Assert.That(array.Values[i], Is.EqualTo(expected[i]).Within(rounding), $"step {step}");
                }
            }
        }
    }

    [Test]
    public void A_state_that_is_carried_over_continues_with_the_same_bits()
    {
        var whole = Trained([(0, Steps)]);
        Assert.That(Trained([(0, 7), (7, 1), (8, Steps - 8)]), Is.EqualTo(whole));
    }

    [Test]
    public void Descent_moves_by_rate_times_scale_times_gradient()
    {
        using var state = new TrainingState();
        var w = state.Normal("w", Vector);
        var before = w.Values.ToArray();
        var g = new GraphBuilder();
        g.Sgd([w], [g.Constant(0.5f, Vector)], g.Constant(0.25f), g.Constant(2f));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(w.Values.ToArray(), Is.EqualTo(before.Select(v => v - 0.25f)).Within(1e-6));
    }

    [Test]
    public void A_target_closes_the_same_share_of_the_gap_at_every_step()
    {
        using var state = new TrainingState();
        var (target, source) = (state.Normal("target", Vector), state.Normal("source", Vector));
        var (from, to) = (target.Values.ToArray(), source.Values.ToArray());
        var g = new GraphBuilder();
        g.Polyak([target], [source], 0.1f);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0, Steps);
        var left = Math.Pow(1 - (double)0.1f, Steps);
        for (var i = 0; i < from.Length; i++)
            Assert.That(target.Values[i], Is.EqualTo(to[i] + left * (from[i] - to[i])).Within(1e-5));
        Assert.That(source.Values.ToArray(), Is.EqualTo(to), "the source stays");
    }

    [TestCase(10f, 1.0, TestName = "Gradients below the limit are left alone")]
    [TestCase(2.5f, 0.5, TestName = "Gradients above the limit are scaled to it")]
    [TestCase(0.05f, 0.01, TestName = "Gradients far above the limit are scaled to it")]
    public void The_clip_factor_is_the_limit_over_the_global_norm(float limit, double expected)
    {
        // Norm over both arrays: sqrt(9 + 16) = 5.
        var g = new GraphBuilder();
        Node[] gradients = [g.Constant(1f, new Shape(new Axis("P", 9))), g.Constant(-2f, new Shape(new Axis("Q", 4)))];
        g.Output("factor", g.ClipFactor(gradients, limit));
        Assert.That(Run(g, "factor")[0], Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Zero_gradients_are_not_scaled()
    {
        var g = new GraphBuilder();
        g.Output("factor", g.ClipFactor([g.Constant(0f, Vector)], 1f));
        Assert.That(Run(g, "factor")[0], Is.EqualTo(1f));
    }

    private static double Rate(long step) => 0.05 / (1 + 0.1 * step);

    /// <summary>Sum of squares to a target that is drawn anew at each step: gradient p - target.</summary>
    private static GraphBuilder Descent(TrainingState state, StateArray[] parameters, float decay, float clip)
    {
        var g = new GraphBuilder();
        var reads = parameters.Select(g.Read).ToArray();
        var losses = reads.Select((r, i) => g.Sum(g.Square(r - g.Normal(Stream($"target {i}"), r.Shape))) * 0.5f);
        var gradients = g.Gradients(losses.Aggregate(g.Add), reads);
        g.Adam(
            new AdamOptimiser(state, "adam", parameters, decay), gradients, g.PerStep("rate", s => (float)Rate(s)),
            clip == 0 ? null : g.ClipFactor(gradients, clip));
        return g;
    }

    private static int[] Trained((long First, long Count)[] portions)
    {
        var carried = new Dictionary<string, float[]>();
        long updates = 0;
        foreach (var (start, count) in portions)
        {
            using var state = new TrainingState();
            var w = state.Normal("a", Vector);
            using var team = new Team(1);
            using var program = Program.Compile(Descent(state, [w], 0.1f, 0), team);
            foreach (var (name, values) in carried) values.CopyTo(state[name].Values);
            state.Counters.Single().Value = updates;
            program.Run(start, count);
            foreach (var array in state.Arrays) carried[array.Name] = array.Values.ToArray();
            updates = state.Counters.Single().Value;
        }

        return [.. carried.OrderBy(c => c.Key, StringComparer.Ordinal).SelectMany(c => Bits(c.Value))];
    }

    /// <summary>Loshchilov and Hutter 2019, algorithm 2, decoupled decay, in binary64.</summary>
    private sealed class Reference(StateArray[] start, double decay, double clip)
    {
        private readonly double[][] m = [.. start.Select(a => new double[a.Values.Length])];
        private readonly double[][] v = [.. start.Select(a => new double[a.Values.Length])];

        public double[][] Parameters { get; } =
            [.. start.Select(a => a.Values.ToArray().Select(x => (double)x).ToArray())];

        public void Step(long step)
        {
            var gradients = Parameters.Select((p, k) => p.Select(
                (x, i) => x - ReferencePhilox.Normal(i, Stream($"target {k}"), (ulong)step)).ToArray()).ToArray();
            var norm = Math.Sqrt(gradients.Sum(gradient => gradient.Sum(x => x * x)));
            var scale = clip == 0 ? 1 : Math.Min(1, clip / (norm + 1e-6));
            var (bias1, bias2) = (1 - Math.Pow(0.9, step + 1), 1 - Math.Pow(0.999, step + 1));
            for (var k = 0; k < gradients.Length; k++)
            {
                for (var i = 0; i < gradients[k].Length; i++)
                {
                    var gradient = scale * gradients[k][i];
                    m[k][i] = 0.9 * m[k][i] + 0.1 * gradient;
                    v[k][i] = 0.999 * v[k][i] + 0.001 * gradient * gradient;
                    var move = m[k][i] / bias1 / (Math.Sqrt(v[k][i] / bias2) + 1e-8);
                    Parameters[k][i] = Parameters[k][i] * (1 - Rate(step) * decay) - Rate(step) * move;
                }
            }
        }
    }
}
