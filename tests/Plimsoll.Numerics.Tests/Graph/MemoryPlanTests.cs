using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Sharing memory between intermediates changes the size of the arena and no value.</summary>
public sealed class MemoryPlanTests
{
    private const int Steps = 2;

    /// <summary>When intermediates are copied out: outputs at the end keep every buffer alive until then.</summary>
    private enum Copied
    {
        WhenMade,
        AtTheEnd,
        LastOnly,
    }

    [FsCheck.NUnit.Property(MaxTest = 150)]
    public void Keeping_every_buffer_alive_changes_no_bit_of_any_intermediate(byte[] codes)
    {
        var sharing = Values(codes, Copied.WhenMade);
        var keeping = Values(codes, Copied.AtTheEnd);
        var plain = Values(codes, Copied.LastOnly);
        Assert.That(keeping, Has.Count.EqualTo(sharing.Count));
        for (var i = 0; i < sharing.Count; i++)
        {
            Assert.That(keeping[i].Bits, Is.EqualTo(sharing[i].Bits), $"intermediate {i}: {sharing[i].Node}");
        }

        Assert.That(plain[^1].Bits, Is.EqualTo(sharing[^1].Bits), "the gradient alone");
    }

    [FsCheck.NUnit.Property(MaxTest = 50)]
    public void A_second_step_in_the_same_arena_equals_a_first_step_in_a_fresh_one(byte[] codes)
    {
        var (again, fresh) = (Values(codes, Copied.LastOnly, [4, 5]), Values(codes, Copied.LastOnly, [5]));
        Assert.That(again[^1].Bits, Is.EqualTo(fresh[^1].Bits));
    }

    [Test]
    public void A_chain_of_elementwise_operations_lives_in_one_buffer()
    {
        var (shortChain, longChain) = (ArenaOfChain(3, keep: false), ArenaOfChain(60, keep: false));
        Assert.Multiple(() =>
        {
            Assert.That(longChain, Is.EqualTo(shortChain));
            Assert.That(ArenaOfChain(60, keep: true), Is.GreaterThan(60 * B.Size * K.Size));
        });
    }

    [Test]
    public void A_buffer_with_a_reader_to_come_is_not_overwritten()
    {
        // x is read by the first and by the last operation; what lies between may not land on it. An input's
        // buffer is nobody else's, so the second program is free of sharing where the first is not.
        static void Build(GraphBuilder g, Node x)
        {
            var y = x;
            for (var i = 0; i < 8; i++) y = g.Tanh(y + x);
            g.Output("difference", y - x);
            g.Output("x", x);
        }

        var (drawn, given) = (new GraphBuilder(), new GraphBuilder());
        Build(drawn, drawn.Normal(Stream("x"), new Shape(B, K)));
        Build(given, given.Input("x", new Shape(B, K)));
        var x = Run(drawn, "x");
        using var team = new Team(1);
        using var program = Program.Compile(given, team);
        x.CopyTo(program.Input("x"));
        program.Run(0);
        Assert.That(Bits(program.Output("difference")), Is.EqualTo(Bits(Run(drawn, "difference"))));
        Assert.That(program.Input("x").ToArray(), Is.EqualTo(x), "the host's numbers stay");
    }

    [Test]
    public void Constants_survive_every_step()
    {
        var g = new GraphBuilder();
        var x = g.Normal(Stream("x"), new Shape(B, K));
        g.Output("constant", g.Tanh(g.Tanh(x)) * 0f + g.Constant(0.75f, new Shape(B, K)));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        for (var step = 0; step < 3; step++)
        {
            program.Run(step);
            Assert.That(program.Output("constant").ToArray(), Is.All.EqualTo(0.75f), $"step {step}");
        }
    }

    private static long ArenaOfChain(int length, bool keep)
    {
        var g = new GraphBuilder();
        var links = new List<Node> { g.Normal(Stream("x"), new Shape(B, K)) };
        for (var i = 0; i < length; i++) links.Add(g.Tanh(links[^1]));
        if (keep) links.ForEach(link => g.Output($"{link.Id}", link));
        else g.Output("last", links[^1]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        return program.ArenaFloats;
    }

    private static List<(string Node, int[] Bits)> Values(byte[] codes, Copied copied, long[]? steps = null)
    {
        using var state = new TrainingState();
        var g = new GraphBuilder();
        var outputs = new List<string>();
        void Copy(Node node)
        {
            outputs.Add($"{outputs.Count}");
            g.Output(outputs[^1], node);
        }

        var nodes = RandomGraph.Build(g, state, codes, node =>
        {
            if (copied == Copied.WhenMade) Copy(node);
        });
        if (copied == Copied.AtTheEnd) foreach (var node in nodes) Copy(node);
        if (copied == Copied.LastOnly) Copy(nodes[^1]);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        foreach (var step in steps ?? [0, Steps]) program.Run(step);
        var named = copied == Copied.LastOnly ? [nodes[^1]] : nodes;
        return [.. outputs.Select((name, i) => (named[i].ToString(), Bits(program.Output(name))))];
    }
}
