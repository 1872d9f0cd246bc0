using NUnit.Framework;
using Plimsoll.Learning.Probe;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Tests.Kernels;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>
/// What every training program ends in, to the bit, in a file: the stages' programs after 200 steps at five
/// sizes, those of single networks after 5. All of it on this machine's path, one thread; one size of the
/// stages' and the networks on two to four threads; in child processes of one thread all of it without
/// AVX-512, two sizes and the networks without AVX2 and FMA, the smallest size without intrinsics. A change of
/// a line is a change of results: every user's numbers move. PLIMSOLL_ACCEPT=1 writes the file anew.
/// </summary>
public sealed class GoldenDigestTests
{
    private const string File = "training-digests.txt";
    private static readonly string[] All = [.. TrainingDigests.Sizes.Select(s => s.Name), TrainingDigests.Networks];

    private static int Expected =>
        TrainingTable.Names.Count() * TrainingDigests.Sizes.Count + NetworkPrograms.All.Count;

    [Test]
    public void The_digests_are_those_of_the_file()
    {
        string[] actual = [.. TrainingDigests.Lines(1, All)];
        if (Environment.GetEnvironmentVariable("PLIMSOLL_ACCEPT") == "1")
            System.IO.File.WriteAllText(Path.Combine(Golden(), File), string.Join('\n', actual) + "\n");
        Assert.That(actual, Is.EqualTo(Lines(_ => true)),
            "PLIMSOLL_ACCEPT=1 accepts other results; say why in the commit");
        Assert.That(actual, Has.Length.EqualTo(Expected).And.Length.GreaterThan(30));
    }

    [TestCase(2)]
    [TestCase(3)]
    [TestCase(4)]
    public void The_digests_are_the_same_on_several_threads(int threads)
    {
        // Of the sizes, wide alone has instructions that are split.
        string[] chosen = ["wide", TrainingDigests.Networks];
        string[] actual = [.. TrainingDigests.Lines(threads, chosen)];
        Assert.That(actual, Is.EqualTo(Lines(l => chosen.Any(c => l.Contains($"| {c} |")))));
        Assert.That(actual, Has.Length.EqualTo(TrainingTable.Names.Count() + NetworkPrograms.All.Count));
    }

    // .NET has no switch for FMA alone: AVX2 stands for AVX2, FMA and all of x86-64-v3.
    [Test]
    public void The_digests_are_the_same_without_AVX512() =>
        Compare(InstructionSet.IsAvx2 ? "avx2" : "scalar", All, ("DOTNET_EnableAVX512", "0"));

    // The scalar path has no blocks, so the sizes that meet them add nothing but time.
    [Test]
    public void The_digests_are_the_same_without_AVX2_and_FMA() =>
        Compare("scalar", ["narrow", "odd", TrainingDigests.Networks], ("DOTNET_EnableAVX2", "0"));

    [Test]
    public void The_digests_are_the_same_without_intrinsics() =>
        Compare("scalar without intrinsics", ["narrow"], ("DOTNET_EnableHWIntrinsic", "0"));

    /// <summary>Without intrinsics a fused multiply-add is the C library's: on a plain processor it is emulated. Only
    /// glibc reads the variable; with another library this is the test above once more.</summary>
    [Test]
    public void The_digests_are_the_same_when_the_C_library_does_without_AVX_and_FMA() =>
        Compare(
            "scalar without intrinsics", ["narrow"], ("DOTNET_EnableHWIntrinsic", "0"),
            ("GLIBC_TUNABLES", "glibc.cpu.hwcaps=-AVX512F,-AVX2,-AVX,-FMA,-FMA4"));

    private static void Compare(string path, string[] sizes, params (string Name, string Value)[] environment) =>
        Assert.That(
            ProbeProcess.Lines(
                typeof(TrainingDigests).Assembly, [path, "1", string.Join(',', sizes)], environment),
            Is.EqualTo(Lines(l => sizes.Any(s => l.Contains($"| {s} |")))).And.Not.Empty);

    private static string[] Lines(Func<string, bool> chosen) =>
        [.. System.IO.File.ReadAllLines(Path.Combine(Golden(), File)).Where(chosen)];

    private static string Golden()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!System.IO.File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")))
            folder = folder.Parent ?? throw new DirectoryNotFoundException("Pipeline.sln is in no folder above the tests");
        return Path.Combine(folder.FullName, "tests", "Plimsoll.Learning.Tests", "Golden");
    }
}
