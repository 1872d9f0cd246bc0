using System.Globalization;

namespace Plimsoll.Data.Tests;

/// <summary>
/// Damaged files: each gives a clear problem or a dataset, never a crash and never silence. A thousand in all;
/// the environment variable PLIMSOLL_FUZZ asks for another number of each format.
/// </summary>
public sealed class FuzzTests
{
    private const int Shards = 2;

    private static readonly DsrlImportOptions Options = new("Toy") { Name = "toy" };

    private static int Mutants => int.TryParse(
        Environment.GetEnvironmentVariable("PLIMSOLL_FUZZ"), CultureInfo.InvariantCulture, out var number)
        ? number
        : 500;

    /// <summary>
    /// Damaged headers crash the C library about once in a few hundred mutations; the child takes that upon
    /// itself. The file has a text, because texts are where it crashes most. What is imported is consistent:
    /// the format has no checksum of its headers, so it need not equal what was written.
    /// </summary>
    [Test]
    public void Damaged_HDF5_is_rejected_or_consistent()
    {
        Needs.Hdf5();
        using var folder = new TemporaryFolder();
        var sound = File.ReadAllBytes(new DsrlSample().Text("source", "here").Write(folder["sound"]));
        Fuzz("HDF5", folder, sound, () => new Hdf5Process(Hdf5Library.TryLoad(null, out _)!)
        {
            Patience = TimeSpan.FromSeconds(10),
        }, Consistent);
    }

    /// <summary>Every byte of an array is under a checksum, so what is imported is what was written.</summary>
    [TestCase(false)]
    [TestCase(true)]
    public void Damaged_npz_is_rejected_or_equal(bool packed)
    {
        using var folder = new TemporaryFolder();
        using var original = Samples.Dataset(3, 4, 2);
        NpzExport.Write(original, folder["sound"]);
        var sound = packed ? Packed(folder["sound"], folder["packed"]) : File.ReadAllBytes(folder["sound"]);
        Fuzz(packed ? "deflated npz" : "npz", folder, sound, () => null, (dataset, _) =>
        {
            Consistent(dataset, []);
            Samples.AssertEqual(original, new Dataset(
                dataset.Columns, dataset.Trajectories, original.Metadata, null));
        }, packed ? Mutants / 2 : Mutants - (Mutants / 2));
    }

    private static byte[] Packed(string source, string target)
    {
        using (var file = NpzFile.Open(source))
        using (var archive = System.IO.Compression.ZipFile.OpenRead(source))
        {
            Npz.Write(target, System.IO.Compression.CompressionLevel.Optimal, [.. archive.Entries.Select(entry =>
            {
                using var stream = entry.Open();
                using var memory = new MemoryStream();
                stream.CopyTo(memory);
                return (entry.FullName, memory.ToArray());
            })]);
        }

        return File.ReadAllBytes(target);
    }

    private static void Consistent(Dataset dataset, IReadOnlyList<DatasetProblem> warnings)
    {
        Assert.That(dataset.Trajectories.Sum(trajectory => trajectory.Length), Is.EqualTo(dataset.Count));
        float[][] arrays =
        [
            dataset.Observations.ToArray(), dataset.NextObservations.ToArray(), dataset.Actions.ToArray(),
            dataset.Rewards.ToArray(), dataset.Costs.ToArray(),
        ];
        Assert.That(arrays.SelectMany(array => array).All(float.IsFinite));
        Assert.That(dataset.Costs.ToArray(), Is.All.GreaterThanOrEqualTo(0));
        Assert.That(warnings.Select(DatasetProblemText.Message), Is.All.Not.Empty);
    }

    private static void Fuzz(
        string format, TemporaryFolder folder, byte[] sound, Func<Hdf5Process?> start,
        Action<Dataset, IReadOnlyList<DatasetProblem>> check, int? mutants = null)
    {
        var (rejected, imported, lost) = (0, 0, 0);
        Parallel.For(0, Shards, new ParallelOptions { MaxDegreeOfParallelism = Shards }, shard =>
        {
            var random = new Random(shard);
            var path = folder[$"{format} {shard}"];
            using var process = start();
            for (var mutant = shard; mutant < (mutants ?? Mutants); mutant += Shards)
            {
                File.WriteAllBytes(path, Mutations.Damage(sound, random));
                switch (process is null
                    ? DsrlImport.Read(path, Options)
                    : ReadAsHdf5(path, process))
                {
                    case ImportOutcome.Rejected(var problems):
                        Assert.That(problems[0].Severity, Is.EqualTo(Severity.Error));
                        Assert.That(problems.Select(DatasetProblemText.Message), Is.All.Not.Empty);
                        Interlocked.Increment(ref rejected);
                        break;
                    case ImportOutcome.Imported(var dataset, var warnings):
                        check(dataset, warnings);
                        dataset.Dispose();
                        Interlocked.Increment(ref imported);
                        break;
                }
            }

            Interlocked.Add(ref lost, process?.Lost ?? 0);
        });
        TestContext.Out.WriteLine($"{format}: {rejected} rejected, {imported} imported, {lost} children lost");
        Assert.That(rejected + imported, Is.EqualTo(mutants ?? Mutants));
        Assert.That(rejected, Is.GreaterThan((rejected + imported) / 4), "much of the damage matters");
    }

    /// <summary>As the importer, with a process that lives on: starting one takes longer than reading.</summary>
    private static ImportOutcome ReadAsHdf5(string path, Hdf5Process process) =>
        Hdf5Signature.Check(path, "toy") is { } problem
            ? new ImportOutcome.Rejected([problem])
            : DsrlImport.Read(path, Options, process);
}
