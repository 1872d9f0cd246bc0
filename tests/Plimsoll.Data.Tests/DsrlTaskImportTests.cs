namespace Plimsoll.Data.Tests;

/// <summary>Import of data whose task is in DSRL's table, and what scores are then normalised with.</summary>
public sealed class DsrlTaskImportTests
{
    private static readonly DsrlTask CarRun = DsrlTasks.ByName("CarRun")!;

    /// <summary>Episodes of two steps with CarRun's sizes.</summary>
    private static Dataset Episodes(int observationSize, params (float Return, float Cost)[] scores)
    {
        var builder = new DatasetBuilder(observationSize, 2);
        var (observation, next) = (new float[observationSize], new float[observationSize]);
        foreach (var (reward, cost) in scores)
        {
            builder.BeginTrajectory();
            builder.Add(observation, [0.5f, 0], reward / 2, cost, next);
            builder.Add(next, [0, -0.5f], reward / 2, 0, observation).End(terminated: false);
        }

        return builder.Build(new DatasetMetadata("CarRun", 200));
    }

    private static string Written(TemporaryFolder folder, Dataset dataset)
    {
        using (dataset)
        {
            Assert.That(NpzExport.Write(dataset, folder["x.npz"]), Is.InstanceOf<ExportOutcome.Exported>());
        }

        return folder["x.npz"];
    }

    private static IReadOnlyList<DatasetProblem> Rejected(ImportOutcome outcome)
    {
        Assert.That(outcome, Is.InstanceOf<ImportOutcome.Rejected>());
        return ((ImportOutcome.Rejected)outcome).Problems;
    }

