using System.Runtime.CompilerServices;
using Plimsoll.Numerics.Reference;

namespace Plimsoll.Numerics.Kernels;

/// <summary>The factors of one Adam step, each rounded to binary32 once.</summary>
internal readonly struct AdamFactors(
    double lr, double beta1, double beta2, double eps, double bias1, double bias2, double weightDecay,
    float gradientScale)
{
    public readonly float Beta1Complement = (float)(1.0 - beta1);
    public readonly float Beta2 = (float)beta2;
    public readonly float Beta2Complement = (float)(1.0 - beta2);
    public readonly float NegativeStep = (float)(-lr / bias1);
    public readonly float InverseRootBias2 = (float)(1.0 / Math.Sqrt(bias2));
    public readonly float Epsilon = (float)eps;
    public readonly float Decay = (float)(1.0 - lr * weightDecay);
    public readonly float GradientScale = gradientScale;
}

/// <summary>Parameter updates in one pass over n parameters.</summary>
public static unsafe class Optimisers
{
    /// <summary>
    /// Adam (Kingma and Ba 2015), AdamW with a weight decay (Loshchilov and Hutter 2019), as PyTorch orders them.
    /// p parameters, m and v moments, g gradients, all [n]; <paramref name="bias1"/> = 1 - beta1^k and
    /// <paramref name="bias2"/> = 1 - beta2^k at step k = 1, 2, ...; weightDecay 0 is Adam.
    /// </summary>
    /// <remarks>
    /// h = g * gradientScale; m = fma(1 - beta1, h - m, m); v = fma((1 - beta2) * h, h, beta2 * v);
    /// p = fma(-lr / bias1, m / fma(sqrt v, 1 / sqrt bias2, eps), p * (1 - lr weightDecay)).
    /// Scalar factors are formed in binary64 and rounded once.
    /// </remarks>
    public static void Adam(
        float* p, float* m, float* v, float* g, nint n, double lr, double beta1, double beta2, double eps,
        double bias1, double bias2, double weightDecay, float gradientScale) =>
        Adam(p, m, v, g, n, new AdamFactors(lr, beta1, beta2, eps, bias1, bias2, weightDecay, gradientScale));

    internal static void Adam(float* p, float* m, float* v, float* g, nint n, in AdamFactors factors)
    {
        if (InstructionSet.IsAvx512)
        {
            Adam<Lanes512>(p, m, v, g, n, factors);
        }
        else if (InstructionSet.IsAvx2)
        {
            Adam<Lanes256>(p, m, v, g, n, factors);
        }
        else
        {
            ReferenceOptimisers.Adam(p, m, v, g, n, factors);
        }
    }

    /// <summary>p = fma(-lr, g * scale, p).</summary>
    public static void Sgd(float* p, float* g, nint n, double lr, float scale) =>
        Loops.Binary(p, p, g, n, new SgdOp((float)-lr, scale));

    /// <summary>target = fma(rate, source - target, target).</summary>
    public static void Polyak(float* target, float* source, nint n, double rate) =>
        Loops.Binary(target, target, source, n, new PolyakOp((float)rate));

    [MethodImpl(KernelCode.Loop)]
    private static void Adam<T>(float* p, float* m, float* v, float* g, nint n, in AdamFactors f)
        where T : struct, ILanes<T>
    {
        AdamFactors factors = f;
        nint i = 0;
        for (; i <= n - T.Count; i += T.Count)
        {
            AdamStep<T, Whole>(p + i, m + i, v + i, g + i, T.Count, factors);
        }

        if (i < n)
        {
            AdamStep<T, Cut>(p + i, m + i, v + i, g + i, (int)(n - i), factors);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void AdamStep<T, TEdge>(float* p, float* m, float* v, float* g, int count, in AdamFactors f)
        where T : struct, ILanes<T>
        where TEdge : struct, IEdge
    {
        T gradient = Edge.Load<T, TEdge>(g, count) * T.Create(f.GradientScale);
        T first = Edge.Load<T, TEdge>(m, count);
        first = T.Fma(T.Create(f.Beta1Complement), gradient - first, first);
        T second = Edge.Load<T, TEdge>(v, count) * T.Create(f.Beta2);
        second = T.Fma(T.Create(f.Beta2Complement) * gradient, gradient, second);
        T denominator = T.Fma(T.Sqrt(second), T.Create(f.InverseRootBias2), T.Create(f.Epsilon));
        T decayed = Edge.Load<T, TEdge>(p, count) * T.Create(f.Decay);
        Edge.Store<T, TEdge>(first, m, count);
        Edge.Store<T, TEdge>(second, v, count);
        Edge.Store<T, TEdge>(T.Fma(T.Create(f.NegativeStep), first / denominator, decayed), p, count);
    }
}

internal readonly struct SgdOp(float negativeStep, float scale) : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Fma(T.Create(negativeStep), y * T.Create(scale), x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => MathF.FusedMultiplyAdd(negativeStep, y * scale, x);
}

internal readonly struct PolyakOp(float rate) : IBinary
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public T Of<T>(T x, T y)
        where T : struct, ILanes<T> => T.Fma(T.Create(rate), y - x, x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public float Of(float x, float y) => MathF.FusedMultiplyAdd(rate, y - x, x);
}
