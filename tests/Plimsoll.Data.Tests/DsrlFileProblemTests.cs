using System.Runtime.InteropServices;

namespace Plimsoll.Data.Tests;

/// <summary>
/// Problems of a file as a whole, each by causing it. They need no HDF5 library unless they say so.
/// </summary>
public sealed class DsrlFileProblemTests
{
    private static readonly DsrlImportOptions Options = new("Toy") { Name = "toy.hdf5" };

    [Test]
    public void A_missing_library_names_the_package()
    {
        const string why = """
              why: HDF5 files are read and written through the HDF5 C library, version 1.10 or later
              remedy: install it (Debian, Ubuntu: apt-get install libhdf5-103-1), or name the library file in the environment variable PLIMSOLL_HDF5_LIBRARY
            """;
        using var folder = new TemporaryFolder();
        File.WriteAllBytes(folder["x"], [0x89, .. "HDF\r\n\u001a\n"u8]);
        string[] nowhere = ["libno-such-hdf5.so.1", "libnone.so"];
        Assert.That(Message(DsrlImport.Read(folder["x"], Options, nowhere)), Is.EqualTo($"""
            error: the HDF5 library is not installed
              where: toy.hdf5; tried libno-such-hdf5.so.1, libnone.so
            {why}
            """));

        using var dataset = Samples.Dataset(2);
        var refused = (ExportOutcome.Refused)DsrlExport.Write(dataset, "out.hdf5", nowhere);
        Assert.That(DatasetProblemText.Message(refused.Problem), Is.EqualTo($"""
            error: the HDF5 library is not installed
              where: out.hdf5; tried libno-such-hdf5.so.1, libnone.so
            {why}
            """));
    }

