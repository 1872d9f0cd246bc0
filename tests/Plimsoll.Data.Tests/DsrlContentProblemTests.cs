namespace Plimsoll.Data.Tests;

/// <summary>
/// Problems of arrays, values and trajectories: each one caused, and its whole message compared.
/// </summary>
public sealed class DsrlContentProblemTests
{
    private const string Layout =
        "observations, next_observations, actions, rewards, costs, terminals and timeouts, all at the root";

    private static readonly float Infinity = float.PositiveInfinity;

    private Hdf5Process process = null!;

    [OneTimeSetUp]
    public void StartReader()
    {
        Needs.Hdf5();
        process = new Hdf5Process(Hdf5Library.TryLoad(null, out _)!);
    }

    [OneTimeTearDown]
    public void StopReader() => process?.Dispose();

    [Test]
    public void Missing_keys_are_listed_at_once() => AssertRejected(
        new DsrlSample().Without("costs", "timeouts"), $"""
        error: 2 arrays missing: costs, timeouts
          where: toy.hdf5; it holds actions, next_observations, observations, rewards, terminals
          why: DSRL's layout has {Layout}
          remedy: write the missing arrays, or rename those that are there under other names
        """);

    [Test]
    public void A_file_without_arrays_says_so() => AssertRejected(
        new DsrlSample().Without(
            "observations", "next_observations", "actions", "rewards", "costs", "terminals", "timeouts"), $"""
        error: 7 arrays missing: observations, next_observations, actions, rewards, costs, terminals, timeouts
          where: toy.hdf5; it holds nothing
          why: DSRL's layout has {Layout}
          remedy: write the missing arrays, or rename those that are there under other names
        """);

    [Test]
    public void Wrong_ranks_are_listed_with_what_was_expected() => AssertRejected(
        new DsrlSample().With("observations", [5], 1, 2, 3, 4, 5).With("rewards", [5, 2], new float[10]), """
        error: `observations` has the shape [5], not [N, S]
          where: toy.hdf5, observations
          why: N counts transitions, S the numbers of an observation, A those of an action
          remedy: write one row per transition, flattened to that shape
        error: `rewards` has the shape [5, 2], not [N] or [N, 1]
          where: toy.hdf5, rewards
          why: N counts transitions, S the numbers of an observation, A those of an action
          remedy: write one row per transition, flattened to that shape
        """);

    [Test]
    public void Inconsistent_lengths_are_named() => AssertRejected(
        new DsrlSample().With("rewards", [4], 1, 2, 3, 4), """
        error: `rewards` has 4 rows and `observations` has 5
          where: toy.hdf5, rewards
          why: row i of every array is the same transition
          remedy: write all arrays from the same transitions
        """);

    [Test]
    public void Inconsistent_widths_are_named() => AssertRejected(
        new DsrlSample().With("next_observations", [5, 1], 1, 2, 3, 4, 5), """
        error: `next_observations` has 1 columns and `observations` has 2
          where: toy.hdf5, next_observations
          why: both hold observations of the same environment
          remedy: write both with the same columns
        """);

    [Test]
    public void NaN_and_infinity_are_placed() => AssertRejected(
        new DsrlSample().With("observations", 0, 1, 1, float.NaN, Infinity, 3, 10, 11, 11, 12)
            .With("costs", 0, 1, 0, 0, -Infinity), """
        error: `observations` holds 2 values that are not finite
          where: toy.hdf5, observations, row 1, column 1: NaN is the first
          why: one such value makes every loss that sees it NaN; a 64-bit value beyond 3.4e38 reads as infinity
          remedy: find where it comes from and drop the episodes that hold it
        error: `costs` holds 1 value that is not finite
          where: toy.hdf5, costs, row 4: -infinity
          why: one such value makes every loss that sees it NaN; a 64-bit value beyond 3.4e38 reads as infinity
          remedy: find where it comes from and drop the episodes that hold it
        """, errorsOnly: true);

    [Test]
    public void Negative_costs_are_errors() => AssertRejected(
        new DsrlSample().With("costs", 0, -0.5f, 0, 1, -2), """
        error: 2 costs are negative
          where: toy.hdf5, costs, row 1: -0.5 is the first
          why: a negative cost would pay for violations elsewhere in the episode; cost limits assume none
          remedy: write costs from 0; a quantity that may be negative belongs to the reward
        """);

