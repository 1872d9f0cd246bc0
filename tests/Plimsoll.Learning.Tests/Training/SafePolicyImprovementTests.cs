using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>SPI's training step on problems whose answer is known.</summary>
public sealed class SafePolicyImprovementTests
{
    private static readonly SafePolicyImprovementSettings Settings = new(
        [24, 24], new DdpmSchedule(NoiseGrowth.Vp, 5), new ImprovementWeights(1, 0, 0), 1000, 64,
        new ConstantSchedule(3e-3), 0.9, 0.02, 1, new ExponentialAverage(0.95, 20));

    private Team team = null!;

    [OneTimeSetUp]
    public void Start() => team = new Team(1);

    [OneTimeTearDown]
    public void Stop() => team.Dispose();

    private SafePolicyImprovement Build(
        Dataset data, Dataset safety, SafePolicyImprovementSettings settings, long seed = 0) =>
        SafePolicyImprovement.Build(
            new DatasetTables(data), new DatasetTables(safety), settings, RandomRoot.Of(seed, "spi-test"), team);

    /// <summary>One state and one step: the action is near -0.5 with reward 1 and a cost, or near 0.5 with neither.
    /// </summary>
    private static Dataset Bandit()
    {
        var random = new SequentialRandom(RandomRoot.Of(3, "test").Stream("bandit"), 0);
        var builder = new DatasetBuilder(1, 1);
        for (var i = 0; i < 400; i++)
        {
            var isRich = i % 2 == 0;
            var action = (float)((isRich ? -0.5 : 0.5) + 0.03 * random.NextNormal());
            builder.BeginTrajectory().Add([0.5f], [action], isRich ? 1f : 0.2f, isRich ? 1f : 0f, [0.5f]).End(true);
        }
        return builder.Build(new DatasetMetadata("Bandit", 1));
    }

    private float[] Samples(SafePolicyImprovement fit, DdpmSchedule schedule, int count = 2000)
    {
        var g = new GraphBuilder();
        var batch = new Axis("B", count);
        var state = g.Constant(0.5f, new Shape(batch, new Axis("S", 1)));
        var normals = g.Normal(
            RandomRoot.Of(9, "test").Stream("z"), new Shape(batch, new Axis("Z", schedule.Steps)));
        g.Output("a", fit.Capturer.Sample(g, schedule, state, normals));
        using var program = Program.Compile(g, team);
        program.Run(0);
        return program.Output("a").ToArray();
    }

    [Test]
    public void Mass_moves_to_the_safe_mode_as_safety_weighs_more()
    {
        using var data = Bandit();
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        double Share(double eta, double mu, double phi)
        {
            var settings = Settings with { Weights = new ImprovementWeights(eta, mu, phi) };
            var fit = Build(data, safety, settings);
            using var training = fit.Training;
            training.Advance(0, 500);
            return Samples(fit, settings.Schedule).Average(a => a > 0 ? 1.0 : 0.0);
        }

        double[] shares = [Share(0.7, 0.3, 0), Share(0.7, 0.2, 0.1), Share(0.7, 0.1, 0.2), Share(0.7, 0, 0.3)];
        TestContext.Out.WriteLine(string.Join(", ", shares));
        Assert.That(shares, Is.Ordered);
        Assert.That(shares[0], Is.LessThan(0.25), "the reward alone");
        Assert.That(shares[^1], Is.GreaterThan(0.75), "the safety alone");
        Assert.That(Share(1, 0, 0), Is.EqualTo(0.5).Within(0.15), "cloning keeps both modes");
    }

    /// <summary>What a network that has learned N(.4, .3²) gives is narrower than the data: .14146 at T = 5.</summary>
    [Test]
    public void A_trained_network_samples_as_narrowly_as_a_perfect_one()
    {
        var random = new SequentialRandom(RandomRoot.Of(4, "test").Stream("normal"), 0);
        var builder = new DatasetBuilder(1, 1);
        for (var i = 0; i < 4000; i++)
        {
            var action = (float)Math.Clamp(0.4 + 0.2 * random.NextNormal(), -0.99, 0.99);
            builder.BeginTrajectory().Add([0.5f], [action], 0f, 0f, [0.5f]).End(true);
        }
        using var data = builder.Build(new DatasetMetadata("Normal", 1));
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var fit = Build(data, safety, Settings with { Batch = 256, LearningRate = new CosineSchedule(5e-3) });
        using var training = fit.Training;
        training.Advance(0, 1000);
        var samples = Samples(fit, Settings.Schedule, 20_000);
        var exact = GaussianSamples();
        var mean = samples.Average(a => (double)a);
        Assert.That(mean, Is.EqualTo(exact.Mean).Within(0.02));
        Assert.That(
            Math.Sqrt(samples.Average(a => (a - mean) * (a - mean))),
            Is.EqualTo(exact.Deviation).Within(0.15 * exact.Deviation));

        (double Mean, double Deviation) GaussianSamples() =>
            Diffusion.GaussianChain.Samples(Settings.Schedule, 0.4, 0.2);
    }

