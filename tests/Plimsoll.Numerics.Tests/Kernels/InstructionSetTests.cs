using NUnit.Framework;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.Probe;

namespace Plimsoll.Numerics.Tests.Kernels;

/// <summary>
/// The whole battery in child processes whose runtime is told to do without AVX-512, then AVX2 and FMA, then any
/// intrinsics; each child refuses to run on another path than the one named. The C library's own choice of its fused
/// multiply-add is then taken away as well.
/// </summary>
[TestFixture]
public sealed class InstructionSetTests
{
    private static readonly Lazy<string[]> Expected =
        new(() => [.. Battery.Run().Select(kernel => $"{kernel.Name} {kernel.Digest}")]);

    private static IEnumerable<TestCaseData> Paths()
    {
        string withoutAvx512 = InstructionSet.IsAvx2 ? "avx2" : "scalar";
        yield return new TestCaseData("", "", InstructionSet.Name).SetArgDisplayNames("as it is");
        yield return new TestCaseData("DOTNET_EnableAVX512", "0", withoutAvx512).SetArgDisplayNames("no AVX-512");
        yield return new TestCaseData("DOTNET_EnableAVX2", "0", "scalar").SetArgDisplayNames("no AVX2");
        yield return new TestCaseData("DOTNET_EnableHWIntrinsic", "0", "scalar without intrinsics")
            .SetArgDisplayNames("no intrinsics");
    }

    [TestCaseSource(nameof(Paths))]
    public void Every_kernel_gives_the_same_bits_on_every_path(string variable, string value, string path)
    {
        (string, string)[] environment = variable == "" ? [] : [(variable, value)];
        Assert.That(ProbeProcess.Lines(typeof(Battery).Assembly, [path], environment), Is.EqualTo(Expected.Value));
        Assert.That(Expected.Value, Has.Length.GreaterThan(30));
    }
}