    [Test]
    public void End_markers_are_0_or_1() => AssertRejected(
        new DsrlSample().With("terminals", 0, 0, 2, 0, 0).With("timeouts", 0, 0, 0, 0, float.NaN), """
        error: `terminals` holds 1 value other than 0 and 1
          where: toy.hdf5, terminals, row 2: 2
          why: end markers say where episodes end
          remedy: write booleans, or 0 and 1
        error: `timeouts` holds 1 value other than 0 and 1
          where: toy.hdf5, timeouts, row 4: NaN
          why: end markers say where episodes end
          remedy: write booleans, or 0 and 1
        """);

    [Test]
    public void A_file_in_which_no_episode_ends_is_rejected() => AssertRejected(
        new DsrlSample().With("terminals", 0, 0, 0, 0, 0).With("timeouts", 0, 0, 0, 0, 0), """
        error: no episode ends
          where: toy.hdf5, terminals and timeouts: all 0 in 5 rows
          why: returns and costs are sums over whole episodes
          remedy: set terminals to 1 where an episode reached an end, timeouts to 1 where a time limit cut it
        """);

    [Test]
    public void One_trajectory_is_an_error_unless_allowed()
    {
        var sample = new DsrlSample().With("terminals", 0, 0, 0, 0, 0)
            .With("next_observations", 1, 2, 2, 3, 10, 11, 11, 12, 12, 13);
        AssertRejected(sample, """
            error: there is one episode only
              where: toy.hdf5, rows 0 to 4
              why: scores cannot be normalised by one return, nor can episodes be chosen by cost
              remedy: collect more episodes, or allow one: `one-trajectory: allow` in an experiment, --allow-one-trajectory for inspection
            """);
        AssertWarned(sample, """
            warning: there is one episode only
              where: toy.hdf5, rows 0 to 4
              why: scores cannot be normalised by one return, nor can episodes be chosen by cost
              remedy: collect more episodes
            """, options => options with { AllowOneTrajectory = true });
    }

    [Test]
    public void Episodes_of_one_length_that_end_with_terminals_need_an_answer()
    {
        var sample = new DsrlSample().With("observations", [4, 2], 0, 1, 1, 2, 10, 11, 11, 12)
            .With("next_observations", [4, 2], 1, 2, 2, 3, 11, 12, 12, 13)
            .With("actions", [4, 1], 0, 0, 0, 0).With("rewards", [4], 0, 0, 0, 0)
            .With("costs", [4], 0, 0, 0, 0)
            .With("terminals", [4], 0, 1, 0, 1).With("timeouts", [4], 0, 0, 0, 0);
        AssertRejected(sample, """
            error: all 2 episodes have 2 steps and end with `terminals`
              where: toy.hdf5, terminals: first at row 1
              why: that looks like a time limit written as a terminal; values are cut at terminals, not at time limits
              remedy: say which: pass the end markers as `terminals` if nothing can follow the last step, as `time-limits` if the episode was only stopped
            """);
        AssertWarned(sample, "", options => options with { EndMarkers = EndMarkers.Terminals });
        AssertWarned(sample, "", options => options with { EndMarkers = EndMarkers.TimeLimits });
    }

    [Test]
    public void An_episode_longer_than_the_horizon_is_rejected() => AssertRejected(
        new DsrlSample(), """
        error: an episode has 3 steps and the horizon is 2
          where: toy.hdf5, from row 0
          why: no episode is longer than the horizon
          remedy: give the horizon of the task, or check the end markers
        """, options => options with { Horizon = 2 });

    [Test]
    public void An_unfinished_tail_is_dropped_and_not_judged() => AssertWarned(
        new DsrlSample().With("timeouts", 0, 0, 0, 1, 0).With("rewards", 1, 2, 3, 4, float.NaN)
            .With("costs", 0, 1, 0, 0, -7), """
        warning: the last 1 row ends no episode and is dropped
          where: toy.hdf5, from row 4
          why: the rest of that episode is missing, so its return and cost are unknown
          remedy: nothing to do; mark its end in timeouts if it was complete
        """, rows: 4);

    [Test]
    public void Constant_columns_are_listed() => AssertWarned(
        new DsrlSample().With("observations", 0, 7, 1, 7, 2, 7, 10, 7, 11, 7)
            .With("next_observations", 1, 7, 2, 7, 3, 7, 11, 7, 12, 7), """
        warning: 1 column of `observations` never changes
          where: toy.hdf5, observations, column 1 (always 7)
          why: it carries no information, and a policy sees values there that no data covers if it ever changes
          remedy: nothing to do if that is so by design; otherwise check the program that wrote it
        """);