    [Test]
    public void Values_of_a_signal_that_goes_on_reach_the_geometric_sum_and_not_beyond()
    {
        // Episodes that a time limit cuts: reward 0.5 and no cost at every step.
        using var data = SmallData.Clock(20, 5, 0.5f, 0f, terminated: false);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var settings = Settings with
        {
            Weights = new(0.8, 0.1, 0.1),
            Discount = 0.5,
            Polyak = 0.05,
            GradientLimit = 100,
            LearningRate = new ConstantSchedule(1e-2),
        };
        var fit = Build(data, safety, settings);
        using var training = fit.Training;
        training.Advance(0, 400);
        Assert.That(Values(fit.Reward.Target, data), Has.All.EqualTo(1).Within(0.05), "0.5 / (1 - 0.5)");
        Assert.That(Values(fit.Safety!.Target, data), Has.All.EqualTo(2).Within(0.1), "1 / (1 - 0.5)");
    }

    [Test]
    public void An_early_end_forfeits_what_would_have_followed()
    {
        using var data = SmallData.Clock(20, 4, 0f, 0f, terminated: true);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var settings = Settings with
        {
            Weights = new(0.8, 0, 0.2),
            Discount = 0.5,
            Polyak = 0.05,
            GradientLimit = 100,
            LearningRate = new ConstantSchedule(1e-2),
        };
        var fit = Build(data, safety, settings);
        using var training = fit.Training;
        training.Advance(0, 600);
        double[] sums = [1.875, 1.75, 1.5, 1];
        var expected = Enumerable.Range(0, data.Count).SelectMany(i => new[] { sums[i % 4], sums[i % 4] });
        Assert.That(Values(fit.Safety!.Target, data).Order(), Is.EqualTo(expected.Order()).Within(0.15));
    }

    [Test]
    public void Safety_targets_are_held_where_values_of_a_signal_can_lie()
    {
        using var data = SmallData.Clock(20, 5, 0f, 0f, terminated: false);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        double Loss(bool clamps)
        {
            var fit = Build(data, safety, Settings with { Weights = new(0.8, 0, 0.2), ClampsSafety = clamps });
            using var training = fit.Training;
            // Target values of 1000 where at most 10 can be.
            fit.Safety!.Target.Parameters[^1].Values.Fill(1000);
            training.Advance(0, 1);
            return training.TakeMean("safety-critic-loss")!.Value;
        }

        // Twins near 0 before they have learned anything: 2 (10)² and 2 (1 + 0.9 · 1000)².
        Assert.That(Loss(clamps: true), Is.EqualTo(200).Within(20));
        Assert.That(Loss(clamps: false), Is.EqualTo(2 * 901.0 * 901).Within(1e4));
    }

