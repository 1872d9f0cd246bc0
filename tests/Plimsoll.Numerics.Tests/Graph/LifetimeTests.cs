using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Memory that is gone, or that cannot be had, is an exception and never a wild pointer.</summary>
public sealed class LifetimeTests
{
    [Test]
    public void A_disposed_program_neither_runs_nor_shows_its_buffers()
    {
        using var team = new Team(1);
        var program = Program.Compile(Echo(B), team);
        program.Dispose();
        program.Dispose();
        Assert.Multiple(() =>
        {
            Assert.That(() => program.Run(0), Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => program.Input("x").Length, Throws.TypeOf<ObjectDisposedException>());
            Assert.That(() => program.Output("y").Length, Throws.TypeOf<ObjectDisposedException>());
        });
    }

    [Test]
    public void Arrays_of_a_disposed_state_show_no_memory()
    {
        var state = new TrainingState();
        var array = state.Normal("w", new Shape(B, K));
        state.Dispose();
        Assert.That(() => array.Values.Length, Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_disposed_team_refuses_work_instead_of_waiting_for_its_threads()
    {
        var team = new Team(2);
        using var program = Program.Compile(Echo(new Axis("B", 1 << 16)), team);
        program.Run(0);
        team.Dispose();
        var run = Task.Factory.StartNew(() => program.Run(1), TaskCreationOptions.LongRunning);
        Assert.That(() => run.Wait(TimeSpan.FromSeconds(5)), Throws.InnerException.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Buffers_beyond_all_memory_are_refused_when_compiled()
    {
        // Together a multiple of 2^32 numbers, so that a 32-bit sum would come out as 0.
        var g = new GraphBuilder();
        var shape = new Shape(new Axis("B", 1 << 30));
        for (var i = 0; i < 1 << 15; i++) g.Output($"y{i}", g.Input($"x{i}", shape));
        using var team = new Team(1);
        Assert.That(() => Program.Compile(g, team), Throws.TypeOf<OutOfMemoryException>());
    }

    [Test]
    public void Two_inputs_or_two_outputs_of_one_name_are_refused()
    {
        var inputs = new GraphBuilder();
        inputs.Output("y", inputs.Sum(inputs.Input("x", new Shape(B))) + inputs.Sum(inputs.Input("x", new Shape(K))));
        var outputs = Echo(B);
        outputs.Output("y", outputs.Constant(1f));
        using var team = new Team(1);
        Assert.Multiple(() =>
        {
            Assert.That(() => Program.Compile(inputs, team), Throws.ArgumentException.With.Message.Contains("x"));
            Assert.That(() => Program.Compile(outputs, team), Throws.ArgumentException.With.Message.Contains("y"));
        });
    }

    private static GraphBuilder Echo(Axis batch)
    {
        var g = new GraphBuilder();
        g.Output("y", g.Tanh(g.Input("x", new Shape(batch))));
        return g;
    }
}
