using NUnit.Framework;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Runtime;
using Plimsoll.Numerics.State;
using static Plimsoll.Numerics.Tests.Graph.Graphs;

namespace Plimsoll.Numerics.Tests.Graph;

/// <summary>One changed bit is found at the operation where it came in.</summary>
public sealed class StepTraceTests
{
    private const int Step = 3;
    private static readonly Axis Out = new("O", 4);

    [Test]
    public void Two_runs_of_one_program_have_equal_traces() =>
        Assert.That(StepTrace.FirstDifference(Traced(), Traced()), Is.Null);

    [Test]
    public void Two_and_three_threads_have_the_trace_of_one()
    {
        var one = Traced();
        Assert.Multiple(() =>
        {
            Assert.That(StepTrace.FirstDifference(one, Traced(threads: 2)), Is.Null);
            Assert.That(StepTrace.FirstDifference(one, Traced(threads: 3)), Is.Null);
        });
    }

    [TestCase("w")]
    [TestCase("bias")]
    public void A_bit_flipped_in_a_parameter_is_named_by_its_read(string name)
    {
        var found = Difference(Traced(), Traced(flips: name));
        Assert.Multiple(() =>
        {
            Assert.That(found.Entry.Operation, Is.EqualTo($"read {name}"));
            Assert.That(found.Inputs, Is.Empty);
        });
    }

    [Test]
    public void A_bit_flipped_in_a_moment_is_named_as_state_that_differs_before_the_step()
    {
        // Adam alone reads its moments: without an entry of their own its update would be blamed.
        var found = Difference(Traced(), Traced(flips: "adam/m/bias"));
        Assert.That(found.Entry.Operation, Is.EqualTo("state adam/m/bias"));
        Assert.That(found.Text, Does.StartWith("state adam/m/bias"));
    }

    [Test]
    public void A_bit_flipped_by_an_operation_is_named_with_its_node_and_equal_inputs()
    {
        var found = Difference(Traced(warmUp: 0), Traced(warmUp: 0, factor: MathF.BitIncrement(0.5f)));
        Assert.Multiple(() =>
        {
            Assert.That(found.Entry.Operation, Is.EqualTo("factor"));
            Assert.That(found.Inputs.Select(i => i!.Operation), Is.EqualTo(new[] { "SumAll" }));
            Assert.That(
                found.Text, Does.StartWith($"%{found.Entry.Node} factor [] is the first to differ, from equal %"));
        });
    }

    [Test]
    public void A_bit_flipped_in_the_data_is_named_by_the_gather()
    {
        var found = Difference(Traced(), Traced(flips: "table"));
        Assert.That(found.Entry.Operation, Is.EqualTo("gather table"));
    }

    [Test]
    public void Another_step_and_another_program_are_told_apart_from_other_bits()
    {
        Assert.That(
            StepTrace.FirstDifference(Traced(), Traced(step: Step + 1)),
                Is.EqualTo(new TraceDifference.OtherStep(Step, Step + 1)));
        var found = StepTrace.FirstDifference(Traced(), Traced(longer: true));
        Assert.That(found, Is.InstanceOf<TraceDifference.OtherProgram>());
        Assert.That(found!.Text, Does.StartWith("the programs differ: "));
    }

    [Test]
    public void A_trace_reads_back_from_its_text()
    {
        var trace = Traced();
        var read = StepTrace.Parse(trace.Text());
        Assert.That(read, Is.Not.Null);
        Assert.Multiple(() =>
        {
            Assert.That(StepTrace.FirstDifference(trace, read!), Is.Null);
            Assert.That(read!.Text(), Is.EqualTo(trace.Text()));
        });
    }

    [Test]
    public void A_text_that_is_no_trace_is_refused()
    {
        var text = Traced().Text();
        Assert.Multiple(() =>
        {
            foreach (var cut in new[] { 0, 5, 20, 60,
                text.Length - 1 }) Assert.That(StepTrace.Parse(text[..cut]), Is.Null, $"{cut}");
            Assert.That(StepTrace.Parse("plimsoll trace 1\tstep x\n"), Is.Null);
            Assert.That(StepTrace.Parse("plimsoll trace 1\tstep 1\n1\t00\ta\t[]\t\n"), Is.Null);
        });
    }

