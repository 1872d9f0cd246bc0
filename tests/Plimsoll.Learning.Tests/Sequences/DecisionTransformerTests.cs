using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>Losses, temperature and what training finds.</summary>
public sealed class DecisionTransformerTests
{
    private static readonly DecisionTransformerSettings Settings = new(
        Width: 16, Blocks: 1, Heads: 2, Context: 2, Dropout: 0f, Batch: 64, LearningRate: 5e-3, WarmUp: 10,
        WeightDecay: 1e-4, Clip: 0.25, CostWeight: 0.02, StateWeight: 0, Temperature: 0.1, TemperatureRate: 1e-4,
        ReturnRange: 10, CostRange: 10, new AugmentationSettings(Share: 0), Published: false);

    private Team team = null!;

    [OneTimeSetUp]
    public void Start() => team = new Team(1);

    [OneTimeTearDown]
    public void Stop() => team.Dispose();

    /// <summary>Sums over what is not padded, in binary64.</summary>
    [Test]
    public void The_loss_is_likelihood_entropy_and_cost_class_over_the_valid_steps()
    {
        const int b = 3, k = 4, a = 2;
        var random = new Random(4);
        double[] Draw(int n) => [.. Enumerable.Range(0, n).Select(_ => (double)(float)(2 * random.NextDouble() - 1))];
        var (mean, log, action, logits) = (Draw(b * k * a), Draw(b * k * a), Draw(b * k * a), Draw(b * k * 2));
        double[] mask = [1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0, 0];
        double[] costly = [0, 1, 1, 0, 1, 0, 0, 1, 0, 1, 1, 1];
        const double temperature = 0.3;

        using var calculation = new Calculation();
        Axis[] steps = [new("B", b), new("K", k)];
        Node Of(double[] values, params Axis[] last) => calculation.Given(values, [.. steps, .. last]);
        var valid = Of(mask);
        var window = new TrajectoryWindow(
            valid, valid, Of(action, new Axis("A", a)), Of(action, new Axis("A", a)), valid, valid);
        var predicted = new StepPrediction(
            new DiagonalGaussian(Of(mean, new Axis("A", a)), Of(log, new Axis("A", a))), Of(logits, new Axis("C", 2)),
            window.Observation);
        var g = calculation.Graph;
        var loss = ConstrainedDecisionTransformer.Loss(
            g, predicted, window, Of(costly), g.Constant((float)temperature), Settings, out var entropy);

        var (likelihood, entropies, costs) = (0.0, 0.0, 0.0);
        for (var i = 0; i < b * k; i++)
        {
            if (mask[i] == 0) continue;
            for (var j = i * a; j < (i + 1) * a; j++)
            {
                var z = (action[j] - mean[j]) / Math.Exp(log[j]);
                likelihood -= z * z / 2 + log[j] + Math.Log(2 * Math.PI) / 2;
                entropies += log[j] + Math.Log(2 * Math.PI * Math.E) / 2;
            }
            var (one, other) = (Math.Exp(logits[2 * i]), Math.Exp(logits[2 * i + 1]));
            costs -= Math.Log((costly[i] == 1 ? other : one) / (one + other));
        }
        var n = mask.Sum();
        Assert.That(calculation.Value(entropy)[0], Is.EqualTo(entropies / (n * a)).Within(1e-5));
        Assert.That(
            calculation.Value(loss)[0],
            Is.EqualTo(-(likelihood + temperature * entropies) / (n * a) + 0.02 * costs / n).Within(1e-5));
    }

    [TestCase(-2.0, true)]
    [TestCase(-0.9, false)]
    [TestCase(0.5, false)]
    public void The_temperature_rises_where_the_entropy_is_below_its_target_and_falls_above(double entropy, bool rises)
    {
        using var state = new TrainingState();
        var temperature = new EntropyTemperature(state, first: 0.1, target: -1);
        var g = new GraphBuilder();
        g.Output("before", temperature.Value(g));
        temperature.Update(g, g.Constant((float)entropy), rate: 0.01);
        g.Output("after", temperature.Value(g));
        using var program = Program.Compile(g, team);
        program.Run(0);
        var (before, after) = (program.Output("before")[0], program.Output("after")[0]);
        Assert.That(before, Is.EqualTo(0.1f).Within(1e-7));
        // Adam's first step has the size of its rate, here on the logarithm.
        Assert.That(after, Is.EqualTo(0.1 * Math.Exp(rises ? 0.01 : -0.01)).Within(1e-6));
    }

    [TestCase(false, 1.0)]
    [TestCase(true, 2.0)]
    public void The_entropys_target_is_one_a_component_and_published_the_number_of_components(
        bool published, double size)
    {
        using var data = Episodes.Of([5, 8, 3], (e, t) => e, (e, t) => t % 2);
        var fit = ConstrainedDecisionTransformer.Build(
            data, Settings with { Published = published }, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 1);
        double Of(string metric) => training.TakeMean(metric)!.Value;
        Assert.That(Of("temperature-loss") / Of("temperature") - Of("entropy"), Is.EqualTo(size).Within(1e-5));
    }