    /// <summary>The whole step without critics, written again: equation 9 and Adam.</summary>
    [Test]
    public void With_the_whole_weight_on_cloning_the_step_is_that_of_a_diffusion_model_alone()
    {
        using var data = SmallData.Disc();
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var settings = Settings with { GradientLimit = 0.3 };
        var fit = Build(data, safety, settings);
        using var training = fit.Training;
        Assert.That(fit.Safety, Is.Null);

        using var state = new TrainingState();
        var root = RandomRoot.Of(0, "spi-test");
        var network = NoiseNetwork.Create(state, "noise", 5, 2, settings.Hidden, root);
        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, new DatasetTables(data), root, "batch", settings.Batch);
        var table = ImprovementObjective.StepTable(state, settings.Schedule);
        var entries = g.Lookup(table, g.Rows(root.Stream("denoising-step"), new Axis("B", settings.Batch), 5));
        Node Entry(int k) => g.SumLast(g.Columns(entries, k, new Axis("K", 1)));
        var noise = g.Normal(root.Stream("denoising-noise"), batch.Action.Shape);
        var predicted = network.Forward(
            g, g.TimesColumn(batch.Action, Entry(1)) + g.TimesColumn(noise, Entry(2)), Entry(0), batch.Observation);
        var gradients = g.Gradients(
            g.Mean(g.Square(predicted - noise)), [.. network.Parameters.Select(g.Read)]);
        var norm = g.Sqrt(g.Dot(gradients, gradients));
        g.Output("norm", norm);
        g.Adam(
            new AdamOptimiser(state, "adam", network.Parameters), gradients, g.Constant(3e-3f),
            g.ScalarFunction("clip", n => Math.Min(1, 0.3f / (n[0] + 1e-6f)), norm));
        using var program = Program.Compile(g, team);

