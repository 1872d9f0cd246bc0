using NUnit.Framework;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>A step of a training traced: from the start or from a checkpoint, on any number of threads.</summary>
public sealed class TracedStepTests
{
    private static readonly TrainingLength Length = new(TrainingPrograms.LongestRun, 4);

    private ResumeBench bench = null!;

    [OneTimeSetUp]
    public void Open() => bench = new ResumeBench();

    [OneTimeTearDown]
    public void Close() => bench.Dispose();

    [TestCaseSource(nameof(Names))]
    public void A_step_has_one_trace_from_the_start_from_a_checkpoint_and_on_three_threads(string name)
    {
        const int step = 7;
        var expected = bench.Trace(name, Length, null, step);
        var checkpoint = bench.Fresh();
        bench.KillAt(name, Length, checkpoint, 5);
        Assert.Multiple(() =>
        {
            Assert.That(expected, Is.Not.Empty);
            Assert.That(expected[0].Entries, Has.Count.GreaterThan(20));
            Assert.That(StepTrace.FirstDifference(expected, bench.Trace(name, Length, checkpoint, step))?.Text,
                Is.Null);
            Assert.That(StepTrace.FirstDifference(expected,
                bench.Trace(name, Length, null, step, threads: 3))?.Text, Is.Null);
            Assert.That(
                StepTrace.FirstDifference(expected, bench.Trace(name, Length, null, step + 1)),
                Is.EqualTo(new TraceDifference.OtherStep(step, step + 1)));
        });
    }

    [TestCaseSource(nameof(Names))]
    public void A_flipped_bit_of_the_state_is_named_by_what_reads_it(string name)
    {
        string flipped = "";
        void Flip(ITraining training)
        {
            var array = training.Carried.State.Arrays.First(a => a.Name.EndsWith("weight", StringComparison.Ordinal));
            ref var value = ref array.Values[0];
            value = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(value) ^ 1);
            flipped = array.Name;
        }
        var found = StepTrace.FirstDifference(
            bench.Trace(name, Length, null, 0), bench.Trace(name, Length, null, 0, spoil: Flip));
        Assert.That(found, Is.InstanceOf<TraceDifference.OtherBits>());
        Assert.That(((TraceDifference.OtherBits)found!).Entry.Operation, Is.EqualTo($"read {flipped}"));
    }

    [TestCaseSource(nameof(Names))]
    public void Tracing_steps_ends_in_the_state_of_advancing(string name)
    {
        ulong End(Action<ITraining, long> go) => bench.StateAfter(name, training =>
        {
            for (var step = 0; step < 3; step++) go(training, step);
        });
        Assert.That(End((t, step) => t.Trace(step)), Is.EqualTo(End((t, step) => t.Advance(step, 1))));
    }

    [Test]
    public void A_checkpoint_past_the_step_and_a_step_past_the_end_are_refused()
    {
        const string name = "behaviour cloning";
        var checkpoint = bench.Fresh();
        bench.KillAt(name, Length, checkpoint, 5);
        Assert.Multiple(() =>
        {
            Assert.That(() => bench.Trace(name, Length, checkpoint, 4), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => bench.Trace(name, Length, checkpoint, 5), Throws.Nothing);
            Assert.That(() => bench.Trace(name, Length, null, Length.Steps),
                Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    private static IEnumerable<string> Names() => TrainingPrograms.Names;
}
