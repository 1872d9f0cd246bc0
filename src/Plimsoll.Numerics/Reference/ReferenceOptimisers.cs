using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Numerics.Reference;

/// <summary>Parameter updates one parameter at a time: the specification of <see cref="Optimisers"/>.</summary>
public static unsafe class ReferenceOptimisers
{
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

    internal static void Sgd(float* p, float* g, nint n, float negativeStep, float gradientScale)
    {
        for (nint i = 0; i < n; i++)
        {
            p[i] = MathF.FusedMultiplyAdd(negativeStep, g[i] * gradientScale, p[i]);
        }
    }

    internal static void Polyak(float* target, float* source, nint n, float rate)
    {
        for (nint i = 0; i < n; i++)
        {
            target[i] = MathF.FusedMultiplyAdd(rate, source[i] - target[i], target[i]);
        }
    }
}
