using System.IO.Pipes;

namespace Plimsoll.Data.Tests;

/// <summary>What an export does to the file that is there, and files that are no files.</summary>
public sealed class ExportReplacementTests
{
    private static string[] Inside(TemporaryFolder folder) =>
        [.. Directory.GetFileSystemEntries(folder[""]).Select(path => Path.GetFileName(path)).Order()];

    [Test]
    public void An_export_that_fails_leaves_what_was_there_and_nothing_else()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x.npz"], "old");
        var outcome = FileReplacement.Write(folder["x.npz"], file =>
        {
            File.WriteAllText(file, "half");
            throw new IOException($"no room for {file}");
        });
        var problem = (DatasetProblem.NotWritable)((ExportOutcome.Refused)outcome).Problem;
        Assert.Multiple(() =>
        {
            Assert.That(problem.Reason, Is.EqualTo($"no room for {folder["x.npz"]}"), "the caller's name of it");
            Assert.That(File.ReadAllText(folder["x.npz"]), Is.EqualTo("old"));
            Assert.That(Inside(folder), Is.EqualTo(new[] { "x.npz" }));
        });
    }

    [TestCase(".hdf5")]
    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void A_target_that_is_a_link_to_the_data_is_replaced_and_the_data_stay(string ending)
    {
        if (ending == ".hdf5")
        {
            Needs.Hdf5();
        }

        using var folder = new TemporaryFolder();
        using (var made = Samples.Dataset(3, 2))
        {
            made.Save(folder["data.safetensors"]);
        }

        var before = File.ReadAllBytes(folder["data.safetensors"]);
        File.CreateSymbolicLink(folder["to" + ending], folder["data.safetensors"]);
        using var dataset = Dataset.Open(folder["data.safetensors"]);
        Assert.That(
            DatasetExport.Write(dataset, folder["to" + ending]), Is.InstanceOf<ExportOutcome.Exported>());
        Assert.That(File.ReadAllBytes(folder["data.safetensors"]), Is.EqualTo(before));
        Assert.That(new FileInfo(folder["to" + ending]).LinkTarget, Is.Null);
        Assert.That(Inside(folder), Has.Length.EqualTo(2));
    }

    [TestCase(".npz")]
    [TestCase(".safetensors")]
    public void A_folder_in_the_target_s_place_is_said_before_and_after(string ending)
    {
        using var folder = new TemporaryFolder();
        var path = folder["x" + ending];
        Directory.CreateDirectory(path);
        using var dataset = Samples.Dataset(3, 2);
        var problem = new DatasetProblem.NotWritable(path, "it is a folder");
        Assert.That(DatasetExport.Obstacle(path), Is.EqualTo(problem));
        Assert.That(DatasetExport.Write(dataset, path), Is.EqualTo(new ExportOutcome.Refused(problem)));
    }

    [Test]
    public void A_folder_that_takes_no_file_is_said_before()
    {
        if (!Directory.Exists("/proc"))
        {
            Assert.Ignore("no folder that refuses files whoever asks");
        }

        using var folder = new TemporaryFolder();
        Assert.That(DatasetExport.Obstacle("/proc/x.npz"), Is.InstanceOf<DatasetProblem.NotWritable>());
        Assert.That(DatasetExport.Obstacle(folder["x.npz"]), Is.Null);
        Assert.That(Inside(folder), Is.Empty);
    }

    [Test]
    public void A_pipe_is_no_regular_file_to_any_reader()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("pipes have paths on Linux");
        }

        using var pipe = new AnonymousPipeServerStream(PipeDirection.Out);
        pipe.Write("PK\u0003\u0004 and more than eight bytes"u8);
        var path = $"/proc/self/fd/{pipe.GetClientHandleAsString()}";
        const string reason = "it is not a regular file";
        Assert.Multiple(() =>
        {
            Assert.That(
                SafetensorsFile.TryOpen(path),
                Is.EqualTo(new SafetensorsOpening.Refused(new SafetensorsProblem.Unreadable(reason))));
            Assert.That(
                NpzFile.TryOpen(path), Is.EqualTo(new NpzOpening.Refused(new NpzProblem.Unreadable(reason))));
            Assert.That(
                ((ImportOutcome.Rejected)DsrlImport.Read(path, new DsrlImportOptions("Toy"))).Problems,
                Is.EqualTo(new[] { new DatasetProblem.FileUnreadable(path, reason) }));
        });
    }
}
