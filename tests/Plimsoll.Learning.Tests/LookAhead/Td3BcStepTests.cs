using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>Single steps of TD3+BC, after its targets have parted from what they follow, worked out again in
/// binary64.</summary>
public sealed class Td3BcStepTests
{
    private const int Batch = 32;
    private const double Discount = 0.5, Rate = 0.1, Alpha = 1.5;
    private static readonly RandomRoot Root = RandomRoot.Of(3, "test");

    [TestCase(40)]
    [TestCase(41)]
    public void A_step_is_the_one_of_the_equations(int step)
    {
        using var data = Drawn.TwoSteps();
        using var team = new Team(1);
        using var training = Td3Bc.Build(
            new DatasetTables(data), new([8], Batch, 2e-2, Discount, Rate, Alpha), Root, team).Training;
        training.Advance(0, step);
        string[] metrics = ["critic-loss", "policy-loss", "distance-to-data", "value"];
        foreach (var metric in metrics) training.Carried.TakeMean(metric);
        var before = new Snapshot(training.Carried.State);
        training.Advance(step, 1);
        var after = new Snapshot(training.Carried.State);

        var drawn = new Drawn(data, Root, Batch, step, ("target noise", Batch));
        var noise = Enumerable.Range(0, Batch).Select(b => 0.2 * drawn.One("target noise", b)).ToList();
        Assert.That(noise, Has.Some.Matches<double>(n => Math.Abs(n) > 0.3), "the noise matters");
        var normal = Normalised(data);
        double Loss(
            string critic = "critic-target", string actor = "policy-target", string at = "next", bool ends = true,
            double amplitude = 1, bool smallest = true) => Enumerable.Range(0, Batch).Average(b =>
        {
            var next = normal(drawn.Row(at, b, 2));
            var moved = Math.Tanh(before.Network(actor, next)[0]) + amplitude * Math.Clamp(noise[b], -0.5, 0.5);
            var ahead = before.Values(critic, 2, next, [Math.Clamp(moved, -1, 1)]);
            var y = drawn.One("r", b) + Discount * (ends ? 1 - drawn.One("terminal", b) : 1)
                * (smallest ? ahead.Min() : ahead.Max());
            return before.Values("critic", 2, normal(drawn.Row("s", b, 2)), drawn.Row("a", b, 1))
                .Sum(q => (q - y) * (q - y));
        });
        var expected = Loss();
        Assert.That(training.Carried.TakeMean("critic-loss"), Is.EqualTo(expected).Within(1e-4 * expected));
        double[] mistakes = [
            Loss(critic: "critic"), Loss(actor: "policy"), Loss(at: "s"), Loss(ends: false), Loss(amplitude: 0),
            Loss(smallest: false)];
        foreach (var mistake in mistakes) Assert.That(mistake, Is.Not.EqualTo(expected).Within(1e-3 * expected));

        if (step % 2 == 0)
        {
            foreach (var name in before.Names.Where(n => n.Contains("policy") || n.Contains("target")))
                Assert.That(after[name], Is.EqualTo(before[name]), name);
            Assert.That(after["critic/0/weight"], Is.Not.EqualTo(before["critic/0/weight"]));
            return;
        }
        var (value, size, distance) = (0.0, 0.0, 0.0);
        for (var b = 0; b < Batch; b++)
        {
            var s = normal(drawn.Row("s", b, 2));
            var a = Math.Tanh(before.Network("policy", s)[0]);
            // The critics have learnt in this step.
            var q = after.Values("critic", 2, s, [a])[0];
            value += q / Batch;
            size += Math.Abs(q) / Batch;
            distance += (a - drawn.One("a", b)) * (a - drawn.One("a", b)) / Batch;
        }
        Assert.Multiple(() =>
        {
            Assert.That(training.Carried.TakeMean("value"), Is.EqualTo(value).Within(1e-4));
            Assert.That(training.Carried.TakeMean("distance-to-data"), Is.EqualTo(distance).Within(1e-5));
            Assert.That(
                training.Carried.TakeMean("policy-loss"), Is.EqualTo(distance - Alpha / size * value).Within(1e-4));
            Assert.That(after["policy/0/weight"], Is.Not.EqualTo(before["policy/0/weight"]));
        });
        Followed.Assert(before, after, Rate, ("critic-target", "critic"), ("policy-target", "policy"));
    }

    /// <summary>(s - mean)/(deviation + 0.001), by the rows of the data.</summary>
    private static Func<double[], double[]> Normalised(Dataset data)
    {
        var rows = Enumerable.Range(0, data.Count).ToList();
        var (mean, deviation) = (new double[2], new double[2]);
        for (var k = 0; k < 2; k++)
        {
            mean[k] = rows.Average(i => (double)data.Observations[2 * i + k]);
            deviation[k] = Math.Sqrt(rows.Average(i => Math.Pow(data.Observations[2 * i + k] - mean[k], 2)));
        }
        return s => [.. s.Select((x, k) => (x - mean[k]) / (deviation[k] + 1e-3))];
    }
}
