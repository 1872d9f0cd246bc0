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
        double bias1, double bias2, double weightDecay, float gradientScale)
    {
        var factors = new AdamFactors(lr, beta1, beta2, eps, bias1, bias2, weightDecay, gradientScale);
        ReferenceOptimisers.Adam(p, m, v, g, n, factors);
    }

    /// <summary>p = fma(-lr, g * scale, p).</summary>
    public static void Sgd(float* p, float* g, nint n, double lr, float scale) =>
        ReferenceOptimisers.Sgd(p, g, n, (float)-lr, scale);

    /// <summary>target = fma(rate, source - target, target).</summary>
    public static void Polyak(float* target, float* source, nint n, double rate) =>
        ReferenceOptimisers.Polyak(target, source, n, (float)rate);
}
