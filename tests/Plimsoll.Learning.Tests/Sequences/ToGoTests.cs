using NUnit.Framework;
using Plimsoll.Learning.Sequences;

namespace Plimsoll.Learning.Tests.Sequences;

public sealed class ToGoTests
{
    [Test]
    public void What_is_to_come_falls_by_what_each_step_brings_and_begins_at_the_episodes_sums()
    {
        // Multiples of 1/8: sums are exact.
        using var data = Episodes.Of([7, 1, 12], (e, t) => e - t / 8f, (e, t) => (e + t) % 3 / 4f);
        var toGo = ToGo.Of(data);
        var (returns, costs) = (toGo.Returns.ToArray(), toGo.Costs.ToArray());
        Assert.Multiple(() =>
        {
            foreach (var trajectory in data.Trajectories)
            {
                Assert.That(returns[trajectory.Start], Is.EqualTo(trajectory.Return));
                Assert.That(costs[trajectory.Start], Is.EqualTo(trajectory.Cost));
                Assert.That(returns[trajectory.LastRow], Is.EqualTo(data.Rewards[trajectory.LastRow]));
                for (var row = trajectory.Start; row < trajectory.LastRow; row++)
                {
                    Assert.That(returns[row + 1], Is.EqualTo(returns[row] - data.Rewards[row]), $"row {row}");
                    Assert.That(costs[row + 1], Is.EqualTo(costs[row] - data.Costs[row]), $"row {row}");
                }
            }
        });
    }

    [Test]
    public void Scales_make_returns_and_costs_span_what_was_asked_for()
    {
        using var data = Episodes.Points([0, 30, 120], [-5, 20, 45]);
        var scales = SequenceScales.Over(data, returnRange: 10, costRange: 6);
        Assert.Multiple(() =>
        {
            Assert.That(scales.Return(45), Is.EqualTo(10).Within(1e-6));
            Assert.That(scales.Return(-5), Is.EqualTo(-10.0 / 9).Within(1e-6));
            Assert.That(scales.Return(0), Is.Zero);
            Assert.That(scales.Cost(120), Is.EqualTo(6).Within(1e-6));
            Assert.That(scales.Cost(0), Is.Zero);
        });
    }

    [Test]
    public void Data_that_are_all_zero_are_seen_as_they_are()
    {
        using var data = Episodes.Points([0, 0], [0, 0]);
        Assert.That(SequenceScales.Over(data, 10, 10), Is.EqualTo(new SequenceScales(1, 1, 0)));
    }

    [Test]
    public void The_published_scales_are_a_tenth_of_the_return_and_fifty_less_the_cost() => Assert.Multiple(() =>
    {
        Assert.That(SequenceScales.Published.Return(450), Is.EqualTo(45f).Within(1e-5));
        Assert.That(SequenceScales.Published.Cost(10), Is.EqualTo(40f));
        Assert.That(SequenceScales.Published.Cost(-3), Is.EqualTo(53f));
    });
}