        training.Advance(0, 20);
        program.Run(0, 20);
        foreach (var (one, other) in fit.Network.Parameters.Zip(network.Parameters))
            Assert.That(one.Values.ToArray(), Is.EqualTo(other.Values.ToArray()).Within(1e-6), one.Name);
        Assert.That(program.Output("norm")[0], Is.GreaterThan(0.3), "the gradient is clipped");
    }

    [Test]
    public void Critics_without_weight_leave_no_trace_in_the_model_even_where_they_are_not_numbers()
    {
        using var data = Bandit();
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        float[] Trained(bool breaks)
        {
            var fit = Build(data, safety, Settings);
            using var training = fit.Training;
            if (breaks) fit.Reward.Online.Parameters[0].Values.Fill(float.NaN);
            training.Advance(0, 30);
            return [.. fit.Capturer.Parameters.SelectMany(p => p.Values.ToArray())];
        }

        Assert.That(Trained(breaks: true), Is.EqualTo(Trained(breaks: false)).And.None.NaN);
    }

    /// <summary>Both ablations: the term that is left out leaves no metric, no critic and no state behind.</summary>
    [TestCase(0.5, 0.5, 0, "reward-value", "safety-value")]
    [TestCase(0.5, 0, 0.5, "safety-value", "reward-value")]
    public void An_objective_is_left_out_by_a_weight_of_zero(
        double eta, double mu, double phi, string kept, string left)
    {
        using var data = Bandit();
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var fit = Build(data, safety, Settings with { Weights = new(eta, mu, phi) });
        using var training = fit.Training;
        training.Advance(0, 2);
        var metrics = training.Carried.Metrics.ToList();
        Assert.That(metrics, Does.Contain(kept).And.Not.Contain(left));
        Assert.That(metrics, Does.Contain("reward-critic-loss"), "the extraction needs it");
        Assert.That(fit.Safety is null, Is.EqualTo(phi == 0));
        Assert.That(training.State.Contains("safety-q/0/weight"), Is.EqualTo(phi > 0));
    }

    /// <summary>Up to the guard of 1e-6 in the normaliser.</summary>
    [Law]
    public bool The_scale_of_a_value_drops_out_of_its_gradient(Scale scale, Fraction seed)
    {
        var random = new System.Random((int)(seed.Value * 1e6));
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => 2 * random.NextDouble() - 1)];
        // From 1 to 1000 and to 1e-3: the guard then changes a thousandth at most.
        var (numbers, k, coin) = (Numbers(12), scale.Value, random.Next(2));
        float[] Gradient(double factor)
        {
            using var calculation = new Calculation();
            var g = calculation.Graph;
            var values = calculation.Given(numbers, new Axis("E", 2), new Axis("B", 6));
            return calculation.Slope(
                ImprovementObjective.NormalisedValue(
                    g, values * (float)factor, calculation.Given([coin])), values);
        }

        var (one, other) = (Gradient(1), Gradient(k));
        var guard = 2e-6 / (Math.Min(k, 1) * Math.Min(numbers[..6].Average(Math.Abs), numbers[6..].Average(Math.Abs)));
        return one.Zip(other, (x, y) => Math.Abs(x - y) <= (guard + 1e-5) * one.Max(Math.Abs)).All(near => near);
    }

    [TestCase(1)]
    [TestCase(0)]
    public void The_coin_chooses_the_twin_that_is_raised_and_the_other_sets_the_scale(int coin)
    {
        using var calculation = new Calculation();
        var values = calculation.Given([1, 3, -2, -6], new Axis("E", 2), new Axis("B", 2));
        var term = ImprovementObjective.NormalisedValue(
            calculation.Graph, values, calculation.Given([coin]));
        // Means 2 and -4, mean magnitudes 2 and 4.
        Assert.That(calculation.Value(term)[0], Is.EqualTo(coin == 1 ? 2 / 4.0 : -4 / 2.0).Within(1e-5));
        float[] expected = coin == 1 ? [0.125f, 0.125f, 0, 0] : [0, 0, 0.25f, 0.25f];
        Assert.That(calculation.Slope(term, values), Is.EqualTo(expected).Within(1e-6));
    }

    [Test]
    public void Next_actions_come_from_the_running_average()
    {
        using var data = SmallData.Clock(20, 5, 0.5f, 0f, terminated: false);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        double Loss(bool breaksAverage)
        {
            var fit = Build(data, safety, Settings with { Average = new ExponentialAverage(0.995, 1000, 5) });
            using var training = fit.Training;
            var broken = breaksAverage ? fit.Capturer : fit.Network;
            broken.Network.Parameters[0].Values.Fill(float.NaN);
            training.Advance(0, 1);
            return training.TakeMean("reward-critic-loss")!.Value;
        }

        Assert.That(Loss(breaksAverage: false), Is.Not.NaN);
        Assert.That(Loss(breaksAverage: true), Is.NaN);
    }

    /// <summary>With more samples a next value is the largest of more, so targets can only rise.</summary>
    [Test]
    public void The_best_backup_is_at_least_that_of_one_sample()
    {
        using var data = SmallData.Disc();
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        double Mean(int samples)
        {
            var settings = Settings with
            {
                BackupSamples = samples,
                Polyak = 0.2,
                Batch = 128,
                Weights = new(0.5, 0.5, 0),
            };
            var fit = Build(data, safety, settings);
            using var training = fit.Training;
            training.Advance(0, 150);
            return Values(fit.Reward.Target, data).Average();
        }

        Assert.That(Mean(8), Is.GreaterThan(Mean(1)));
    }

    [Test]
    public void A_signal_of_other_transitions_is_found_out()
    {
        using var data = SmallData.Clock(3, 5, 1f, 0f, terminated: false);
        using var sound = SafetySignal.AsReward(data, new IndicatorRemap());
        using var longer = SmallData.Clock(4, 5, 1f, 0f, terminated: false);
        using var other = SmallData.Clock(3, 5, 0.5f, 0f, terminated: true);
        using var raw = SmallData.Clock(3, 5, 2f, 0f, terminated: false);
        Assert.That(SafetySignal.Check(data, sound), Is.Null);
        Assert.That(SafetySignal.Check(data, longer), Is.EqualTo(SafetyFault.OtherSizes));
        Assert.That(SafetySignal.Check(data, other), Is.EqualTo(SafetyFault.OtherTransitions));
        Assert.That(SafetySignal.Check(data, raw), Is.EqualTo(SafetyFault.NoSignal));
        // Rewards that lie in [0, 1] are no signal either, and neither are costs that others paid.
        using var small = SmallData.Clock(3, 5, 0.5f, 0f, terminated: false);
        using var paid = SmallData.Clock(3, 5, 1f, 1f, terminated: false);
        using var paidSignal = SafetySignal.AsReward(paid, new SmoothRemap(1));
        Assert.That(SafetySignal.Check(data, small), Is.EqualTo(SafetyFault.NoSignal));
        Assert.That(SafetySignal.Check(data, paid), Is.EqualTo(SafetyFault.OtherTransitions));
        Assert.That(SafetySignal.Check(paid, paidSignal), Is.Null, "0 < c' < 1 where something is paid");
        Assert.That(() => Build(data, longer, Settings), Throws.ArgumentException);
    }

    private float[] Values(Mlp critic, Dataset data)
    {
        var tables = new DatasetTables(data);
        var g = new GraphBuilder();
        g.Output("q", Critic.Values(g, critic, g.Read(tables.Actions), g.Read(tables.Observations)));
        using var program = Program.Compile(g, team);
        program.Run(0);
        return program.Output("q").ToArray();
    }
}