    [Test]
    public void Actions_outside_their_range_are_counted() => AssertWarned(
        new DsrlSample().With("actions", 0, 1.5f, -0.5f, -2, -1), """
        warning: 2 values of `actions` lie outside [-1, 1]
          where: toy.hdf5, actions, row 1, column 0: 1.5 is the first
          why: policies give actions in [-1, 1] and cannot imitate these
          remedy: scale actions to [-1, 1], and the environment back
        """);

    [Test]
    public void Costs_that_are_not_0_or_1_are_counted() => AssertWarned(
        new DsrlSample().With("costs", 0, 1, 0.25f, 0, 3), """
        warning: 2 costs are neither 0 nor 1
          where: toy.hdf5, costs, row 2: 0.25 is the first; the largest is 3
          why: the benchmarks count violations, so their usual cost limits mean something else here
          remedy: set cost limits in this data's own unit of cost per episode
        """);

    [Test]
    public void Successions_that_do_not_fit_are_counted() => AssertWarned(
        new DsrlSample().With("next_observations", 1, 2, 2, 3.5f, 99, 99, 11, 12, 99, 99), """
        warning: 1 row of `next_observations` differs from the `observations` that follow
          where: toy.hdf5, next_observations, row 1, column 1 against observations, row 2; the largest difference is 0.5
          why: inside an episode they are the same observation; noise or a shift by one row breaks value learning
          remedy: check the order of rows and the end markers; noise that was added on purpose is fine
        """);

    [Test]
    public void Errors_come_first_and_all_at_once()
    {
        using var folder = new TemporaryFolder();
        var path = new DsrlSample().With("actions", 0, 2, 0, 0, 0).With("costs", 0, 0.5f, 0, 0, -1)
            .With("rewards", 0, 0, 0, 0, float.NaN).Write(folder["x"]);
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(path, new DsrlImportOptions("Toy"));
        Assert.That(rejected.Problems.Select(problem => problem.GetType()), Is.EqualTo(new[]
        {
            typeof(DatasetProblem.NotFinite), typeof(DatasetProblem.NegativeCosts),
            typeof(DatasetProblem.ActionsOutOfRange), typeof(DatasetProblem.CostsNotBinary),
        }));
    }

    [Test]
    public void A_usable_dataset_can_be_inspected_again()
    {
        using var dataset = Samples.Builder([2, 3], (_, _) => 0.5f).Build(Samples.Metadata);
        Assert.That(DatasetChecks.Inspect(dataset, "toy"), Is.EqualTo(new[]
        {
            new DatasetProblem.CostsNotBinary("toy", 0, 0.5f, 5, 0.5f),
        }));
    }

    private static DsrlImportOptions Options { get; } = new("Toy") { Name = "toy.hdf5" };

    private void AssertRejected(
        DsrlSample sample, string expected, Func<DsrlImportOptions, DsrlImportOptions>? change = null,
        bool errorsOnly = false)
    {
        using var folder = new TemporaryFolder();
        var outcome = DsrlImport.Read(sample.Write(folder["x"]), change?.Invoke(Options) ?? Options, process);
        Assert.That(outcome, Is.InstanceOf<ImportOutcome.Rejected>());
        var problems = ((ImportOutcome.Rejected)outcome).Problems
            .Where(problem => !errorsOnly || problem.Severity == Severity.Error);
        Assert.That(Messages(problems), Is.EqualTo(expected));
    }

    private void AssertWarned(
        DsrlSample sample, string expected, Func<DsrlImportOptions, DsrlImportOptions>? change = null,
        int? rows = null)
    {
        using var folder = new TemporaryFolder();
        var outcome = DsrlImport.Read(sample.Write(folder["x"]), change?.Invoke(Options) ?? Options, process);
        var (dataset, warnings) = DsrlRoundTripTests.Imported(outcome);
        using (dataset)
        {
            Assert.That(Messages(warnings), Is.EqualTo(expected));
            Assert.That(dataset.Count, Is.EqualTo(rows ?? dataset.Count));
        }
    }

    private static string Messages(IEnumerable<DatasetProblem> problems) =>
        string.Join("\n", problems.Select(DatasetProblemText.Message));
}
