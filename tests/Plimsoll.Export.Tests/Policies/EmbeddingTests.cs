using System.Diagnostics;
using System.Globalization;
using Plimsoll.Data;
using Plimsoll.Export.Samples;
using Plimsoll.Export.Tests.Onnx;
using Plimsoll.Learning.Rollouts;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Export.Tests.Policies;

/// <summary>Policies in programs of others: the entry point, and examples/EmbedPolicy.</summary>
public sealed class EmbeddingTests
{
    private static string Text(IEnumerable<float> numbers) =>
        string.Join(' ', numbers.Select(number => number.ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>What the example senses and tells, by the actor itself.</summary>
    private static string[] Expected(string path)
    {
        using var file = Exported.Opened(path);
        using var team = new Team(1);
        using var actor = Actor.Compile(file.Policy, 1, team);
        var lines = new List<string>();
        actor.Begin(0, 7);
        for (var step = 0; step < 3; step++)
        {
            actor.Observations.Fill(0.1f * step);
            lines.Add($"step {step}: {Text(actor.Act().ToArray())}");
            actor.Told(0, 1f, 0f);
        }
        return [.. lines, lines[0].Replace("step 0", "row 99", StringComparison.Ordinal)];
    }

    [TestCase("dirac")]
    [TestCase("candidates-softmax")]
    [TestCase("cdt")]
    [TestCase("osrl-bounded")]
    public void The_example_acts_as_the_policy_one_by_one_and_in_a_batch(string kind)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        using var process = Process.Start(new ProcessStartInfo(
            "dotnet", [Path.Combine(AppContext.BaseDirectory, "EmbedPolicy.dll"), folder["policy"]])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var error = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.That(process.ExitCode, Is.Zero, error.Result);
        Assert.That(output.TrimEnd().Split('\n'), Is.EqualTo(Expected(folder["policy"])));
    }

    [Test]
    public void A_runner_says_what_its_policy_needs()
    {
        using var folder = new TemporaryFolder();
        foreach (var (kind, draws, remembers) in new[]
        {
            ("dirac", false, false), ("candidates", true, false), ("cdt", false, true),
        })
        {
            SamplePolicies.Save(kind, folder[kind]);
            using var runner = PolicyRunner.Open(folder[kind], rows: 2);
            Assert.That((runner.Draws, runner.Remembers, runner.Rows), Is.EqualTo((draws, remembers, 2)), kind);
            Assert.That(
                (runner.ObservationSize, runner.ActionSize),
                Is.EqualTo((SamplePolicies.ObservationSize, SamplePolicies.ActionSize)));
        }
    }

    [Test]
    public void Rows_and_threads_change_no_bit([Values("candidates-softmax", "cdt", "gaussian")] string kind)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        var (alone, among) = (Acts(rows: 1, threads: 1), Acts(rows: 9, threads: 2));
        Assert.That(among, Is.EqualTo(alone));

        // The last row of each.
        float[] Acts(int rows, int threads)
        {
            using var runner = PolicyRunner.Open(folder["policy"], rows, threads);
            var observations = new float[rows * runner.ObservationSize];
            var actions = new float[rows * runner.ActionSize];
            List<float> last = [];
            runner.Begin(rows - 1, 11);
            for (var step = 0; step < 4; step++)
            {
                observations.AsSpan(^runner.ObservationSize..).Fill(step);
                runner.Act(observations, actions);
                last.AddRange(actions[^runner.ActionSize..]);
                runner.Tell(rows - 1, 0.5f, 1f);
            }
            return [.. last];
        }
    }

    [Test]
    public void A_span_of_another_length_and_a_row_that_is_not_there_are_refused()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        using var runner = PolicyRunner.Open(folder["policy"]);
        Assert.Throws<ArgumentException>(() => runner.Act(new float[10], new float[3]));
        Assert.Throws<ArgumentException>(() => runner.Act(new float[11], new float[4]));
        Assert.Throws<ArgumentOutOfRangeException>(() => runner.Begin(1, 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => runner.Tell(-1, 0, 0));
    }

    [Test]
    public void A_runner_that_was_put_away_says_so_and_can_be_put_away_again()
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        var runner = PolicyRunner.Open(folder["policy"]);
        runner.Dispose();
        Assert.DoesNotThrow(runner.Dispose);
        Assert.Throws<ObjectDisposedException>(() => runner.Act(new float[11], new float[3]));
        Assert.Throws<ObjectDisposedException>(() => runner.Begin(0, 0));
        Assert.Throws<ObjectDisposedException>(() => runner.Tell(0, 0, 0));
    }

    [Test]
    public void Two_threads_on_one_runner_never_act_together()
    {
        const int rows = 400;
        using var folder = new TemporaryFolder();
        SamplePolicies.Save("dirac", folder["policy"]);
        using var runner = PolicyRunner.Open(folder["policy"], rows);
        float[][] observations = [Filled(0.25f), Filled(-0.5f)];
        var expected = observations.Select(Acted).ToArray();
        var refused = 0;
        using var barrier = new Barrier(2);
        var threads = Enumerable.Range(0, 2).Select(side => Task.Factory.StartNew(
            () =>
            {
                for (var round = 0; round < 100; round++)
                {
                    barrier.SignalAndWait();
                    try
                    {
                        Assert.That(Acted(observations[side]), Is.EqualTo(expected[side]));
                    }
                    catch (InvalidOperationException)
                    {
                        Interlocked.Increment(ref refused);
                    }
                }
            },
            TaskCreationOptions.LongRunning)).ToArray();
        Assert.DoesNotThrow(() => Task.WaitAll(threads));
        Assert.That(refused, Is.InRange(1, 100));

        float[] Filled(float number)
        {
            var filled = new float[rows * runner.ObservationSize];
            Array.Fill(filled, number);
            return filled;
        }

        float[] Acted(float[] seen)
        {
            var actions = new float[rows * runner.ActionSize];
            runner.Act(seen, actions);
            return actions;
        }
    }

    [Test]
    public void A_runner_for_each_thread_acts_as_if_it_were_alone([Values("candidates", "cdt")] string kind)
    {
        using var folder = new TemporaryFolder();
        SamplePolicies.Save(kind, folder["policy"]);
        var alone = Acted(0);
        var together = new float[8][];
        Parallel.For(0, together.Length, i => together[i] = Acted(i));
        Assert.That(together, Has.All.EqualTo(alone));

        float[] Acted(int _)
        {
            using var runner = PolicyRunner.Open(folder["policy"]);
            var (observation, action) = (new float[runner.ObservationSize], new float[runner.ActionSize]);
            List<float> all = [];
            runner.Begin(0, seed: 3);
            for (var step = 0; step < 5; step++)
            {
                Array.Fill(observation, 0.1f * step);
                runner.Act(observation, action);
                all.AddRange(action);
                runner.Tell(0, 1f, 0.5f);
            }
            return [.. all];
        }
    }

    [Test]
    public void What_is_no_policy_is_refused_in_words()
    {
        using var folder = new TemporaryFolder();
        new SafetensorsWriter().Add("x", [1], [1f]).Write(folder["other"]);
        Assert.That(
            () => PolicyRunner.Open(folder["other"]),
            Throws.TypeOf<InvalidDataException>().With.Message.Contains("are not those of one actor"));
    }
}
