using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Updates happen where they are written, and nobody sees a value that is no more.</summary>
public sealed class UpdateOrderTests
{
    private static readonly Shape Vector = new(K);

    private TrainingState state = null!;
    private StateArray w = null!;
    private GraphBuilder g = null!;

    [SetUp]
    public void Begin()
    {
        state = new TrainingState();
        w = state.Add("w", Vector);
        g = new GraphBuilder();
        w.Values.Fill(3f);
    }

    [TearDown]
    public void End() => state.Dispose();

    [Test]
    public void A_read_sees_the_value_of_its_place_among_the_updates()
    {
        g.Output("before", g.Read(w));
        Subtract(1f);
        g.Output("between", g.Read(w));
        Subtract(1f);
        g.Output("after", g.Square(g.Read(w)));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.Multiple(() =>
        {
            Assert.That(program.Output("before").ToArray(), Is.All.EqualTo(3f));
            Assert.That(program.Output("between").ToArray(), Is.All.EqualTo(2f));
            Assert.That(program.Output("after").ToArray(), Is.All.EqualTo(1f));
            Assert.That(w.Values.ToArray(), Is.All.EqualTo(1f));
        });
    }

    [Test]
    public void A_value_computed_before_an_update_stays_as_it_was()
    {
        var square = g.Square(g.Read(w));
        Subtract(1f);
        g.Output("old square plus new value", square + g.Read(w));
        Assert.That(Run(g, "old square plus new value"), Is.All.EqualTo(9f + 2f));
    }

    [Test]
    public void Using_an_old_read_after_the_update_is_refused_with_the_way_out()
    {
        var old = g.Read(w);
        Subtract(1f);
        Assert.That(
            () => g.Square(old),
            Throws.InvalidOperationException.With.Message.EqualTo(
                "square needs w as it was before its update; read it again or move the operation before the update"));
    }

    [Test]
    public void An_old_read_is_refused_behind_any_view_of_it()
    {
        var reshaped = g.Reshape(g.Read(w), new Shape(K.As("F")));
        var detached = g.Detach(g.Read(w));
        Subtract(1f);
        Assert.Multiple(() =>
        {
            foreach (var view in new[] { reshaped, detached })
            {
                Assert.That(
                    () => g.Exp(view), Throws.InvalidOperationException.With.Message.Contains("needs w as it was"));
            }

            Assert.That(() => g.Output("old", reshaped), Throws.InvalidOperationException);
        });
    }

    [Test]
    public void Gradients_that_need_the_old_weights_after_their_update_are_refused()
    {
        var loss = g.Sum(g.Square(g.Read(w)));
        var read = g.Read(w);
        Subtract(1f);
        Assert.That(
            () => g.Gradients(loss, read),
            Throws.InvalidOperationException.With.Message.Contains("needs w as it was before its update"));
    }

    [TestCase("adam")]
    [TestCase("sgd")]
    [TestCase("polyak")]
    public void Every_update_makes_a_new_version(string kind)
    {
        var old = g.Read(w);
        var source = state.Add("source", Vector);
        switch (kind)
        {
            case "adam": g.Adam(new AdamOptimiser(state, "adam", [w]), [g.Constant(1f, Vector)], g.Constant(1f)); break;
            case "sgd": Subtract(1f); break;
            default: g.Polyak([w], [source], 0.5f); break;
        }

        Assert.That(() => g.Exp(old), Throws.InvalidOperationException);
        Assert.That(() => g.Exp(g.Read(w)), Throws.Nothing);
    }

    [Test]
    public void A_target_follows_the_weights_as_they_are_after_their_update()
    {
        var target = state.Add("target", Vector);
        Subtract(1f);
        g.Polyak([target], [w], 0.25f);
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0);
        Assert.That(target.Values.ToArray(), Is.All.EqualTo(0.25f * 2f));
    }

    [Test]
    public void Arrays_that_are_updated_side_by_side_are_not_read_for_each_other()
    {
        var (a, b) = (state.Add("a", Vector), state.Add("b", Vector));
        var adam = new AdamOptimiser(state, "adam", [a, b]);
        var product = g.Sum(g.Read(a) * g.Read(b));
        Assert.Multiple(() =>
        {
            Assert.That(
                () => g.Polyak([a, b], [b, w], 0.5f),
                Throws.InvalidOperationException.With.Message.Contains("would read b while it updates it"));
            Assert.That(
                () => g.Polyak([a, a], [b, w], 0.5f),
                Throws.InvalidOperationException.With.Message.Contains("would update a twice"));
            Assert.That(
                () => g.Adam(adam, [g.Read(b), g.Read(b)], g.Constant(1f)),
                Throws.InvalidOperationException.With.Message.Contains("would read b while it updates it"));
            // Gradients of a product are the other factor, scaled, and not the arrays themselves.
            Assert.That(() => g.Minimise(adam, product, g.Constant(1f)), Throws.Nothing);
        });
    }

    [Test]
    public void Nodes_of_another_graph_are_refused() =>
        Assert.That(
            () => g.Exp(new GraphBuilder().Constant(1f)),
            Throws.ArgumentException.With.Message.Contains("belongs to another graph"));

    private void Subtract(float amount) => g.Sgd([w], [g.Constant(amount, Vector)], g.Constant(1f));
}
