namespace Plimsoll.Data.Tests;

/// <summary>What a file records of its task against what is asked for, in every format.</summary>
public sealed class RecordedTaskTests
{
    private static readonly DsrlTask CarRun = DsrlTasks.ByName("CarRun")!;

    private static Dataset Toy() => Samples.Dataset(3, 2);

    /// <summary>Episodes of one step with CarRun's sizes and returns that the table does not know.</summary>
    private static Dataset OwnCarRun(string task)
    {
        var builder = new DatasetBuilder(7, 2);
        var observation = new float[7];
        for (var episode = 0; episode < 3; episode++)
        {
            builder.BeginTrajectory().Add(observation, [0.5f, 0], episode, 50, observation).End(terminated: false);
        }

        return ReturnRange.Record(builder.Build(new DatasetMetadata(task, 200)), "the collected data");
    }

    private static string Written(TemporaryFolder folder, Dataset dataset, string ending)
    {
        if (ending == ".hdf5")
        {
            Needs.Hdf5();
        }

        using (dataset)
        {
            Assert.That(
                DatasetExport.Write(dataset, folder["x" + ending]), Is.InstanceOf<ExportOutcome.Exported>());
        }

        return folder["x" + ending];
    }

    private static Dataset Imported(string path, DsrlImportOptions options) =>
        DsrlRoundTripTests.Imported(DsrlImport.Read(path, options)).Dataset;

    [TestCase(".hdf5")]
    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void Another_task_than_the_recorded_one_is_an_error(string ending)
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Toy(), ending);
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(path, new DsrlImportOptions("Other") { Name = "x" });
        Assert.That(rejected.Problems, Is.EqualTo(new[] { new DatasetProblem.OtherTask("x", "Toy", "Other") }));
        using var trusting = Imported(path, new DsrlImportOptions("Other") { TrustsRecorded = true });
        Assert.That(trusting.Metadata.Task, Is.EqualTo("Toy"));
    }

    [TestCase(".hdf5")]
    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void The_recorded_horizon_counts_unless_one_is_given(string ending)
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Toy(), ending);
        using var recorded = Imported(path, new DsrlImportOptions("Toy"));
        using var given = Imported(path, new DsrlImportOptions("Toy") { Horizon = 20 });
        Assert.That((recorded.Metadata.Horizon, given.Metadata.Horizon), Is.EqualTo((10, 20)));
    }

    [TestCase("CarRun", "OfflineCarRun-v0")]
    [TestCase("SafetyCarRun-v0", "CarRun")]
    public void The_names_of_a_task_of_DSRL_are_one_task(string recorded, string given)
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, OwnCarRun(recorded), ".npz");
        using var dataset = Imported(path, new DsrlImportOptions(given));
        Assert.That(dataset.Metadata.Task, Is.EqualTo(given));
    }

    [TestCase(".hdf5")]
    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void Data_of_a_task_of_DSRL_that_record_their_own_range_keep_it_and_are_not_compared(string ending)
    {
        using var folder = new TemporaryFolder();
        using var before = OwnCarRun("CarRun");
        var own = NormalisationFacts.Of(before);
        var path = Written(folder, OwnCarRun("CarRun"), ending);
        var (after, warnings) =
            DsrlRoundTripTests.Imported(DsrlImport.Read(path, new DsrlImportOptions("CarRun")));
        using (after)
        {
            Assert.Multiple(() =>
            {
                Assert.That(NormalisationFacts.Of(after), Is.EqualTo(own));
                Assert.That((own.ReturnMin, own.ReturnMax), Is.EqualTo((0, 2)));
                Assert.That(after.Metadata.Facts[ReturnRange.FromFact], Is.EqualTo("the collected data"));
                Assert.That(DsrlTasks.Behind(after.Metadata), Is.Null);
                Assert.That(warnings, Has.None.InstanceOf<DatasetProblem.OutsideTaskRange>());
                Assert.That(warnings, Has.None.InstanceOf<DatasetProblem.OtherTrajectoryCount>());
                Assert.That(DatasetChecks.Against(CarRun, after, "x"), Is.Empty);
            });
        }
    }

    [Test]
    public void Equal_returns_make_no_range()
    {
        using var dataset = ReturnRange.Record(Samples.Scored((2, 0), (2, 1)), "the collected data");
        Assert.That(dataset.Metadata.Facts, Is.Empty);
    }

    [Test]
    public void An_artifact_is_imported_as_it_is()
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Toy(), ".safetensors");
        using (var dataset = Imported(path, new DsrlImportOptions("Toy")))
        {
            dataset.Save(folder["again"]);
        }

        Assert.That(File.ReadAllBytes(folder["again"]), Is.EqualTo(File.ReadAllBytes(path)));
    }

    [Test]
    public void A_file_with_an_artifact_s_ending_that_is_none_is_a_damaged_artifact()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x.safetensors"], "nothing of the kind");
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(
            folder["x.safetensors"], new DsrlImportOptions("Toy") { Name = "x" });
        Assert.That(rejected.Problems.Single(), Is.InstanceOf<DatasetProblem.ArtifactDamaged>());
        Assert.That(rejected.Problems.Single().Dataset, Is.EqualTo("x"));
    }

    [Test]
    public void Terminals_of_an_artifact_can_be_time_limits_and_the_file_stays()
    {
        using var folder = new TemporaryFolder();
        var path = Written(folder, Toy(), ".safetensors");
        var before = File.ReadAllBytes(path);
        var options = new DsrlImportOptions("Toy") { EndMarkers = EndMarkers.TimeLimits };
        using var dataset = Imported(path, options);
        Assert.That(dataset.Trajectories.Select(trajectory => trajectory.Terminated), Is.All.False);
        Assert.That(File.ReadAllBytes(path), Is.EqualTo(before));
    }

    [Test]
    public void A_recorded_range_that_is_none_is_found_in_an_artifact()
    {
        using var folder = new TemporaryFolder();
        var facts = KeyValuePair.Create(ReturnRange.LeastFact, "3");
        using var dataset = Toy().WithMetadata(Samples.Metadata.With(facts));
        var problem = new DatasetProblem.BadReturnRange("x", "3", "");
        Assert.That(DatasetChecks.Inspect(dataset, "x"), Has.Member(problem));
        dataset.Save(folder["x"]);
        var rejected =
            (ImportOutcome.Rejected)DsrlImport.Read(folder["x"], new DsrlImportOptions("Toy") { Name = "x" });
        Assert.That(rejected.Problems, Has.Member(problem));
    }
}
