using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Diffusion;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Schedules;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>SPI's critic targets against given twins, and the order of its step against one written again.</summary>
public sealed class ImprovementOrderTests
{
    private const int T = 3;

    private static readonly SafePolicyImprovementSettings Settings = new(
        [24, 16], new DdpmSchedule(NoiseGrowth.Vp, T), new ImprovementWeights(0.5, 0.25, 0.25), 100, 32,
        new ConstantSchedule(1e-2), 0.9, 0.1, 1e6, new ExponentialAverage(0.9));

    private Team team = null!;

    [OneTimeSetUp]
    public void Start() => team = new Team(1);

    [OneTimeTearDown]
    public void Stop() => team.Dispose();

    private static RandomRoot Root => RandomRoot.Of(0, "spi-test");

    private SafePolicyImprovement Build(Dataset data, Dataset safety, SafePolicyImprovementSettings settings) =>
        SafePolicyImprovement.Build(new DatasetTables(data), new DatasetTables(safety), settings, Root, team);

    private static void Constant(Critic critic, params float[] biases)
    {
        foreach (var array in critic.Online.Parameters.Concat(critic.Target.Parameters)) array.Values.Clear();
        biases.CopyTo(critic.Target.Parameters[^1].Values);
    }

    [Test]
    public void The_worse_of_the_target_twins_is_backed_up_for_both_signals()
    {
        using var data = SmallData.Clock(10, 5, 0.5f, 0f, terminated: false);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var fit = Build(data, safety, Settings);
        using var training = fit.Training;
        Constant(fit.Reward, 5, 9);
        Constant(fit.Safety!, 9, 5);
        training.Advance(0, 1);
        // Both twins at 0: 2 (0.5 + 0.9 · 5)² and 2 (1 + 0.9 · 5)².
        Assert.That(training.TakeMean("reward-critic-loss"), Is.EqualTo(50).Within(1e-3));
        Assert.That(training.TakeMean("safety-critic-loss"), Is.EqualTo(60.5).Within(1e-3));
    }

    /// <summary>Twins 3a and -3a over two samples a, a': min(3 max(a, a'), -3 min(a, a')), where the other order gives
    /// -3 min(|a|, |a'|).</summary>
    [Test]
    public void Of_several_samples_each_twin_takes_its_best_and_then_the_worse_twin_counts()
    {
        using var data = SmallData.Clock(10, 5, 0.5f, 0f, terminated: false);
        using var safety = SafetySignal.AsReward(data, new IndicatorRemap());
        var settings = Settings with { Hidden = [], BackupSamples = 2, Weights = new(0.5, 0.5, 0) };
        var fit = Build(data, safety, settings);
        using var training = fit.Training;
        Constant(fit.Reward);
        // [E=2, X=A+S=2, 1]: the action's weights.
        var weights = fit.Reward.Target.Parameters[0].Values;
        (weights[0], weights[2]) = (3, -3);

        var g = new GraphBuilder();
        var batch = OfflineBatch.Draw(g, new DatasetTables(data), Root, "batch", settings.Batch);
        var next = Repeated.States(g, batch.NextObservation, new Axis("N", 2));
        g.Output("a", fit.Capturer.Sample(
            g, settings.Schedule, next,
            g.Normal(Root.Stream("next-action"), new Shape(next.Shape[0], new Axis("Z", T)))));
        using var program = Program.Compile(g, team);
        program.Run(0);
        var actions = program.Output("a").ToArray();
        var (expected, otherwise) = (0.0, 0.0);
        for (var b = 0; b < settings.Batch; b++)
        {
            double one = actions[b], other = actions[settings.Batch + b];
            var value = Math.Min(3 * Math.Max(one, other), -3 * Math.Min(one, other));
            expected += 2 * Math.Pow(0.5 + 0.9 * value, 2) / settings.Batch;
            otherwise += 2 * Math.Pow(0.5 - 0.9 * 3 * Math.Min(Math.Abs(one), Math.Abs(other)), 2) / settings.Batch;
        }

        training.Advance(0, 1);
        Assert.That(training.TakeMean("reward-critic-loss"), Is.EqualTo(expected).Within(1e-4 * expected));
        Assert.That(Math.Abs(otherwise - expected), Is.GreaterThan(0.05 * expected), "the orders differ");
    }

    /// <summary>Two steps against programs of their own for critics and network, and averages in binary64.</summary>
    [Test]
    public void A_step_is_critics_then_network_then_running_average_then_targets()
    {
        using var data = SmallData.Disc();
        using var safety = SafetySignal.AsReward(data, new SmoothRemap(1));
        var fit = Build(data, safety, Settings);
        using var training = fit.Training;
        training.Advance(0, 2);
        StateArray[] fitted =
        [
            .. fit.Network.Parameters, .. fit.Capturer.Parameters, .. fit.Reward.Online.Parameters,
            .. fit.Reward.Target.Parameters, .. fit.Safety!.Online.Parameters, .. fit.Safety.Target.Parameters,
        ];

        using var sound = new StepAgain(data, safety, Settings, Root, team);
        using var turned = new StepAgain(data, safety, Settings, Root, team);
        for (var step = 0; step < 2; step++)
        {
            sound.Critics(step);
            sound.Improve(step);
            sound.Follow();
            turned.Improve(step);
            turned.Critics(step);
            turned.Follow();
        }
        foreach (var (one, other) in fitted.Zip(sound.Arrays))
            Assert.That(one.Values.ToArray(), Is.EqualTo(other.Values.ToArray()).Within(1e-4), one.Name);
        Assert.That(Furthest(turned), Is.GreaterThan(1e-3), "a network that moves first sees other critics");

        double Furthest(StepAgain again) => fit.Network.Parameters.Zip(again.Arrays)
            .Max(p => p.First.Values.ToArray().Zip(p.Second.Values.ToArray(), (x, y) => Math.Abs(x - y)).Max());
    }

    [Test]
    public void What_a_step_holds_is_bounded()
    {
        Assert.That(Settings.Fits(17, 6), Is.True);
        Assert.That((Settings with { Hidden = [256, 256, 256], Batch = 2048 }).Fits(100, 20), Is.True);
        Assert.That((Settings with { Batch = 1_000_000, Hidden = [256, 256] }).Fits(17, 6), Is.False);
        var many = Settings with
        {
            Schedule = new DdpmSchedule(NoiseGrowth.Vp, 1000),
            Hidden = [4096, 4096],
            Batch = 256,
        };
        Assert.That(many.Fits(17, 6), Is.False, "T B Σ widths");
        Assert.That((Settings with { BackupSamples = 100, Batch = 1_000_000 }).Fits(17, 6), Is.False);
        Assert.That((many with { Batch = int.MaxValue }).Fits(int.MaxValue, 6), Is.False, "no overflow");
    }
}