    [Test]
    public void A_library_that_is_not_HDF5_is_passed_over()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Hdf5Library.TryLoad(["libc.so.6"], out var tried), Is.Null);
            Assert.That(tried, Is.EqualTo(new[] { "libc.so.6" }));
        });
    }

    [Test]
    public void A_library_named_by_the_caller_is_loaded()
    {
        Needs.Hdf5();
        var name = Hdf5Library.TryLoad(null, out _)!.Name;
        var library = Hdf5Library.TryLoad(["libnone.so", name], out _)!;
        Assert.Multiple(() =>
        {
            Assert.That(library.Name, Is.EqualTo(name));
            Assert.That(library.Version, Is.GreaterThanOrEqualTo(new Version(1, 10)));
        });
    }

    [Test]
    public void A_missing_file_is_named() => Assert.That(
        Message(DsrlImport.Read("no/such.hdf5", new DsrlImportOptions("Toy"))), Is.EqualTo("""
            error: the dataset file does not exist
              where: no/such.hdf5
              why: there is nothing to read
              remedy: check the path; in an experiment file it is relative to that file
            """));

    [Test]
    public void A_folder_cannot_be_read()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder["x"]);
        Assert.That(Message(DsrlImport.Read(folder["x"], Options)), Does.StartWith(
            "error: the dataset file cannot be read (").And.EndsWith("""
              where: toy.hdf5
              why: the operating system refuses it
              remedy: check that it is a file and that you may read it
            """));
    }

    [TestCase("", "the dataset file is empty", "copy or download it again, or look at the program that wrote it")]
    [TestCase(
        "\uFEFF\n<!DOCTYPE html>", "the dataset file is a web page, not a dataset",
        "look at it: a server that has no such file may send a page that says so; download it again")]
    [TestCase(
        "a,b\0", "the file has none of the formats of a dataset",
        "name a file of these formats; if it should be one, copy or download it again")]
    public void A_file_of_another_format_is_told_by_what_it_holds(string content, string what, string remedy)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x"], content);
        var said = Message(DsrlImport.Read(folder["x"], Options));
        Assert.That(said, Does.StartWith($"error: {what}\n  where: toy.hdf5\n  why: HDF5, npz and safetensors are read"));
        Assert.That(said, Does.EndWith($"\n  remedy: {remedy}"));
    }

    [Test]
    public void A_pointer_of_Git_LFS_is_told_from_the_file_it_stands_for()
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x"], "version https://git-lfs.github.com/spec/v1\noid sha256:0\n");
        Assert.That(Message(DsrlImport.Read(folder["x"], Options)), Is.EqualTo("""
            error: the dataset file is a pointer of Git LFS, not the dataset
              where: toy.hdf5
              why: it names the file, which was not fetched
              remedy: run `git lfs pull` where it comes from
            """));
    }

    [TestCase("rewards,costs\n1,0\n")]
    [TestCase("day\tl\u00e9vel\r\n1\t0.5\r\n")]
    [TestCase("{\"observations\": []}")]
    public void Text_is_refused_with_the_way_to_arrays(string content)
    {
        using var folder = new TemporaryFolder();
        File.WriteAllText(folder["x"], content);
        var said = Message(DsrlImport.Read(folder["x"], Options));
        Assert.That(said, Does.StartWith("""
            error: the dataset file is text, such as CSV, which is not read
              where: toy.hdf5
              why: HDF5, npz and safetensors are read, each with its arrays by name; what the columns of
            """));
        Assert.That(said, Does.Contain("t = numpy.genfromtxt(").And.Contain("numpy.savez("));
        Assert.That(said, Does.Contain("observations, next_observations, actions, rewards, costs, terminals"));
    }

    [Test]
    public void A_truncated_file_is_damaged()
    {
        using var folder = new TemporaryFolder();
        var bytes = File.ReadAllBytes(new DsrlSample().Write(folder["x"]));
        File.WriteAllBytes(folder["x"], bytes[..^1]);
        Assert.That(Message(DsrlImport.Read(folder["x"], Options)), Is.EqualTo("""
            error: the HDF5 file is cut off or damaged
              where: toy.hdf5
              why: it begins as an HDF5 file does, and the library cannot open it
              remedy: compare its size with the source's and download or copy it again
            """));
    }

    [Test]
    public void A_damaged_array_is_named()
    {
        using var folder = new TemporaryFolder();
        var path = new DsrlSample().Write(folder["x"]);
        var bytes = File.ReadAllBytes(path);

        // zlib's header bytes at level 4; the first chunk of the file belongs to `actions`.
        var chunk = bytes.AsSpan().IndexOf((ReadOnlySpan<byte>)[0x78, 0x5e]);
        Assert.That(chunk, Is.Positive);
        bytes.AsSpan(chunk, 6).Fill(0xff);
        File.WriteAllBytes(path, bytes);
        Assert.That(Message(DsrlImport.Read(path, Options)), Is.EqualTo("""
            error: the array `actions` cannot be read
              where: toy.hdf5, actions
              why: it is cut off, damaged, no array, or packed with a filter that is not installed
              remedy: download or copy the file again, or write it anew with gzip as its only compression
            """));
    }

    [Test]
    public void The_library_reads_in_a_process_of_its_own() => Assert.That(Hdf5Process.IsAvailable);

    /// <summary>Opening a pipe that nobody writes to never returns.</summary>
    [Test]
    public void A_child_that_hangs_is_stopped_and_the_next_file_is_read()
    {
        if (!OperatingSystem.IsLinux())
        {
            Assert.Ignore("pipes with a name are made by a call of Linux");
        }

        using var folder = new TemporaryFolder();
        var path = new DsrlSample().Write(folder["x"]);
        Assert.That(MakePipe(folder["pipe"], 0x180), Is.Zero);
        using var process = new Hdf5Process(Hdf5Library.TryLoad(null, out _)!)
        {
            Patience = TimeSpan.FromSeconds(0.3),
        };
        Assert.That(
            DsrlImport.Read(folder["pipe"], Options, process), Is.InstanceOf<ImportOutcome.Rejected>());
        Assert.That(process.Lost, Is.EqualTo(1));
        using var patient = new Hdf5Process(Hdf5Library.TryLoad(null, out _)!);
        Assert.That(DsrlImport.Read(path, Options, patient), Is.InstanceOf<ImportOutcome.Imported>());
        Assert.That(DsrlImport.Read(path, Options, patient), Is.InstanceOf<ImportOutcome.Imported>());
        Assert.That(patient.Lost, Is.Zero);
    }

    [DllImport("libc", EntryPoint = "mkfifo")]
    private static extern int MakePipe(string path, uint mode);

    private static string Message(ImportOutcome outcome)
    {
        Assert.That(outcome, Is.InstanceOf<ImportOutcome.Rejected>());
        return string.Join(
            "\n", ((ImportOutcome.Rejected)outcome).Problems.Select(DatasetProblemText.Message));
    }
}
