using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>
/// The most floating-point operations a second: twelve independent chains of fused multiply-adds in
/// registers, more than latency times throughput of any current core.
/// </summary>
internal static class Peak
{
    private const int Chains = 12;
    private const int Steps = 200_000;

    private static float sink;

    /// <summary>Operations a second on the path that the kernels take.</summary>
    internal static double OfKernels(Crew crew, Clock clock) =>
        InstructionSet.IsAvx512 ? Wide(crew, clock)
        : InstructionSet.IsAvx2 ? Half(crew, clock)
        : Single(crew, clock);

    /// <summary>Every path that this machine has.</summary>
    internal static IEnumerable<(string Name, Func<Crew, Clock, double> Measure)> All()
    {
        if (Avx512F.IsSupported) yield return ("AVX-512", Wide);
        if (Fma.IsSupported) yield return ("AVX2", Half);
        yield return ("scalar", Single);
    }

    private static double Wide(Crew crew, Clock clock) => Rate(crew, clock, 16, _ => sink = Wide(Steps));

    private static double Half(Crew crew, Clock clock) => Rate(crew, clock, 8, _ => sink = Half(Steps));

    private static double Single(Crew crew, Clock clock) => Rate(crew, clock, 1, _ => sink = Single(Steps));

    private static double Rate(Crew crew, Clock clock, int lanes, Action<int> work)
    {
        // Several threads can be late to start; the best of a few runs is what the cores can do.
        var best = double.PositiveInfinity;
        for (var run = 0; run < (crew.Size == 1 ? 1 : 5); run++)
        {
            var start = clock.Seconds;
            crew.Run(work);
            best = Math.Min(best, clock.Seconds - start);
        }
        return 2.0 * Chains * lanes * Steps * crew.Size / best;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Wide(int steps)
    {
        var (x, y) = (Vector512.Create(0.999f), Vector512.Create(0.001f));
        Vector512<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < steps; n++)
        {
            a = Avx512F.FusedMultiplyAdd(a, x, y);
            b = Avx512F.FusedMultiplyAdd(b, x, y);
            c = Avx512F.FusedMultiplyAdd(c, x, y);
            d = Avx512F.FusedMultiplyAdd(d, x, y);
            e = Avx512F.FusedMultiplyAdd(e, x, y);
            f = Avx512F.FusedMultiplyAdd(f, x, y);
            g = Avx512F.FusedMultiplyAdd(g, x, y);
            h = Avx512F.FusedMultiplyAdd(h, x, y);
            i = Avx512F.FusedMultiplyAdd(i, x, y);
            j = Avx512F.FusedMultiplyAdd(j, x, y);
            k = Avx512F.FusedMultiplyAdd(k, x, y);
            l = Avx512F.FusedMultiplyAdd(l, x, y);
        }
        return Vector512.Sum(a + b + c + (d + e + f) + (g + h + i) + (j + k + l));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Half(int steps)
    {
        var (x, y) = (Vector256.Create(0.999f), Vector256.Create(0.001f));
        Vector256<float> a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < steps; n++)
        {
            a = Fma.MultiplyAdd(a, x, y);
            b = Fma.MultiplyAdd(b, x, y);
            c = Fma.MultiplyAdd(c, x, y);
            d = Fma.MultiplyAdd(d, x, y);
            e = Fma.MultiplyAdd(e, x, y);
            f = Fma.MultiplyAdd(f, x, y);
            g = Fma.MultiplyAdd(g, x, y);
            h = Fma.MultiplyAdd(h, x, y);
            i = Fma.MultiplyAdd(i, x, y);
            j = Fma.MultiplyAdd(j, x, y);
            k = Fma.MultiplyAdd(k, x, y);
            l = Fma.MultiplyAdd(l, x, y);
        }
        return Vector256.Sum(a + b + c + (d + e + f) + (g + h + i) + (j + k + l));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float Single(int steps)
    {
        var (x, y) = (0.999f, 0.001f);
        float a = x, b = x, c = x, d = x, e = x, f = x, g = x, h = x, i = x, j = x, k = x, l = x;
        for (var n = 0; n < steps; n++)
        {
            a = MathF.FusedMultiplyAdd(a, x, y);
            b = MathF.FusedMultiplyAdd(b, x, y);
            c = MathF.FusedMultiplyAdd(c, x, y);
            d = MathF.FusedMultiplyAdd(d, x, y);
            e = MathF.FusedMultiplyAdd(e, x, y);
            f = MathF.FusedMultiplyAdd(f, x, y);
            g = MathF.FusedMultiplyAdd(g, x, y);
            h = MathF.FusedMultiplyAdd(h, x, y);
            i = MathF.FusedMultiplyAdd(i, x, y);
            j = MathF.FusedMultiplyAdd(j, x, y);
            k = MathF.FusedMultiplyAdd(k, x, y);
            l = MathF.FusedMultiplyAdd(l, x, y);
        }
        return a + b + c + d + e + f + g + h + i + j + k + l;
    }
}
