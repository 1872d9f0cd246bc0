using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

public sealed class Td3BcTests
{
    private const double Best = 0.6;
    private const double Floor = 2;

    /// <summary>Actions uniform on (-0.9, 0.9) whatever the state, reward -size ((a - 0.6)² + 2), discount 0: so
    /// Q(a) is the reward, and the policy minimises (π - mean a)² + λ size (π - 0.6)² with
    /// λ = α/(size ((π - 0.6)² + 2)): one fixed point, whatever the size.</summary>
    [TestCase(0.0, 1.0)]
    [TestCase(2.0, 1.0)]
    [TestCase(2.0, 3.0)]
    [TestCase(6.0, 1.0)]
    public void On_a_bandit_it_finds_the_closed_form(double alpha, double size)
    {
        using var data = Bandit(size, out var mean);
        var expected = mean;
        for (var i = 0; i < 200; i++)
        {
            var weight = alpha / ((expected - Best) * (expected - Best) + Floor);
            expected = (mean + weight * Best) / (1 + weight);
        }
        using var team = new Team(1);
        var fit = Td3Bc.Build(
            new DatasetTables(data), new([32, 32], 256, 3e-3, 0, 0.05, alpha), RandomRoot.Of(2, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 2500);
        using var state = new TrainingState();
        using var actor = Actor.Compile(fit.Policy(state), 3, team);
        // Where most states lie: two columns of mean 3 and -1.
        ((float[])[2.8f, -1, 3, -0.98f, 3.2f, -1.02f]).CopyTo(actor.Observations);
        // The networks follow batches of 256 at a constant rate, so that single states are off by up to 0.1 where the
        // value pulls hard; their mean is not.
        Assert.That(actor.Act().ToArray().Average(), Is.EqualTo(expected).Within(0.06));
    }

    [Test]
    public void The_folded_policy_acts_on_raw_observations_as_the_trained_one_on_normalised_ones()
    {
        // Column means up to 300 deviations from 0: the first layer's sums are off by some 1e-7 times 300.
        double[] means = [0, 3, -30, 0.5], deviations = [1, 0.1, 0.1, 0];
        using var state = new TrainingState();
        using var other = new TrainingState();
        var axis = new Axis("S", 4);
        var normalisation = StateNormalisation.Create(
            state, "normalisation", axis, new ColumnMoments(means, deviations), Td3Bc.NormalisationMargin);
        var policy = DiracPolicy.Create(state, "policy", 4, 2, [16, 8], RandomRoot.Of(1, "test"));
        var folded = normalisation.Folded(policy, other);
        var g = new GraphBuilder();
        var raw = g.Input("s", new Shape(new Axis("B", 50), axis));
        g.Output("trained", policy.Act(g, normalisation.Of(g, raw)));
        g.Output("folded", folded.Act(g, raw));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
            program.Input("s")[i] = (float)(means[i % 4] + (2 * random.NextDouble() - 1) * deviations[i % 4]);
        program.Run(0);
        Assert.That(
            program.Output("folded").ToArray(), Is.EqualTo(program.Output("trained").ToArray()).Within(5e-5));
        Assert.That(program.Output("trained").ToArray().Distinct().Count(), Is.GreaterThan(50), "states matter");
    }

    [Test]
    public void A_constant_column_of_large_mean_costs_what_rounding_its_products_does()
    {
        const double mean = 50;
        using var state = new TrainingState();
        using var other = new TrainingState();
        var axis = new Axis("S", 2);
        var normalisation = StateNormalisation.Create(
            state, "normalisation", axis, new ColumnMoments([mean, 0], [0, 1]), Td3Bc.NormalisationMargin);
        // No hidden layer: the action is tanh of the first layer's unit.
        var policy = DiracPolicy.Create(state, "policy", 2, 1, [], RandomRoot.Of(1, "test"));
        var folded = normalisation.Folded(policy, other);
        var g = new GraphBuilder();
        var raw = g.Input("s", new Shape(new Axis("B", 20), axis));
        g.Output("trained", policy.Act(g, normalisation.Of(g, raw)));
        g.Output("folded", folded.Act(g, raw));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        for (var i = 0; i < 20; i++) ((float[])[(float)mean, i / 10f - 1]).CopyTo(program.Input("s")[(2 * i)..]);
        program.Run(0);
        // 5000 parts of the margin: the column adds nothing while training, and afterwards what two roundings of the
        // product leave of it, half an ulp each, 2⁻²⁴ of |mean|/0.001 times the weight.
        var weight = Math.Abs(state["policy/0/weight"].Values[0]);
        var bound = 2 * Math.Pow(2, -24) * mean / Td3Bc.NormalisationMargin * weight;
        Assert.That(
            program.Output("folded").ToArray(), Is.EqualTo(program.Output("trained").ToArray()).Within(1.5 * bound));
        Assert.That(bound, Is.GreaterThan(1e-4).And.LessThan(1e-2), "neither nothing nor everything");
    }

    [Test]
    public void Moments_are_those_of_the_columns()
    {
        float[] rows = [1e6f, 1, 1e6f + 2, 1, 1e6f + 4, 1];
        var moments = ColumnMoments.Of(rows, 2);
        Assert.That(moments.Mean, Is.EqualTo(new[] { 1e6 + 2, 1.0 }));
        Assert.That(moments.Deviation, Is.EqualTo(new[] { Math.Sqrt(8.0 / 3), 0.0 }).Within(1e-12));
    }

    private static Dataset Bandit(double size, out double mean)
    {
        var random = new Random(3);
        var builder = new DatasetBuilder(2, 1);
        const int episodes = 500, steps = 10;
        var sum = 0.0;
        for (var e = 0; e < episodes; e++)
        {
            builder.BeginTrajectory();
            for (var t = 0; t < steps; t++)
            {
                float[] s = [(float)(3 + random.NextDouble() - 0.5), (float)(-1 + 0.1 * (random.NextDouble() - 0.5))];
                var a = 1.8 * random.NextDouble() - 0.9;
                sum += a;
                builder.Add(s, [(float)a], (float)(-size * ((a - Best) * (a - Best) + Floor)), 0, s);
            }
            builder.End(false);
        }
        mean = sum / (episodes * steps);
        return builder.Build(new DatasetMetadata("Bandit", steps));
    }
}
