using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Random;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>Where host and graph meet: numbers of the step, host functions, metrics, gathered rows.</summary>
public sealed unsafe class HostValueTests
{
    private const int TableRows = 50;

    [TestCase(1)]
    [TestCase(3)]
    public void A_number_of_the_step_is_asked_for_once_a_step(int threads)
    {
        var asked = new List<long>();
        var g = new GraphBuilder();
        var number = g.PerStep("number", step =>
        {
            asked.Add(step);
            return 10f * step;
        });
        g.Output("sum", number + number * 0.5f);
        using var team = new Team(threads);
        using var program = Program.Compile(g, team);
        program.Run(4, 3);
        Assert.That(asked, Is.EqualTo(new long[] { 4, 5, 6 }));
        Assert.That(program.Output("sum")[0], Is.EqualTo(90f));
    }

    [Test]
    public void A_host_function_gets_its_scalars_in_order_at_every_step()
    {
        var g = new GraphBuilder();
        var step = g.PerStep("step", s => s);
        g.Output("difference", g.ScalarFunction("difference", x => x[0] - 2 * x[1], step, g.Constant(3f)));
        using var team = new Team(2);
        using var program = Program.Compile(g, team);
        program.Run(10);
        Assert.That(program.Output("difference")[0], Is.EqualTo(4f));
        program.Run(11);
        Assert.That(program.Output("difference")[0], Is.EqualTo(5f));
    }

    [Test]
    public void No_gradient_flows_through_a_host_function()
    {
        using var state = new TrainingState();
        var g = new GraphBuilder();
        var w = g.Read(state.Add("w", Shape.Scalar));
        g.Output("gradient", g.Gradients(g.ScalarFunction("square", x => x[0] * x[0], w), w)[0]);
        Assert.That(Run(g, "gradient"), Is.EqualTo(new[] { 0f }));
    }

    [Test]
    public void A_metric_is_the_mean_over_the_steps_since_it_was_taken()
    {
        var g = new GraphBuilder();
        g.Record("step", g.PerStep("step", s => s));
        using var team = new Team(2);
        using var program = Program.Compile(g, team);
        Assert.That(program.TakeMean("step"), Is.Null, "before any step");
        program.Run(0, 10);
        Assert.Multiple(() =>
        {
            Assert.That(program.Metric("step"), Is.EqualTo(9f), "the last");
            Assert.That(program.TakeMean("step"), Is.EqualTo(4.5), "0 to 9");
            Assert.That(program.TakeMean("step"), Is.Null, "none since");
        });
        program.Run(10, 2);
        Assert.That(program.TakeMean("step"), Is.EqualTo(10.5));
        Assert.That(program.Accumulators.Select(a => a.Name), Is.EqualTo(new[] { "step" }));
    }

    [Test]
    public void Metric_means_are_summed_in_binary64()
    {
        // In binary32 the sum of 2^25 and ones would stand still.
        var g = new GraphBuilder();
        g.Record("value", g.PerStep("value", s => s == 0 ? 33554432f : 1f));
        using var team = new Team(1);
        using var program = Program.Compile(g, team);
        program.Run(0, 5);
        Assert.That(program.TakeMean("value"), Is.EqualTo((33554432.0 + 4) / 5));
    }

    [Test]
    public void A_metric_recorded_twice_is_refused()
    {
        var g = new GraphBuilder();
        g.Record("loss", g.Constant(1f));
        g.Record("loss", g.Constant(2f));
        using var team = new Team(1);
        Assert.That(
            () => Program.Compile(g, team),
            Throws.ArgumentException.With.Message.EqualTo("metric loss is recorded twice"));
    }

    [Test]
    public void Gathered_rows_are_those_of_the_stream_at_the_step_whatever_ran_before()
    {
        using var state = new TrainingState();
        var (wide, narrow) = Tables(state);
        var g = new GraphBuilder();
        var batch = new Axis("B", 33);
        var rows = g.Rows(Stream("rows"), batch, TableRows);
        g.Output("wide", g.Gather(wide, rows));
        g.Output("narrow", g.Gather(narrow, rows));
        using var team = new Team(2);
        using var program = Program.Compile(g, team);
        program.Run(0, 3);
        program.Run(41);
        for (var i = 0; i < batch.Size; i++)
        {
            var row = ReferencePhilox.Index(i, TableRows, Stream("rows"), 41);
            Assert.That(
                program.Output("wide").Slice(i * K.Size, K.Size).ToArray(),
                Is.EqualTo(Enumerable.Range(0, K.Size).Select(k => 100f * row + k)), $"row {i} of the batch");
            Assert.That(program.Output("narrow")[i], Is.EqualTo(-(float)row), "the same rows of every table");
        }
    }

    [Test]
    public void Row_numbers_stay_below_the_bound_and_reach_every_row()
    {
        using var state = new TrainingState();
        var (_, narrow) = Tables(state);
        var g = new GraphBuilder();
        g.Output("row", g.Gather(narrow, g.Rows(Stream("rows"), new Axis("B", 2000), TableRows)));
        var drawn = Run(g, "row").Distinct().Order().ToArray();
        Assert.That(drawn, Is.EqualTo(Enumerable.Range(0, TableRows).Select(r => -(float)r).Order()));
    }

    [Test]
    public void Reading_a_table_gives_all_its_rows()
    {
        using var state = new TrainingState();
        var (wide, _) = Tables(state);
        var g = new GraphBuilder();
        g.Output("all", g.Read(wide));
        Assert.That(Run(g, "all"), Is.EqualTo(state["wide"].Values.ToArray()));
    }

    /// <summary>Row r holds 100 r + k in column k, or -r.</summary>
    private static (Table Wide, Table Narrow) Tables(TrainingState state)
    {
        var rows = new Axis("N", TableRows);
        var (wide, narrow) = (state.Add("wide", new Shape(rows, K)), state.Add("narrow", new Shape(rows)));
        for (var i = 0; i < wide.Values.Length; i++) wide.Values[i] = 100 * (i / K.Size) + i % K.Size;
        for (var i = 0; i < TableRows; i++) narrow.Values[i] = -i;
        fixed (float* w = wide.Values, n = narrow.Values)
        {
            // State arrays lie in native memory: they do not move after this block.
            return (new Table("wide", w, TableRows, K), new Table("narrow", n, TableRows, null));
        }
    }
}
