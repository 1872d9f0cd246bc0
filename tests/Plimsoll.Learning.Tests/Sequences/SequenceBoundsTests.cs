using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Algorithms;
using Plimsoll.Learning.Networks;
using Plimsoll.Learning.Sequences;
using Plimsoll.Learning.Tests.Laws;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>What models of sequences may take.</summary>
public sealed class SequenceBoundsTests
{
    private static readonly CausalTransformerSizes Usual = new(Context: 10, Horizon: 1000);

    private static readonly DecisionTransformerSettings Settings = new(
        Width: 16, Blocks: 1, Heads: 2, Context: 2, Dropout: 0.1f, Batch: 64, LearningRate: 5e-3, WarmUp: 10,
        WeightDecay: 1e-4, Clip: 0.25, CostWeight: 0.02, StateWeight: 0, Temperature: 0.1, TemperatureRate: 1e-4,
        ReturnRange: 10, CostRange: 10, new AugmentationSettings(Share: 0), Published: false);

    /// <summary>2,048 windows of 10 steps at width 128 take 2.6 GB.</summary>
    [Test]
    public void The_usual_sizes_fit_and_their_estimate_is_near_what_they_take()
    {
        Assert.That(SequenceBounds.CanTrain(Usual, 2048), Is.True);
        Assert.That(4 * SequenceBounds.Numbers(Usual, 2048), Is.InRange(2.6e9, 2.6e9 * 1.5));
    }

    [Test]
    public void Too_many_numbers_or_draws_do_not_fit_and_nothing_overflows()
    {
        var narrow = new CausalTransformerSizes(1024, 1000, Width: 64, Blocks: 3, Heads: 64, Dropout: 0.1f);
        Assert.Multiple(() =>
        {
            Assert.That(SequenceBounds.CanTrain(Usual, 100_000), Is.False, "activations");
            Assert.That(SequenceBounds.CanTrain(Usual with { Horizon = 100_000_000 }, 1), Is.False, "times");
            Assert.That(SequenceBounds.CanTrain(Usual with { Width = 1 << 14, Blocks = 64 }, 1), Is.False, "weights");
            Assert.That(SequenceBounds.CanTrain(Usual with { Context = 1024, Width = 512 }, 1), Is.False, "window");
            Assert.That(SequenceBounds.CanTrain(narrow, 17), Is.False, "draws");
            Assert.That(SequenceBounds.CanTrain(narrow with { Dropout = 0 }, 17), Is.True, "no draws");
            Assert.That(
                SequenceBounds.CanTrain(Usual with { Horizon = int.MaxValue, Context = 1024 }, int.MaxValue), Is.False);
        });
    }

    /// <summary>Rows at once times the layer of four and all beside it.</summary>
    [Law]
    public bool Rows_act_in_even_portions_of_bounded_size(Length rows, Length context, Length width)
    {
        var (n, k, w) = (1 + 1000 * rows.Value, 1 + context.Value % 1024, 1 + 97 * width.Value % 16384);
        var portion = SequenceBounds.ActingRows(Usual with { Context = k, Width = w }, n);
        var portions = (n + portion - 1) / portion;
        return portion >= 1 && portion <= n && (portion == 1 || 64L * portion * k * w <= 1 << 26)
            && portion - (n - (portions - 1L) * portion) < portions;
    }

    [Test]
    public void Episodes_longer_than_a_table_of_times_are_refused_before_anything_is_made()
    {
        using var data = Episodes.Of([3, 2], (e, _) => e, (_, _) => 0, horizon: int.MaxValue);
        using var team = new Team(1);
        Assert.That(ConstrainedDecisionTransformer.HasTimes(data), Is.False);
        Assert.That(ConstrainedDecisionTransformer.Fits(data, Settings), Is.False);
        Assert.That(
            () => ConstrainedDecisionTransformer.Build(data, Settings, RandomRoot.Of(1, "test"), team),
            Throws.ArgumentException);
        using var longest = Episodes.Of([3, 2], (e, _) => e, (_, _) => 0, horizon: SequenceBounds.LongestHorizon);
        Assert.That(ConstrainedDecisionTransformer.Fits(longest, Settings), Is.True);
    }

    [Test]
    public void Scales_follow_from_the_largest_to_go_however_little_episodes_differ()
    {
        using var narrow = Episodes.Of([2, 2], (e, t) => t == 0 ? 400 + e : 600, (_, t) => 2 * t);
        using var equal = Episodes.Of([2, 2], (_, t) => t == 0 ? -100 : -150, (_, _) => 0);
        // The sum is 1, and what is left after the first step 30.
        using var turning = Episodes.Of([2], (_, t) => t == 0 ? -29 : 30, (_, _) => 0);
        using var nothing = Episodes.Of([2], (_, _) => 0, (_, _) => 0);
        SequenceScales Of(Dataset data) => SequenceScales.Over(data, 10, 8);
        Assert.Multiple(() =>
        {
            Assert.That(Of(narrow), Is.EqualTo(new SequenceScales(10.0 / 1001, 4, 0)));
            Assert.That(Of(equal), Is.EqualTo(new SequenceScales(10.0 / 250, 1, 0)));
            Assert.That(Of(turning).ReturnScale, Is.EqualTo(10.0 / 30));
            Assert.That(Of(nothing), Is.EqualTo(new SequenceScales(1, 1, 0)));
        });
    }
}
