using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Losses;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using static Plimsoll.Learning.Tests.LookAhead.LagrangianReference;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>One step of BEAR-Lag, some steps after its targets have parted from what they follow, worked out again in
/// binary64.</summary>
public sealed class BearStepTests
{
    private const int Batch = 24, Past = 40, Matched = 3;
    private const double Rate = 0.1, Limit = 2, Bandwidth = 0.5, Allowed = 0.2, DualRate = 0.03;
    private static readonly PidGains Gains = new(0.5, 0.05, 0.2);
    private static readonly RandomRoot Root = RandomRoot.Of(1, "test");

    [TestCase(false, 1, false, MmdKernel.Gaussian)]
    [TestCase(false, 4, true, MmdKernel.Laplacian)]
    [TestCase(true, 4, false, MmdKernel.Gaussian)]
    public void A_step_is_the_one_of_the_equations(bool osrlCompat, int draws, bool normalised, MmdKernel kernel)
    {
        using var data = Drawn.TwoSteps();
        using var team = new Team(1);
        var rule = BackupRule.Of(data, Limit, Discount, osrlCompat);
        var common = new ConstrainedSettings([8], [9], Batch, draws, 1e-2, 2e-2, 2e-2, 0.5, Rate, Scale);
        var fit = BearLagrangian.Build(
            new DatasetTables(data),
            new(new(common, Mixing, Gains, normalised), Matched, kernel, Bandwidth, Allowed, DualRate, 0),
            rule, Root, team);
        using var training = fit.Training;
        training.Advance(0, Past);
        string[] metrics = [
            "reward-critic-loss", "cost-critic-loss", "policy-value", "policy-cost-value", "multiplier",
            "discrepancy", "log-alpha", "policy-loss"];
        foreach (var metric in metrics) training.TakeMean(metric);
        var before = new Snapshot(training.State);
        training.Advance(Past, 1);
        var after = new Snapshot(training.State);
        var said = metrics.ToDictionary(m => m, m => training.TakeMean(m)!.Value);

        var drawn = new Drawn(
            data, Root, Batch, Past, ("next-actions", draws * Batch), ("actions", Matched * Batch),
            ("codes", Matched * Batch * 2));
        var reference = new LagrangianReference(drawn, before, after, Batch, draws) { OsrlCompat = osrlCompat };
        double Loss(LagrangianReference by, bool cost, string actor = "policy-target") => by.CriticLoss(
            cost ? "cost-q" : "reward-q", cost,
            (s, b, j) => [Math.Tanh(before.Draw(actor, s, drawn.Row("next-actions", j * Batch + b, 1))[0])]);
        foreach (var cost in new[] { false, true })
        {
            var (metric, expected) = (cost ? "cost-critic-loss" : "reward-critic-loss", Loss(reference, cost));
            Assert.That(said[metric], Is.EqualTo(expected).Within(1e-4 * expected), metric);
            List<LagrangianReference> wrong = [
                reference with { Ahead = "s" }, reference with { Target = "" },
                reference with { SwappedBounds = true }, reference with { SwappedWeights = true }];
            if (draws > 1) wrong.Add(reference with { FirstDrawAlone = true });
            if (!(cost && osrlCompat)) wrong.Add(reference with { NoEnds = true });
            foreach (var mistake in wrong)
                Assert.That(Loss(mistake, cost), Is.Not.EqualTo(expected).Within(1e-3 * expected), $"{mistake}");
            Assert.That(Loss(reference, cost, "policy"), Is.Not.EqualTo(expected).Within(1e-3 * expected));
        }

        double Draw(double[] s, int b, int n) => before.Draw("policy", s, drawn.Row("actions", n * Batch + b, 1))[0];
        var (r, c) = reference.ActorValues("reward-q", (s, b) => [Math.Tanh(Draw(s, b, 0))]);
        var lambda = reference.Multiplier(Gains, c, rule.Threshold);
        var discrepancy = Enumerable.Range(0, Batch).Average(b =>
        {
            var s = drawn.Row("s", b, 2);
            return Discrepancy(
                [.. Enumerable.Range(0, Matched).Select(n => Draw(s, b, n))],
                [.. Enumerable.Range(0, Matched)
                    .Select(n => after.Decode("vae/decoder", s, drawn.Row("codes", n * Batch + b, 2))[0])],
                kernel);
        });
        var log = before["log-alpha"][0];
        var excess = discrepancy - Allowed;
        var loss = (lambda * (c - rule.Threshold) - r) / (normalised ? 1 + lambda : 1) + Math.Exp(log) * excess;
        Assert.Multiple(() =>
        {
            Assert.That(said["policy-value"], Is.EqualTo(r).Within(1e-4));
            Assert.That(said["policy-cost-value"], Is.EqualTo(c).Within(1e-4));
            Assert.That(lambda, Is.GreaterThan(0.01));
            Assert.That(said["multiplier"], Is.EqualTo(lambda).Within(1e-4));
            Assert.That(said["discrepancy"], Is.EqualTo(discrepancy).Within(1e-5));
            Assert.That(said["log-alpha"], Is.EqualTo(log).Within(1e-6).And.Not.Zero);
            Assert.That(said["policy-loss"], Is.EqualTo(loss).Within(1e-4 * (1 + Math.Abs(loss))));
            Assert.That(
                after["log-alpha"][0],
                Is.EqualTo(Math.Clamp(log + DualRate * Math.Exp(log) * excess, -5, 5)).Within(1e-6));
        });
        Followed.Assert(
            before, after, Rate, ("reward-q-target", "reward-q"), ("cost-q-target", "cost-q"),
            ("policy-target", "policy"));
    }

    private static double Discrepancy(double[] x, double[] y, MmdKernel kernel)
    {
        double Mean(double[] left, double[] right) => left.Average(p => right.Average(q => Math.Exp(
            -(kernel == MmdKernel.Gaussian ? (p - q) * (p - q) : Math.Abs(p - q)) / (2 * Bandwidth))));
        return Math.Sqrt(Math.Max(0, Mean(x, x) + Mean(y, y) - 2 * Mean(x, y)) + 1e-6);
    }
}