    [TestCase("CarRun")]
    [TestCase("OfflineCarRun-v0")]
    public void The_range_and_the_horizon_come_from_the_table_and_stay_with_every_part(string name)
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Episodes(7, (210, 1), (300, 0), (574, 1)));
        var (dataset, warnings) = DsrlRoundTripTests.Imported(DsrlImport.Read(path, new DsrlImportOptions(name)));
        using (dataset)
        using (var part = dataset.Select([1]))
        {
            var facts = NormalisationFacts.Of(part);
            Assert.Multiple(() =>
            {
                Assert.That((facts.ReturnMin, facts.ReturnMax), Is.EqualTo((CarRun.ReturnMin, CarRun.ReturnMax)));
                Assert.That((facts.CostMin, facts.CostMax), Is.EqualTo((0, 0)));
                Assert.That(NormalisationFacts.Extremes(part).ReturnMin, Is.EqualTo(300));
                Assert.That(dataset.Metadata.Horizon, Is.EqualTo(200));
                Assert.That(dataset.Metadata.Facts[ReturnRange.FromFact], Is.EqualTo("DSRL's table"));
                Assert.That(
                    warnings, Has.Some.EqualTo(new DatasetProblem.OtherTrajectoryCount(path, 3, CarRun)));
                Assert.That(warnings, Has.None.InstanceOf<DatasetProblem.OutsideTaskRange>());
            });
            dataset.Save(folder["x.safetensors"]);
        }

        using var again = Dataset.Open(folder["x.safetensors"]);
        Assert.That(NormalisationFacts.Of(again).ReturnMax, Is.EqualTo(CarRun.ReturnMax));
    }

    [Test]
    public void Data_of_no_table_normalise_by_their_own_extremes()
    {
        using var dataset = Episodes(7, (210, 1), (300, 0));
        Assert.That(NormalisationFacts.Of(dataset), Is.EqualTo(new NormalisationFacts(210, 300, 0, 1)));
    }

    [Test]
    public void A_range_in_the_file_goes_before_the_table()
    {
        using var folder = new TemporaryFolder();
        using var own = Episodes(7, (210, 1), (300, 0));
        var facts = new ReturnRange(-1.25, 1e9 + 0.1, "here").Facts;
        using var marked = new Dataset(own.Columns, own.Trajectories, own.Metadata.With(facts), null);
        NpzExport.Write(marked, folder["x"]);
        var (dataset, _) =
            DsrlRoundTripTests.Imported(DsrlImport.Read(folder["x"], new DsrlImportOptions("CarRun")));
        using (dataset)
        {
            Assert.That(ReturnRange.In(dataset.Metadata.Facts), Is.EqualTo(new ReturnRange(-1.25, 1e9 + 0.1, "here")));
        }
    }

    [TestCase("3", "2")]
    [TestCase("a", "2")]
    [TestCase("0", "infinity")]
    [TestCase("0", null)]
    public void A_recorded_range_that_is_none_is_an_error(string least, string? most)
    {
        using var folder = new TemporaryFolder();
        using var own = Episodes(7, (210, 1), (300, 0));
        var metadata = own.Metadata.With(KeyValuePair.Create(ReturnRange.LeastFact, least));
        metadata = most is null ? metadata : metadata.With(KeyValuePair.Create(ReturnRange.MostFact, most));
        using var marked = new Dataset(own.Columns, own.Trajectories, metadata, null);
        NpzExport.Write(marked, folder["x"]);
        Assert.That(
            Rejected(DsrlImport.Read(folder["x"], new DsrlImportOptions("CarRun") { Name = "toy" }))[0],
            Is.EqualTo(new DatasetProblem.BadReturnRange("toy", least, most ?? "")));
    }

    [Test]
    public void Other_sizes_and_another_horizon_are_errors()
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Episodes(8, (210, 1), (300, 0)));
        var options = new DsrlImportOptions("CarRun") { Name = "x", Horizon = 100 };
        Assert.That(
            Rejected(DsrlImport.Read(path, options)).Where(problem => problem.Severity == Severity.Error),
            Is.EqualTo(new DatasetProblem[]
            {
                new DatasetProblem.OtherTaskSize("x", "observations", 8, 7, CarRun),
                new DatasetProblem.OtherTaskHorizon("x", 100, CarRun),
            }));
    }

    [Test]
    public void Counts_returns_and_costs_that_differ_are_warnings_that_say_what_was_expected()
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Episodes(7, (100, 1), (300, 50)));
        var (dataset, warnings) = DsrlRoundTripTests.Imported(
            DsrlImport.Read(path, new DsrlImportOptions("CarRun") { Name = "x" }));
        dataset.Dispose();
        Assert.That(warnings.Select(DatasetProblemText.Message), Has.Some.EqualTo("""
            warning: 2 episodes, and DSRL's file has 651
              where: x
              why: SafetyCarRun-v0-40-651.hdf5 is the data of CarRun that published scores are of
              remedy: nothing to do for a part of it or for other data of that task
            """).And.Some.EqualTo("""
            warning: returns of episodes lie outside DSRL's range 204.287 to 574.653
              where: x: 100 to 300
              why: scores in CarRun are normalised with DSRL's range, so some are below 0 or above 1
              remedy: nothing to do for other data of that task; otherwise compare the file with its source
            """).And.Some.EqualTo("""
            warning: costs of episodes lie outside DSRL's range 0 to 40
              where: x: 1 to 50
              why: SafetyCarRun-v0-40-651.hdf5 has no such costs
              remedy: nothing to do for other data of that task; otherwise compare the file with its source
            """));
    }

    [Test]
    public void A_missing_file_is_named_with_its_arrays_and_its_place() => Assert.That(
        Rejected(DsrlImport.Read("data/x.hdf5", new DsrlImportOptions("CarRun") { Name = "CarRun" }))
            .Select(DatasetProblemText.Message),
        Is.EqualTo(new[] { """
            error: the data of the task CarRun are not here
              where: data/x.hdf5
              why: nothing is ever downloaded, and this file is part of the DSRL collection (Liu et al. 2024; data under CC BY 4.0)
              remedy: obtain DSRL's file SafetyCarRun-v0-40-651.hdf5 and put it at that path, or give the path where it lies. It holds 651 episodes of at most 200 steps: observations and next_observations [N, 7], actions [N, 2], rewards, costs, terminals and timeouts [N]
            """ }));
}
