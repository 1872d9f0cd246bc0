using FsCheck;
using FsCheck.Fluent;
using NUnit.Framework;
using Plimsoll.Learning.Training;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>A training run that is killed and continued ends in the bits of one that is not.</summary>
public sealed class ResumeTests
{
    private const long Steps = TrainingPrograms.LongestRun;
    private static readonly TrainingLength Length = new(Steps, 4);

    private ResumeBench bench = null!;

    [OneTimeSetUp]
    public void Collect() => bench = new ResumeBench();

    [OneTimeTearDown]
    public void Release() => bench.Dispose();

    private static IEnumerable<string> Names() => TrainingPrograms.Names;

    [TestCaseSource(nameof(Names))]
    public void A_run_killed_at_any_step_ends_as_one_that_was_not(string program)
    {
        var whole = bench.Finish(program, Length, null);
        Assert.Multiple(() =>
        {
            for (var step = 1L; step < Steps; step++)
            {
                var checkpoint = bench.Fresh();
                bench.KillAt(program, Length, checkpoint, step);
                var resumed = bench.Finish(program, Length, checkpoint);
                Assert.That(resumed.ResumedAt, Is.EqualTo(step));
                Assert.That(resumed, Is.EqualTo(whole with { ResumedAt = step, Problems = resumed.Problems }), $"step {step}");
                Assert.That(resumed.Problems, Is.Empty);
            }
        });
    }

    [TestCaseSource(nameof(Names))]
    public void A_run_killed_three_times_ends_as_one_that_was_not(string program)
    {
        var checkpoint = bench.Fresh();
        foreach (var step in new[] { 3L, 4, 9 }) bench.KillAt(program, Length, checkpoint, step);
        Same(bench.Finish(program, Length, checkpoint), bench.Finish(program, Length, null));
    }

    [Test]
    public void Guards_portions_and_kills_wherever_they_fall_change_no_bit()
    {
        var program = "safe adaptation";
        var gen =
            from guard in Gen.Choose(1, (int)Steps + 2)
            from portion in Gen.Choose(1, (int)Steps)
            from kills in Gen.Choose(1, (int)Steps - 1).ListOf(3)
            select (guard, portion, kills: kills.Distinct().Order().ToArray());
        Prop.ForAll(gen.ToArbitrary(), setting =>
        {
            var length = new TrainingLength(Steps, setting.guard);
            var checkpoint = bench.Fresh();
            foreach (var step in setting.kills) bench.KillAt(program, length, checkpoint, step);
            var resumed = bench.Finish(program, length, checkpoint, new Pace(setting.portion, step => step % 3 == 0));
            Same(resumed, bench.Finish(program, length, null));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(25));
    }

    [Test]
    public void A_cancelled_run_leaves_a_checkpoint_where_it_stopped()
    {
        var checkpoint = new CheckpointFile(bench.Fresh(), "counting");
        using var source = new CancellationTokenSource();
        var reports = new List<TrainingReport>();
        var pace = new Pace(1, step =>
        {
            if (step == 57) source.Cancel();
            return false;
        });
        var length = new TrainingLength(100, 25);
        using var first = new Counting();
        var outcome = TrainingLoop.Run(first, length, new(checkpoint, pace, reports.Add, Fail, source.Token));
        Assert.That(outcome, Is.InstanceOf<TrainingOutcome.Cancelled>());
        Assert.That(reports[^1], Is.EqualTo(reports[^1] with { Step = 57, SavedAt = 57, ResumedAt = null }));

        reports.Clear();
        using var second = new Counting();
        TrainingLoop.Run(second, length, new(checkpoint, new Pace(1, _ => false), reports.Add, Fail, default));
        Assert.That(reports.Select(r => (r.Step, r.ResumedAt, r.SavedAt)), Is.EqualTo(new (long, long?, long?)[]
        {
            (57, 57, 57), (75, 57, 57), (100, 57, 57),
        }));
        Assert.That(second.Advanced, Is.EqualTo(43), "steps that were not repeated");
    }

    [Test]
    public void Cancelling_before_the_first_step_leaves_no_checkpoint()
    {
        var path = bench.Fresh();
        using var training = new Counting();
        var outcome = TrainingLoop.Run(
            training, new(10, 5),
            new(new CheckpointFile(path, ""), new Pace(1, _ => true), _ => { }, Fail, new CancellationToken(true)));
        Assert.That(outcome, Is.InstanceOf<TrainingOutcome.Cancelled>());
        Assert.That(File.Exists(path), Is.False);
    }

    [Test]
    public void A_run_that_diverges_after_a_kill_diverges_at_the_same_guard()
    {
        TrainingOutcome Run(CheckpointFile? checkpoint, Func<long, bool> isDue, Action<TrainingReport> report)
        {
            using var training = new Counting { BreaksAt = 7 };
            return TrainingLoop.Run(training, new(20, 5), new(checkpoint, new Pace(1, isDue), report, Fail, default));
        }
        var whole = (TrainingOutcome.Diverged)Run(null, _ => false, _ => { });
        // At step 8 the state is broken already and no guard has seen it.
        var file = new CheckpointFile(bench.Fresh(), "");
        Assert.Throws<OperationCanceledException>(() => Run(file, step => step == 8, report =>
        {
            if (report.SavedAt == 8) throw new OperationCanceledException();
        }));
        var resumed = (TrainingOutcome.Diverged)Run(file, _ => false, _ => { });
        Assert.That((resumed.Step, resumed.What), Is.EqualTo((whole.Step, whole.What)));
        Assert.That(whole.Step, Is.EqualTo(10));
        Assert.That(resumed.Trail.Text(), Is.EqualTo(whole.Trail.Text()));
    }

    private static void Same(ResumeBench.End actual, ResumeBench.End expected)
    {
        Assert.That(actual.State, Is.EqualTo(expected.State));
        Assert.That(actual.Curves, Is.EqualTo(expected.Curves));
        Assert.That(actual.Trail, Is.EqualTo(expected.Trail));
    }

    private static void Fail(CheckpointProblem problem) => Assert.Fail(problem.ToString());
}