    [Test]
    public void Published_constants_travel_with_the_model_and_others_follow_from_the_data()
    {
        using var data = Episodes.Of([4, 4], (e, t) => 5 * e, (e, t) => e);
        SequenceScales Of(bool published)
        {
            var fit = ConstrainedDecisionTransformer.Build(
                data, Settings with { Published = published }, RandomRoot.Of(1, "test"), team);
            fit.Training.Dispose();
            return fit.Model.Scales;
        }
        Assert.That(Of(true), Is.EqualTo(SequenceScales.Published));
        Assert.That(Of(false), Is.EqualTo(new SequenceScales(10.0 / 20, 10.0 / 4, 0)));
    }

    [Test]
    public void Published_sampling_cannot_draw_where_every_episode_is_dear()
    {
        using var dear = Episodes.Points([70, 200], [1, 2]);
        using var mixed = Episodes.Points([69, 200], [1, 2]);
        Assert.Multiple(() =>
        {
            Assert.That(ConstrainedDecisionTransformer.CanDraw(dear, Settings), Is.True);
            Assert.That(ConstrainedDecisionTransformer.CanDraw(dear, Settings with { Published = true }), Is.False);
            Assert.That(ConstrainedDecisionTransformer.CanDraw(mixed, Settings with { Published = true }), Is.True);
        });
    }

    /// <summary>Episodes of one step that cost 0.5, 1 and 80: published, the dear one is never drawn, the class that
    /// costs begins at 1, and the network sees 50 - C and a tenth of R.</summary>
    [Test]
    public void Published_windows_leave_out_the_dear_and_take_small_costs_for_none([Values] bool published)
    {
        using var data = Episodes.Points([0.5, 1, 80], [100, 200, 300]);
        var fit = ConstrainedDecisionTransformer.Build(
            data, Settings with { Published = published }, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        var drawn = new Dictionary<float, (float Return, float Costly, int Times)>();
        for (var step = 0; step < 20; step++)
        {
            training.Windows.Fill(training.Program, step);
            for (var b = 0; b < Settings.Batch; b++)
            {
                // The first of the window's two slots; the other is padding.
                var at = b * Settings.Context;
                var cost = training.Program.Input("cost-to-go")[at];
                var times = drawn.GetValueOrDefault(cost).Times + 1;
                drawn[cost] = (
                    training.Program.Input("return-to-go")[at], training.Program.Input("costly")[at], times);
            }
        }
        if (published)
        {
            Assert.That(drawn.Keys, Is.EquivalentTo(new[] { 49.5f, 49f }));
            Assert.That((drawn[49.5f].Return, drawn[49.5f].Costly), Is.EqualTo((10f, 0f)));
            Assert.That((drawn[49f].Return, drawn[49f].Costly), Is.EqualTo((20f, 1f)));
            // 69.5 : 69 of 1280.
            Assert.That(drawn[49f].Times, Is.EqualTo(638).Within(70));
            return;
        }
        Assert.That(drawn.Keys, Is.EquivalentTo(new[] { 0.0625f, 0.125f, 10f }));
        Assert.That(drawn.Values.Select(x => x.Costly), Has.All.EqualTo(1f));
        Assert.That(drawn[10f].Return, Is.EqualTo(10f));
    }

    /// <summary>In every state the data do one of two things: +0.6, which earns 1 and costs 1 a step, or
    /// -0.6, which earns and costs nothing. Only what is asked for tells which.</summary>
    private static Dataset Choices()
    {
        var builder = new DatasetBuilder(1, 1);
        for (var e = 0; e < 20; e++)
        {
            builder.BeginTrajectory();
            for (var t = 0; t < 6; t++)
            {
                // Bold ones are drawn an eleventh as often.
                var bold = e % 4 > 0 ? 1f : 0f;
                builder.Add([t / 6f], [bold == 1 ? 0.6f : -0.6f], bold, bold, [(t + 1) / 6f]);
            }
            builder.End(false);
        }
        return builder.Build(new DatasetMetadata("Choices", 6));
    }

    [Test]
    public void What_it_is_asked_for_decides_what_it_does()
    {
        using var data = Choices();
        var fit = ConstrainedDecisionTransformer.Build(data, Settings, RandomRoot.Of(1, "test"), team);
        using var training = fit.Training;
        training.Advance(0, 600);
        Assert.Multiple(() =>
        {
            Assert.That(Episode(fit.Model, 6, 6), Is.All.EqualTo(0.6).Within(0.1));
            Assert.That(Episode(fit.Model, 0, 0), Is.All.EqualTo(-0.6).Within(0.1));
        });
        training.TakeMean("cost-loss");
        training.Advance(600, 50);
        Assert.That(training.TakeMean("cost-loss"), Is.LessThan(0.1), "whether a step costs follows from its action");
    }

    /// <summary>An episode in which every step brings what its action is worth.</summary>
    private List<float> Episode(SequenceModel model, double returnTarget, double costTarget)
    {
        using var actor = new ConditionedPolicy(model, returnTarget, costTarget).Compile(1, team);
        var actions = new List<float>();
        actor.Begin(0, 1);
        for (var t = 0; t < 6; t++)
        {
            actor.Observations[0] = t / 6f;
            actions.Add(actor.Act()[0]);
            var bold = actions[^1] > 0 ? 1f : 0f;
            actor.Told(0, bold, bold);
        }
        return actions;
    }
}
