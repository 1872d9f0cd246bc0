using System.Runtime.Intrinsics.X86;

namespace Plimsoll.Numerics.Kernels;

/// <summary>Which of the three paths the kernels take on this machine; all three give the same bits.</summary>
public static class InstructionSet
{
    /// <summary>Sixteen lanes by AVX-512 (F and BW).</summary>
    public static bool IsAvx512 => Avx512F.IsSupported && Avx512BW.IsSupported;

    /// <summary>Eight lanes by AVX2 and FMA.</summary>
    public static bool IsAvx2 => Avx2.IsSupported && Fma.IsSupported;

    /// <summary>The name of the path: "avx512", "avx2" or "scalar".</summary>
    public static string Name => IsAvx512 ? "avx512" : IsAvx2 ? "avx2" : "scalar";
}