    [Test]
    public void Tracing_a_step_leaves_the_state_of_running_it()
    {
        using var traced = new Bench(1, 0.5f, false);
        using var run = new Bench(1, 0.5f, false);
        traced.Program.Trace(Step);
        run.Program.Run(Step);
        foreach (var (a, b) in traced.State.Arrays.Zip(run.State.Arrays))
            Assert.That(Bits(a.Values), Is.EqualTo(Bits(b.Values)), a.Name);
    }

    [Test]
    public void Every_instruction_names_the_arrays_of_the_state_that_it_changes()
    {
        using var bench = new Bench(1, 0.5f, false);
        var before = bench.State.Arrays.ToDictionary(a => a.Name, a => Bits(a.Values));
        var changes = 0;
        bench.Program.RunObserved(Step, node =>
        {
            var changed = bench.State.Arrays.Where(a =>
                !Bits(a.Values).SequenceEqual(before[a.Name])).Select(a => a.Name).ToList();
            Assert.That(changed, Is.SubsetOf(node.Operation.Updates.Select(a => a.Name)), node.ToString());
            foreach (var name in changed) before[name] = Bits(bench.State[name].Values);
            changes += changed.Count;
        });
        // Three for each of Adam's two, one each for SGD and Polyak.
        Assert.That(changes, Is.EqualTo(2 * 3 + 1 + 1));
    }

    private static TraceDifference.OtherBits Difference(StepTrace first, StepTrace second)
    {
        var found = StepTrace.FirstDifference(first, second);
        Assert.That(found, Is.InstanceOf<TraceDifference.OtherBits>(), found?.Text ?? "no difference");
        return (TraceDifference.OtherBits)found!;
    }

    /// <summary>The trace of a step, before which the lowest bit of one number of an array is flipped.</summary>
    private static StepTrace Traced(
        int threads = 1, string? flips = null, float factor = 0.5f, bool longer = false, long step = Step,
        long warmUp = Step)
    {
        using var bench = new Bench(threads, factor, longer);
        // Some steps first: the lowest bit of a moment that is still zero would be lost in the sum.
        bench.Program.Run(0, warmUp);
        // All rows of the table hold the flip: which ones are drawn does not matter.
        if (flips is not null)
        {
            foreach (ref var value in bench.State[flips].Values)
            {
                value = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ 1);
                if (flips != "table") break;
            }
        }
        return bench.Program.Trace(step);
    }

    private sealed class Bench : IDisposable
    {
        private readonly Team team;

        internal unsafe Bench(int threads, float factor, bool longer)
        {
            var table = State.Normal("table", new Shape(new Axis("N", 50), K));
            var (w, bias) = (State.Normal("w", new Shape(K, Out)), State.Normal("bias", new Shape(Out)));
            var (target, scale) = (State.Normal("target", w.Shape), State.Normal("scale", Shape.Scalar));
            var adam = new AdamOptimiser(State, "adam", [w, bias]);
            var g = new GraphBuilder();
            Node x;
            fixed (float* values = table.Values)
                x = g.Gather(new Table("table", values, 50, K), g.Rows(Stream("rows"), B, 50));
            var hidden = g.Linear(x, g.Read(w), g.Read(bias), Activation.Relu);
            var loss = g.Mean(g.Square(g.Reshape(hidden, new Shape(new Axis("F", B.Size * Out.Size)))));
            var factorNode = g.ScalarFunction("factor", s => s[0] * factor, g.Sum(hidden));
            g.Record("loss", loss);
            g.Adam(adam, g.Gradients(loss, g.Read(w), g.Read(bias)), g.Constant(1e-2f), factorNode);
            g.Polyak([target], [w], 0.1f);
            g.Sgd([scale], [g.Constant(1f)], factorNode);
            if (longer) g.Output("more", g.Read(scale));
            team = new Team(threads);
            Program = Program.Compile(g, team);
        }

        internal TrainingState State { get; } = new();

        internal Program Program { get; }

        public void Dispose()
        {
            Program.Dispose();
            team.Dispose();
            State.Dispose();
        }
    }
}
