using NUnit.Framework;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Safety;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using static Plimsoll.Learning.Tests.LookAhead.LagrangianReference;

namespace Plimsoll.Learning.Tests.LookAhead;

/// <summary>One step of BCQ-Lag, some steps after its targets have parted from what they follow, worked out again in
/// binary64.</summary>
public sealed class BatchConstrainedStepTests
{
    private const int Batch = 24, Past = 40;
    private const double Reach = 1, Rate = 0.02, Limit = 2;
    private static readonly PidGains Gains = new(0.5, 0.05, 0.2);
    private static readonly RandomRoot Root = RandomRoot.Of(1, "test");

    [TestCase(false, 1, false)]
    [TestCase(false, 4, true)]
    [TestCase(true, 4, false)]
    public void A_step_is_the_one_of_the_equations(bool osrlCompat, int draws, bool normalised)
    {
        using var data = Drawn.TwoSteps();
        using var team = new Team(1);
        var rule = BackupRule.Of(data, Limit, Discount, osrlCompat);
        var common = new ConstrainedSettings([8], [9], Batch, draws, 2e-2, 2e-2, 2e-2, 0.5, Rate, Scale);
        var fit = BatchConstrainedLagrangian.Build(
            new DatasetTables(data),
            new(new(common, Mixing, Gains, normalised), Reach, 1),
            rule, Root, team);
        using var training = fit.Training;
        training.Advance(0, Past);
        string[] metrics = [
            "reward-critic-loss", "cost-critic-loss", "policy-value", "policy-cost-value", "multiplier",
            "policy-loss"];
        foreach (var metric in metrics) training.TakeMean(metric);
        var before = new Snapshot(training.State);
        training.Advance(Past, 1);
        var after = new Snapshot(training.State);
        var said = metrics.ToDictionary(m => m, m => training.TakeMean(m)!.Value);

        var drawn = new Drawn(data, Root, Batch, Past, ("next-codes", draws * Batch * 2), ("codes", Batch * 2));
        var reference = new LagrangianReference(drawn, before, after, Batch, draws) { OsrlCompat = osrlCompat };
        // The autoencoder has learnt in this step before anything asked it; the target has not moved yet.
        double[] Act(Snapshot of, string perturbation, double[] s, double[] code)
        {
            double[] proposal = [.. after.Decode("policy/vae/decoder", s, code).Select(Math.Tanh)];
            var moved = of.Network(perturbation, [.. s, .. proposal], tanh: true);
            return [Math.Clamp(proposal[0] + Reach * Math.Tanh(moved[0]), -1, 1)];
        }
        double Loss(LagrangianReference by, bool cost, string actor = "perturbation-target") => by.CriticLoss(
            cost ? "cost-q" : "policy/reward-q", cost,
            (s, b, j) => Act(before, actor, s, drawn.Row("next-codes", j * Batch + b, 2)));
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
            Assert.That(
                Loss(reference, cost, "policy/perturbation"), Is.Not.EqualTo(expected).Within(1e-3 * expected));
        }

        var (r, c) = reference.ActorValues(
            "policy/reward-q", (s, b) => Act(before, "policy/perturbation", s, drawn.Row("codes", b, 2)));
        var lambda = reference.Multiplier(Gains, c, rule.Threshold);
        var loss = (lambda * (c - rule.Threshold) - r) / (normalised ? 1 + lambda : 1);
        Assert.Multiple(() =>
        {
            Assert.That(said["policy-value"], Is.EqualTo(r).Within(1e-4));
            Assert.That(said["policy-cost-value"], Is.EqualTo(c).Within(1e-4));
            Assert.That(lambda, Is.GreaterThan(0.01));
            Assert.That(said["multiplier"], Is.EqualTo(lambda).Within(1e-4));
            Assert.That(said["policy-loss"], Is.EqualTo(loss).Within(1e-4 * (1 + Math.Abs(loss))));
        });
        Followed.Assert(
            before, after, Rate, ("policy/reward-q-target", "policy/reward-q"), ("cost-q-target", "cost-q"),
            ("perturbation-target", "policy/perturbation"));
    }
}
