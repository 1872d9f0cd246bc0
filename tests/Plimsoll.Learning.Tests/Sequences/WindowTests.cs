using NUnit.Framework;
using Plimsoll.Data;
using Plimsoll.Learning.Sequences;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Sequences;

/// <summary>What a window holds, against the dataset read by hand.</summary>
public sealed class WindowTests
{
    private const int K = 4, B = 64;

    private static readonly string[] Names =
        ["return", "cost", "observation", "action", "time", "mask", "costly", "next"];

    private static Dictionary<string, float[]> Windows(
        Dataset data, IReadOnlyList<LabelledTrajectory> labels, SequenceScales scales, long step,
        double leastCostly = 0, long seed = 1)
    {
        var sampler = new WindowSampler(
            data, labels, [.. labels.Select(_ => 1.0)], scales, B, K, leastCostly, RandomRoot.Of(seed, "test"));
        var g = new GraphBuilder();
        var window = sampler.Declare(g, out var costly);
        Node[] nodes =
        [
            window.ReturnToGo, window.CostToGo, window.Observation, window.Action, window.Time, window.Mask!, costly,
            sampler.DeclareNext(g),
        ];
        foreach (var (name, node) in Names.Zip(nodes)) g.Output(name, node);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        // What an earlier step left must not stay.
        sampler.Fill(program, step + 1);
        sampler.Fill(program, step);
        program.Run(step);
        return Names.ToDictionary(name => name, name => program.Output(name).ToArray());
    }

    private static Dataset Data() => Episodes.Of([3, 9, 1, 20], (e, t) => 1 + e + t / 8f, (e, t) => t % 3 / 2f);

    [Test]
    public void A_window_is_a_stretch_of_its_trajectory_and_zeros_after_its_end([Values(0, 7)] long step)
    {
        using var data = Data();
        // Shifted by 1000 and 500 times the trajectory, so that a label tells what was drawn.
        LabelledTrajectory[] labels =
        [
            .. data.Trajectories.Select((t, e) => new LabelledTrajectory(e, t.Return + 1000 * e, t.Cost + 500 * e)),
        ];
        var scales = new SequenceScales(0.5, -1, 50);
        var toGo = ToGo.Of(data);
        var (returns, costs) = (toGo.Returns.ToArray(), toGo.Costs.ToArray());
        var got = Windows(data, labels, scales, step);
        var (s, a) = (Episodes.S, Episodes.A);
        var padded = 0;
        Assert.Multiple(() =>
        {
            for (var b = 0; b < B; b++)
            {
                var e = (int)(got["return"][b * K] / 500);
                var trajectory = data.Trajectories[e];
                var first = (int)got["time"][b * K];
                for (var k = 0; k < K; k++)
                {
                    var (at, row) = (b * K + k, trajectory.Start + first + k);
                    var inside = first + k < trajectory.Length;
                    if (!inside) padded++;
                    Assert.That(got["mask"][at], Is.EqualTo(inside ? 1 : 0));
                    Assert.That(got["time"][at], Is.EqualTo(inside ? first + k : 0));
                    Assert.That(
                        got["return"][at], Is.EqualTo(inside ? 0.5 * (returns[row] + 1000 * e) : 0).Within(1e-3));
                    Assert.That(
                        got["cost"][at], Is.EqualTo(inside ? 50 - costs[row] - 500 * e : 0).Within(1e-3));
                    Assert.That(got["costly"][at], Is.EqualTo(inside && data.Costs[row] > 0 ? 1 : 0));
                    Same("observation", data.Observations, s, at, row, inside);
                    Same("next", data.NextObservations, s, at, row, inside);
                    Same("action", data.Actions, a, at, row, inside);
                }
            }
        });
        Assert.That(padded, Is.GreaterThan(10), "some windows are padded");

        void Same(string name, ReadOnlySpan<float> from, int width, int at, int row, bool inside)
        {
            var expected = inside ? from.Slice(row * width, width).ToArray() : new float[width];
            Assert.That(got[name][(at * width)..((at + 1) * width)], Is.EqualTo(expected), $"{name} {at}");
        }
    }

    [Test]
    public void Relabelling_adds_one_constant_so_steps_still_bring_their_rewards_and_costs()
    {
        using var data = Data();
        var asTheyAre = LabelledTrajectory.AllOf(data).ToArray();
        LabelledTrajectory[] shifted = [.. asTheyAre.Select(l => l with { Return = l.Return + 32, Cost = l.Cost + 8 })];
        var scales = new SequenceScales(1, 1, 0);
        var (before, after) = (Windows(data, asTheyAre, scales, 3), Windows(data, shifted, scales, 3));
        for (var i = 0; i < B * K; i++)
        {
            if (before["mask"][i] == 0) continue;
            // Multiples of 1/8 of moderate size: exact.
            Assert.That(after["return"][i] - before["return"][i], Is.EqualTo(32));
            Assert.That(after["cost"][i] - before["cost"][i], Is.EqualTo(8));
        }
        foreach (var name in Names[2..]) Assert.That(after[name], Is.EqualTo(before[name]), name);
    }

    [Test]
    public void A_label_is_the_first_thing_to_go()
    {
        using var data = Episodes.Of([1, 1], (e, t) => e, (e, t) => e);
        var got = Windows(data, [new(1, -7, 3)], new SequenceScales(1, 1, 0), 0);
        Assert.That((got["return"][0], got["cost"][0]), Is.EqualTo((-7f, 3f)));
    }

    [TestCase(0, new[] { 0f, 1f, 1f, 1f })]
    [TestCase(1, new[] { 0f, 0f, 1f, 1f })]
    public void Whether_a_step_costs_is_told_from_the_least_cost_on(double least, float[] expected)
    {
        float[] costs = [0, 0.5f, 1, 2.5f];
        using var data = Episodes.Of([4], (_, _) => 0, (_, t) => costs[t]);
        var got = Windows(data, [.. LabelledTrajectory.AllOf(data)], new SequenceScales(1, 1, 0), 0, least);
        var whole = Enumerable.Range(0, B).First(b => got["time"][b * K] == 0);
        Assert.That(got["costly"][(whole * K)..((whole + 1) * K)], Is.EqualTo(expected));
    }

    [Test]
    public void Steps_and_seeds_have_windows_of_their_own()
    {
        using var data = Data();
        LabelledTrajectory[] labels = [.. LabelledTrajectory.AllOf(data)];
        float[] At(long step, long seed) =>
            Windows(data, labels, new SequenceScales(1, 1, 0), step, seed: seed)["observation"];
        Assert.That(At(4, 1), Is.EqualTo(At(4, 1)));
        Assert.That(At(4, 1), Is.Not.EqualTo(At(5, 1)));
        Assert.That(At(4, 1), Is.Not.EqualTo(At(4, 2)));
    }
}
