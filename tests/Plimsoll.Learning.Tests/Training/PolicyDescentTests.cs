using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Safety;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>Combined displacements against two Adam optimisers in binary64.</summary>
public sealed class PolicyDescentTests
{
    private const int Size = 12;

    /// <summary>At small rates every displacement is shorter than 1e-6, and still to be combined.</summary>
    [TestCase(0.01)]
    [TestCase(1e-7)]
    [TestCase(1e-12)]
    public void A_combined_step_is_the_combination_of_two_Adam_steps_and_opposes_neither(double rate)
    {
        using var state = new TrainingState();
        var shape = new Shape(new Axis("P", Size));
        var parameters = state.Add("p", shape);
        var (reward, cost) = (state.Add("reward gradient", shape), state.Add("cost gradient", shape));
        var descent = PolicyDescent.Of(Combination.Displacements, state, [parameters]);
        var g = new GraphBuilder();
        descent.Step(g, [g.Read(reward)], [g.Read(cost)], g.Constant((float)rate));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);

        var draws = new SequentialRandom(RandomRoot.Of(5, "test").Stream("gradients"), 0);
        var (rewardAdam, costAdam) = (new Adam(rate), new Adam(rate));
        var expected = new double[Size];
        var conflicts = 0;
        for (var step = 0; step < 60; step++)
        {
            // A lasting direction, so that displacements agree or conflict for a while, with opposite signs in part.
            for (var i = 0; i < Size; i++)
            {
                reward.Values[i] = (float)(1 + 0.5 * draws.NextNormal());
                cost.Values[i] = (float)((i % 3 == 0 ? 1 : -0.7) + Math.Sin(step / 8.0) + 0.5 * draws.NextNormal());
            }
            var (r, c) = (rewardAdam.Step(reward.Values), costAdam.Step(cost.Values));
            var (rr, rc, cc) = (Dot(r, r), Dot(r, c), Dot(c, c));
            if (rc < 0) conflicts++;
            var (wr, wc) = rc >= 0 ? (0.5, 0.5) : (0.5 - 0.5 * rc / rr, 0.5 - 0.5 * rc / cc);
            double[] moved = [.. r.Zip(c, (x, y) => wr * x + wc * y)];
            for (var i = 0; i < Size; i++) expected[i] += moved[i];

            program.Run(step);
            Assert.That(parameters.Values.ToArray(), Is.EqualTo(expected).Within(2e-4 * rate), $"step {step}");
            Assert.That(Dot(moved, r), Is.GreaterThanOrEqualTo(-1e-11 * rate * rate));
            Assert.That(Dot(moved, c), Is.GreaterThanOrEqualTo(-1e-11 * rate * rate));
        }
        Assert.That(conflicts, Is.InRange(5, 55), "both cases occur");
    }

    [Test]
    public void Each_loss_moves_its_own_moments_only()
    {
        const double rate = 0.01;
        using var state = new TrainingState();
        var shape = new Shape(new Axis("P", Size));
        var parameters = state.Add("p", shape);
        var descent = PolicyDescent.Of(Combination.Displacements, state, [parameters]);
        var g = new GraphBuilder();
        descent.Step(g, [g.Constant(1f, shape)], null, g.Constant((float)rate));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.Multiple(() =>
        {
            Assert.That(state.Counter("adam-policy-reward/updates").Value, Is.EqualTo(1));
            Assert.That(state.Counter("adam-policy-cost/updates").Value, Is.Zero);
            Assert.That(parameters.Values.ToArray(), Is.All.EqualTo(-rate).Within(1e-6));
        });
    }

    private static double Dot(double[] x, double[] y) => x.Zip(y, (a, b) => a * b).Sum();

    private sealed class Adam(double rate)
    {
        private readonly double[] first = new double[Size], second = new double[Size];
        private int updates;

        internal double[] Step(ReadOnlySpan<float> gradient)
        {
            updates++;
            var moved = new double[Size];
            for (var i = 0; i < Size; i++)
            {
                first[i] = 0.9 * first[i] + 0.1 * gradient[i];
                second[i] = 0.999 * second[i] + 0.001 * gradient[i] * gradient[i];
                var (m, v) = (first[i] / (1 - Math.Pow(0.9, updates)), second[i] / (1 - Math.Pow(0.999, updates)));
                moved[i] = -rate * m / (Math.Sqrt(v) + 1e-8);
            }
            return moved;
        }
    }
}
