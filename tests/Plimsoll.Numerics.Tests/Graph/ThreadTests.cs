using System.Runtime.InteropServices;
using System.Security.Cryptography;
using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>A step of every kind of operation, large enough that every kernel is split.</summary>
public sealed unsafe class ThreadTests
{
    private static readonly Axis Batch = new("B", 1029);
    private static readonly Axis Input = new("I", 130);
    private static readonly Axis Hidden = new("H", 98);
    private static readonly Axis Members = new("E", 2);

    [Test]
    public void One_to_four_threads_give_the_same_bits()
    {
        var one = Digest(1);
        Assert.Multiple(() =>
        {
            for (var threads = 2; threads <= 4; threads++)
                Assert.That(Digest(threads), Is.EqualTo(one), $"{threads} threads");
        });
    }

    [Test]
    public void Another_step_number_gives_other_bits() => Assert.That(Digest(2, 7), Is.Not.EqualTo(Digest(2)));

    private static string Digest(int threads, long step = 0)
    {
        using var state = new TrainingState();
        var table = state.Normal("table", new Shape(new Axis("N", 700), Input));
        var g = new GraphBuilder();
        string[] outputs;
        // State arrays lie in native memory: they do not move after this block.
        fixed (float* values = table.Values) outputs = Mixed(g, state, new Table("table", values, 700, Input));
        using var team = new Team(threads);
        using var program = Program.Compile(g, team);
        program.Run(step, 3);
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var array in state.Arrays) hash.AppendData(MemoryMarshal.AsBytes(array.Values));
        foreach (var name in outputs) hash.AppendData(MemoryMarshal.AsBytes(program.Output(name)));
        hash.AppendData(BitConverter.GetBytes(program.Metric("loss")));
        return Convert.ToHexString(hash.GetHashAndReset());
    }

    private static string[] Mixed(GraphBuilder g, TrainingState state, Table table)
    {
        StateArray[] weights =
        [
            state.Normal("w1", new Shape(Input, Hidden)), state.Normal("b1", new Shape(Hidden)),
            state.Normal("gain", new Shape(Hidden)), state.Normal("offset", new Shape(Hidden)),
            state.Normal("w2", new Shape(Members, Hidden, Input)), state.Normal("b2", new Shape(Members, Input)),
        ];
        StateArray[] targets = [.. weights.Select(w => state.Normal($"target {w.Name}", w.Shape))];
        var p = weights.Select(g.Read).ToArray();
        var x = g.Gather(table, g.Rows(Stream("rows"), Batch, 700))
            + g.Normal(Stream("noise"), new Shape(Batch, Input));
        x = x * g.KeepMask(Stream("mask"), x.Shape, 0.9f) - g.Uniform(Stream("u"), x.Shape);
        var hidden = g.Mish(g.LayerNorm(g.Linear(x, p[0], p[1], Activation.Relu), p[2], p[3]));
        var members = g.Linear(hidden, p[4], p[5]);
        var spread = g.DeviationLeading(members);
        var best = g.Select(g.GreaterThan(x, g.Constant(0f, x.Shape)), g.MinLeading(members), g.MaxLeading(members));
        var rows = g.SumLast(g.Tanh(best) * g.Cos(x));
        var columns = g.Columns(g.Concat("C", spread, x), 3, Input);
        var loss = g.Mean(g.Square(g.TimesColumn(columns, g.Sigmoid(rows)) - best))
            + g.Mean(g.Exp(g.Clamp(rows, -1f, 1f)));
        g.Record("loss", loss);
        g.Output("rows", rows);
        g.Output("best", best);
        var gradients = g.Gradients(loss, p);
        var adam = new AdamOptimiser(state, "adam", weights, weightDecay: 0.01f);
        g.Adam(adam, gradients, g.PerStep("rate", s => 1e-3f / (1 + s)), g.ClipFactor(gradients, 0.5f));
        g.Polyak(targets, weights, 0.01f);
        return ["rows", "best"];
    }
}
