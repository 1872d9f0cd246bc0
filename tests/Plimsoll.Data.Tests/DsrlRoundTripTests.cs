using System.Runtime.InteropServices;
using FsCheck;

namespace Plimsoll.Data.Tests;

public sealed class DsrlRoundTripTests
{
    private Hdf5Process process = null!;

    [OneTimeSetUp]
    public void StartReader()
    {
        Needs.Hdf5();
        process = new Hdf5Process(Hdf5Library.TryLoad(null, out _)!);
    }

    [OneTimeTearDown]
    public void StopReader() => process?.Dispose();

    [FsCheck.NUnit.Property(MaxTest = 25)]
    public void Exporting_and_importing_keeps_every_bit(NonEmptyArray<byte> lengths)
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset([.. lengths.Get.Select(length => 1 + (length % 9)), 3]);
        Assert.That(DsrlExport.Write(dataset, folder["x.hdf5"]), Is.EqualTo(
            new ExportOutcome.Exported(folder["x.hdf5"])));
        var options = new DsrlImportOptions("Toy") { Horizon = 10 };
        using var imported = Imported(DsrlImport.Read(folder["x.hdf5"], options, process)).Dataset;
        Samples.AssertEqual(dataset, imported);
    }

    [Test]
    public void Equal_datasets_export_equal_bytes()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3, 4);
        DsrlExport.Write(dataset, folder["a"]);
        Thread.Sleep(1100); // HDF5 writes times in whole seconds, where it writes any.
        DsrlExport.Write(dataset, folder["b"]);
        Assert.That(File.ReadAllBytes(folder["b"]), Is.EqualTo(File.ReadAllBytes(folder["a"])));
    }

    [Test]
    public void A_dataset_of_many_chunks_comes_back()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset([.. Enumerable.Range(0, 90).Select(index => 1000 + index)]);
        DsrlExport.Write(dataset, folder["x"]);
        var options = new DsrlImportOptions("Toy") { Horizon = 10_000 };
        using var imported = Imported(DsrlImport.Read(folder["x"], options)).Dataset;
        Assert.That(Samples.Bits(imported.Observations), Is.EqualTo(Samples.Bits(dataset.Observations)));
    }

    [Test]
    public void What_the_file_says_becomes_the_dataset()
    {
        using var folder = new TemporaryFolder();
        var path = new DsrlSample().Text("source", "somewhere").Text("task", "Toy").Write(folder["x"]);
        var (dataset, warnings) = Imported(DsrlImport.Read(path, new DsrlImportOptions("Toy")));
        using (dataset)
        {
            Assert.Multiple(() =>
            {
                Assert.That(warnings, Is.Empty);
                Assert.That(dataset.Metadata.Task, Is.EqualTo("Toy"));
                Assert.That(dataset.Metadata.Horizon, Is.EqualTo(3), "the longest episode");
                Assert.That(dataset.Metadata.Facts,
                    Is.EqualTo(new Dictionary<string, string> { ["source"] = "somewhere" }));
                Assert.That(dataset.Trajectories, Is.EqualTo(new[]
                {
                    new Trajectory(0, 3, 6, 1, true), new Trajectory(3, 2, 9, 1, false),
                }));
            });
        }
    }

    [Test]
    public void Columns_of_one_number_are_squeezed()
    {
        using var folder = new TemporaryFolder();
        var path = new DsrlSample().With("rewards", [5, 1], 1, 2, 3, 4, 5)
            .With("terminals", [5, 1], 0, 0, 1, 0, 0).Write(folder["x"]);
        using var dataset = Imported(DsrlImport.Read(path, new DsrlImportOptions("Toy"))).Dataset;
        Assert.That(dataset.Rewards.ToArray(), Is.EqualTo(new float[] { 1, 2, 3, 4, 5 }));
    }

    [Test]
    public void Time_limits_move_to_timeouts_when_the_caller_says_so()
    {
        using var folder = new TemporaryFolder();
        var path = new DsrlSample().Write(folder["x"]);
        var options = new DsrlImportOptions("Toy") { EndMarkers = EndMarkers.TimeLimits };
        using var dataset = Imported(DsrlImport.Read(path, options)).Dataset;
        Assert.Multiple(() =>
        {
            Assert.That(dataset.Terminals.ToArray(), Is.All.Zero);
            Assert.That(dataset.Timeouts.ToArray(), Is.EqualTo(new float[] { 0, 0, 1, 0, 1 }));
            Assert.That(dataset.Metadata.Facts[DsrlImport.EndMarkersFact], Is.EqualTo("time limits"));
        });
    }

    [Test]
    public void An_export_to_nowhere_says_so()
    {
        using var folder = new TemporaryFolder();
        using var dataset = Samples.Dataset(3);
        var outcome = DsrlExport.Write(dataset, folder["none/x"]);
        Assert.That(outcome, Is.InstanceOf<ExportOutcome.Refused>());
        var message = DatasetProblemText.Message(((ExportOutcome.Refused)outcome).Problem);
        Assert.That(message, Does.StartWith("error: the file cannot be written (")
            .And.Contain($"where: {folder["none/x"]}")
            .And.Contain(
                "remedy: check that the folder exists, that you may write to it and that the disk has room"));
    }

    /// <summary>
    /// The C library prints its error stack on standard error unless told otherwise, thread by thread.
    /// </summary>
    [Test]
    public void The_library_prints_nothing_of_its_own_on_any_thread()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("redirecting standard error of native code is written for Linux");
        }

        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["cut"], File.ReadAllBytes(new DsrlSample().Write(folder["x"]))[..600]);
        var saved = Dup(2);
        var target = Open(folder["printed"], 0x41 /* O_CREAT | O_WRONLY */, 0x180);
        Dup2(target, 2);
        try
        {
            var thread = new Thread(() => DsrlImport.Read(folder["cut"], new DsrlImportOptions("Toy")));
            thread.Start();
            thread.Join();
        }
        finally
        {
            Dup2(saved, 2);
            Close(saved);
            Close(target);
        }

        Assert.That(File.ReadAllText(folder["printed"]), Is.Empty);
    }

    internal static (Dataset Dataset, IReadOnlyList<DatasetProblem> Warnings) Imported(ImportOutcome outcome)
    {
        if (outcome is ImportOutcome.Rejected(var problems))
        {
            Assert.Fail(string.Join("\n", problems.Select(DatasetProblemText.Message)));
        }

        var imported = (ImportOutcome.Imported)outcome;
        return (imported.Dataset, imported.Warnings);
    }

    [DllImport("libc", EntryPoint = "dup")]
    private static extern int Dup(int file);

    [DllImport("libc", EntryPoint = "dup2")]
    private static extern int Dup2(int file, int target);

    [DllImport("libc", EntryPoint = "open")]
    private static extern int Open(string path, int flags, int mode);

    [DllImport("libc", EntryPoint = "close")]
    private static extern int Close(int file);
}
