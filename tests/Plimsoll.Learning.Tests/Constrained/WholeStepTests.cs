using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Tests.Training;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Constrained;

/// <summary>What a step of BCQ-Lag and BEAR-Lag moves, and what moves it.</summary>
[TestFixture(Method.BcqLag)]
[TestFixture(Method.BearLag)]
public sealed class WholeStepTests(WholeStepTests.Method method)
{
    public enum Method
    {
        BcqLag,
        BearLag,
    }

    private string Actor => method == Method.BcqLag ? "policy/perturbation/" : "policy/";

    private string Target => method == Method.BcqLag ? "perturbation-target/" : "policy-target/";

    [Test]
    public void The_actors_step_moves_the_actor_and_its_target_alone()
    {
        using var data = Data(1);
        var (small, large) = (Arrays(data, actorRate: 1e-4), Arrays(data, actorRate: 1e-1));
        foreach (var name in small.Keys)
        {
            var moves = name.StartsWith(Actor, StringComparison.Ordinal)
                || name.StartsWith(Target, StringComparison.Ordinal);
            Assert.That(large[name].SequenceEqual(small[name]), Is.Not.EqualTo(moves), name);
        }
        Assert.That(small.Keys, Has.Some.Contains("vae/decoder").And.Some.Contains("cost-q-target"));
    }

    [Test]
    public void Without_a_multiplier_costs_do_not_move_the_actor()
    {
        float[] After(float dearness, PidGains gains)
        {
            using var data = Data(dearness);
            return OfActor(Arrays(data, steps: 10, gains: gains));
        }
        Assert.That(After(1, default), Is.EqualTo(After(3, default)));
        Assert.That(After(1, PidGains.Usual), Is.Not.EqualTo(After(3, PidGains.Usual)));
    }

    [Test]
    public void The_threshold_shifts_the_loss_and_leaves_the_gradient()
    {
        using var data = Data(1);
        // λ = I + q - threshold: with these integrals the same for both limits.
        const double gain = 0.2;
        (double Loss, double Multiplier, float[] Moments) After(double limit)
        {
            using var team = new Team(1);
            using var training = Build(data, team, limit, 1e-3, new PidGains(0, gain, 0));
            training.State["multiplier/integral"].Values[0] = (float)(8 + limit);
            training.Advance(0, 1);
            return (
                training.TakeMean("policy-loss")!.Value, training.TakeMean("multiplier")!.Value,
                [.. training.State.Arrays.Where(a => a.Name.StartsWith("adam-policy", StringComparison.Ordinal))
                    .SelectMany(a => a.Values.ToArray())]);
        }
        var (low, high) = (After(1), After(3));
        Assert.That(low.Multiplier, Is.EqualTo(high.Multiplier).Within(1e-5).And.GreaterThan(1));
        Assert.That(low.Loss - high.Loss, Is.EqualTo(2 * low.Multiplier).Within(1e-4));
        Assert.That(low.Moments, Has.Some.Not.Zero);
        Assert.That(
            low.Moments.Zip(high.Moments),
            Has.All.Matches<(float, float)>(p => Math.Abs(p.Item1 - p.Item2) <= 1e-4 * Math.Abs(p.Item1) + 1e-9));
    }

    private static Dataset Data(float dearness) =>
        SmallData.Bandit(100, a => a, a => dearness * (a + 1), width: 0.4f);

    private float[] OfActor(Dictionary<string, float[]> arrays) =>
        [.. arrays.Where(a => a.Key.StartsWith(Actor, StringComparison.Ordinal)).SelectMany(a => a.Value)];

    private Dictionary<string, float[]> Arrays(
        Dataset data, int steps = 1, double actorRate = 1e-3, PidGains? gains = null)
    {
        using var team = new Team(1);
        using var training = Build(data, team, 0, actorRate, gains ?? PidGains.Usual);
        training.Advance(0, steps);
        return training.State.Arrays.ToDictionary(a => a.Name, a => a.Values.ToArray());
    }

    private GraphTraining Build(Dataset data, Team team, double limit, double actorRate, PidGains gains)
    {
        var common = new ConstrainedSettings([8], [8], 32, 3, actorRate, 5e-3, 5e-3, 0.5, 0.05, 1);
        var lagrangian = new LagrangianSettings(common, 0.75, gains, false);
        var (tables, rule, root) = (
            new DatasetTables(data), BackupRule.Of(data, limit, 0, false), RandomRoot.Of(6, "test"));
        return method == Method.BcqLag
            ? BatchConstrainedLagrangian.Build(tables, new(lagrangian, 0.2, 1), rule, root, team).Training
            : BearLagrangian.Build(
                tables, new(lagrangian, 3, MmdKernel.Gaussian, 1, 0.05, 1e-2, 0), rule, root, team).Training;
    }
}
