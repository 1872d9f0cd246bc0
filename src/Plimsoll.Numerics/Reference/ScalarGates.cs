namespace Plimsoll.Numerics.Reference;

// Activations that weigh their argument by a distribution function: x Φ(x) and x σ(x).
public static partial class Scalar
{
    /// <summary>Where Φ(-x) and its products have long underflowed.</summary>
    internal const float GeluLimit = 15f;

    // (t + 5/2) Φ(-t) exp(t²/2) on 0 <= t <= 15 as a polynomial in v = t / (t + 5/2), interpolated at Chebyshev nodes
    // in 40 digits; relative error 1.9e-8. The substitution is like that of Shepherd and Laframboise (1981).
    internal const float GeluCentre = 2.5f;
    internal const float G0 = -0.081408143f;
    internal const float G1 = 0.285801798f;
    internal const float G2 = -0.322974712f;
    internal const float G3 = 0.146302521f;
    internal const float G4 = -0.154004157f;
    internal const float G5 = 0.0573585592f;
    internal const float G6 = 0.291623265f;
    internal const float G7 = 0.169632062f;
    internal const float G8 = -1.24339342f;
    internal const float G9 = 1.25f;

    /// <summary>1 / sqrt(2 pi).</summary>
    internal const float NormalPeak = 0.3989422804f;

    /// <summary>
    /// GELU(x) = x Φ(x), Φ the standard normal distribution function (Hendrycks and Gimpel 2016, the exact form and not
    /// that by tanh); at most 4.5 ulp for x >= -12.8; -infinity gives -0, +infinity stays.
    /// </summary>
    public static float Gelu(float x) => (x < -GeluLimit ? -GeluLimit : x) * NormalBelow(x, out _);

    /// <summary>GELU'(x) = Φ(x) + x φ(x), φ the standard normal density.</summary>
    public static float GeluDerivative(float x)
    {
        float below = NormalBelow(x, out float bell);
        float bounded = x < -GeluLimit ? -GeluLimit : x;
        bounded = bounded > GeluLimit ? GeluLimit : bounded;
        return Fma(bounded * bell, NormalPeak, below);
    }

    /// <summary>Φ(x) and exp(-x²/2).</summary>
    private static float NormalBelow(float x, out float bell)
    {
        float t = MathF.Abs(x);
        t = t > GeluLimit ? GeluLimit : t;
        // The rounding error of the square would grow with it in the exponential; its first order is put back.
        float square = t * t;
        float rest = Fma(t, t, -square);
        bell = Exp(square * -0.5f);
        bell = Fma(bell, rest * -0.5f, bell);
        float d = 1f / (t + GeluCentre);
        float v = t * d;
        float p = Fma(G0, v, G1);
        p = Fma(p, v, G2);
        p = Fma(p, v, G3);
        p = Fma(p, v, G4);
        p = Fma(p, v, G5);
        p = Fma(p, v, G6);
        p = Fma(p, v, G7);
        p = Fma(p, v, G8);
        p = Fma(p, v, G9);
        float tail = bell * (p * d);
        return x < 0f ? tail : 1f - tail;
    }

    /// <summary>
    /// SiLU(x) = x / (1 + e^-x) (Hendrycks and Gimpel 2016; Elfwing et al. 2018); at most 3 ulp for x >= -87;
    /// -infinity gives -0, +infinity stays.
    /// </summary>
    public static float Silu(float x)
    {
        float e = Exp(-MathF.Abs(x));
        float bounded = x < ExpLower ? ExpLower : x;
        return bounded * ((x < 0f ? e : 1f) / (e + 1f));
    }

    /// <summary>SiLU'(x) = s + x s (1 - s), s = 1 / (1 + e^-x).</summary>
    public static float SiluDerivative(float x)
    {
        float e = Exp(-MathF.Abs(x));
        float q = 1f / (e + 1f);
        float bounded = x < ExpLower ? ExpLower : x;
        bounded = bounded > -ExpLower ? -ExpLower : bounded;
        return Fma(bounded * e * q, q, (x < 0f ? e : 1f) * q);
    }

    /// <summary>The gradient through GELU: dy GELU'(x).</summary>
    public static float GeluGradient(float dy, float x) => dy * GeluDerivative(x);

    /// <summary>The gradient through SiLU: dy SiLU'(x).</summary>
    public static float SiluGradient(float dy, float x) => dy * SiluDerivative(x);
}
