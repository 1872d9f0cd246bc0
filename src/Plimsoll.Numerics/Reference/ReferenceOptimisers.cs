using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Reference;

/// <summary>Parameter updates one parameter at a time: the specification of <see cref="Optimisers"/>.</summary>
public static unsafe class ReferenceOptimisers
{
    /// <inheritdoc cref="Optimisers.Adam"/>
    public static void Adam(
        float* p, float* m, float* v, float* g, nint n, double lr, double beta1, double beta2, double eps,
        double bias1, double bias2, double weightDecay, float gradientScale) =>
        Adam(p, m, v, g, n, new AdamFactors(lr, beta1, beta2, eps, bias1, bias2, weightDecay, gradientScale));

    internal static void Adam(float* p, float* m, float* v, float* g, nint n, in AdamFactors f)
    {
        for (nint i = 0; i < n; i++)
        {
            float gradient = g[i] * f.GradientScale;
            float first = MathF.FusedMultiplyAdd(f.Beta1Complement, gradient - m[i], m[i]);
            float second = MathF.FusedMultiplyAdd(f.Beta2Complement * gradient, gradient, f.Beta2 * v[i]);
            float denominator = MathF.FusedMultiplyAdd(MathF.Sqrt(second), f.InverseRootBias2, f.Epsilon);
            float decayed = p[i] * f.Decay;
            m[i] = first;
            v[i] = second;
            p[i] = MathF.FusedMultiplyAdd(f.NegativeStep, first / denominator, decayed);
        }
    }

    /// <inheritdoc cref="Optimisers.Sgd"/>
    public static void Sgd(float* p, float* g, nint n, double lr, float scale)
    {
        float negativeStep = (float)-lr;
        for (nint i = 0; i < n; i++)
        {
            p[i] = MathF.FusedMultiplyAdd(negativeStep, g[i] * scale, p[i]);
        }
    }

    /// <inheritdoc cref="Optimisers.Polyak"/>
    public static void Polyak(float* target, float* source, nint n, double rate)
    {
        float share = (float)rate;
        for (nint i = 0; i < n; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(share, source[i] - target[i], target[i]);
        }
    }
}
