namespace Plimsoll.Data.Tests;

/// <summary>Datasets as npz, both ways.</summary>
public sealed class NpzDatasetTests
{
    private static readonly DsrlImportOptions Options = new("Toy") { Name = "toy", Horizon = 10 };

    [Property(MaxTest = 20)]
    public void A_dataset_goes_through_npz_unchanged(byte first, byte second)
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(1 + first % 10, 1 + second % 10, 4);
        Assert.That(DatasetExport.Write(dataset, folder["x.npz"]), Is.InstanceOf<ExportOutcome.Exported>());
        var (back, _) = DsrlRoundTripTests.Imported(DsrlImport.Read(folder["x.npz"], Options));
        using (back)
        {
            Samples.AssertEqual(dataset, back);
        }
    }

    [Test]
    public void More_numbers_than_are_written_at_once_go_through_unchanged()
    {
        using var folder = new TemporaryFolder();
        var values = new float[(1 << 20) + 3];
        for (var index = 0; index < values.Length; index++)
        {
            values[index] = index;
        }

        using (var writer = new NpzWriter(folder["x"]))
        {
            writer.Add("a", [values.Length], values);
        }

        using var file = NpzFile.Open(folder["x"]);
        Assert.That(file.ReadFloats("a").AsSpan().SequenceEqual(values));
    }

    [Test]
    public void Arrays_beyond_the_machine_s_memory_are_refused_before_there_is_memory_for_them()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 2);
        NpzExport.Write(dataset, folder["x"]);
        const long needed = 5 * (3 + 3 + 2 + 4) * sizeof(float);
        Assert.That(NpzContents.Read(folder["x"], "toy", needed).Problems, Is.Empty);
        Assert.That(
            NpzContents.Read(folder["x"], "toy", needed - 1).Problems.Single(),
            Is.InstanceOf<DatasetProblem.TooLarge>());
    }

    [TestCase(".hdf5")]
    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void Each_ending_has_its_format(string ending)
    {
        if (ending == ".hdf5")
        {
            Needs.Hdf5();
        }

        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 2);
        var path = folder["x" + ending];
        Assert.That(DatasetExport.Write(dataset, path), Is.EqualTo(new ExportOutcome.Exported(path)));
        using var back = ending == ".safetensors"
            ? Dataset.Open(path)
            : DsrlRoundTripTests.Imported(DsrlImport.Read(path, Options)).Dataset;
        Samples.AssertEqual(dataset, back);
    }

    [TestCase("x.csv")]
    [TestCase("x")]
    public void Another_ending_is_refused(string path)
    {
        using var dataset = Samples.Dataset(3, 2);
        Assert.That(
            DatasetExport.Write(dataset, path),
            Is.EqualTo(new ExportOutcome.Refused(new DatasetProblem.UnknownEnding(path))));
    }

    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void A_folder_that_is_not_there_cannot_be_written_to(string ending)
    {
        using var dataset = Samples.Dataset(3, 2);
        var refused = (ExportOutcome.Refused)DatasetExport.Write(dataset, "no/such/x" + ending);
        Assert.That(refused.Problem, Is.InstanceOf<DatasetProblem.NotWritable>());
    }

    [Test]
    public void NumPy_s_own_columns_and_types_are_read()
    {
        using var folder = new TemporaryFolder();
        Needs.NumPy("""
            import sys, numpy as np
            n = 6
            obs = np.arange(2.0 * (n + 1)).reshape(n + 1, 2)
            ends = np.array([0, 0, 1, 0, 0, 1], bool)
            np.savez_compressed(sys.argv[1], observations=np.asfortranarray(obs[:-1]), next_observations=obs[1:],
                actions=np.zeros((n, 1), 'f2'), rewards=np.arange(n).reshape(n, 1), costs=ends.astype('u1'),
                terminals=np.zeros(n, bool), timeouts=ends, infos=np.zeros(3), source='NumPy')
            """, folder["x.npz"]);
        var (dataset, _) = DsrlRoundTripTests.Imported(DsrlImport.Read(folder["x.npz"], new DsrlImportOptions("Toy")));
        using (dataset)
        {
            Assert.Multiple(() =>
            {
                Assert.That(dataset.Observations.ToArray(), Is.EqualTo(Enumerable.Range(0, 12).Select(v => (float)v)));
                Assert.That(dataset.Trajectories.Select(t => t.Return), Is.EqualTo(new double[] { 3, 12 }));
                Assert.That(dataset.Trajectories.Select(t => t.Terminated), Is.All.False);
                Assert.That(dataset.Metadata.Facts["source"], Is.EqualTo("NumPy"));
            });
        }
    }

    [Test]
    public void Problems_name_the_file_and_the_array()
    {
        using var folder = new TemporaryFolder();
        Npz.Write(
            folder["x"], ("rewards.npy", Npz.Array("<U2", "(1,)", 8)), ("costs.npy", Npz.Array("<f4", "(2, 3)", 24)));
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(folder["x"], Options);
        Assert.That(rejected.Problems.Select(problem => DatasetProblemText.Describe(problem).What), Is.EqualTo(new[]
        {
            "`rewards` holds text, not numbers",
            "5 arrays missing: observations, next_observations, actions, terminals, timeouts",
            "`costs` has the shape [2, 3], not [N] or [N, 1]",
        }));
    }

    [Test]
    public void Python_objects_are_refused_with_the_reason()
    {
        using var folder = new TemporaryFolder();
        Npz.Write(folder["x"], ("infos.npy", Npz.Array("|O", "()", 8)));
        var rejected = (ImportOutcome.Rejected)DsrlImport.Read(folder["x"], Options);
        Assert.That(rejected.Problems.Select(DatasetProblemText.Message), Is.EqualTo(new[] { """
            error: the npz file holds Python objects
              where: toy: "infos" holds pickled Python objects, and loading those can run any code that the file names
              why: nothing that a data file says is ever run here
              remedy: write the arrays as numbers: numpy.savez(file, observations=numpy.asarray(..., 'f4'), ...)
            """ }));
    }
}
