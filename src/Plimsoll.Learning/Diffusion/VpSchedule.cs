using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Diffusion;

/// <summary>
/// Variance-preserving diffusion in continuous time: a_t = alpha(t) a + sigma(t) z, z ~ N(0,I), t in [0,1],
/// alpha(t) = exp(-t^2 (beta1 - beta0)/4 - t beta0/2), sigma(t) = sqrt(1 - alpha^2).
/// <para>Equation: Song et al. (arXiv 2011.13456), equation (33); DRCORL writes sqrt(alphaBar_t) for
/// alpha(t).</para>
/// <para>sigma goes through expm1(2 log alpha): 1 - exp loses all digits of binary32 below t = 1e-3.
/// Binary64, relative error below 1e-15; the Single forms round that once. t outside [0,1] and 0 &lt;= beta0
/// &lt;= beta1 broken: ArgumentOutOfRangeException. Bitwise.</para>
/// </summary>
public sealed record VpSchedule
{
    /// <summary>beta0, the rate of noise at t = 0.</summary>
    public double Beta0 { get; }

    /// <summary>beta1, the rate of noise at t = 1.</summary>
    public double Beta1 { get; }

    /// <summary>beta0 = 0.1 and beta1 = 20, as DRCORL and SRPO.</summary>
    public static VpSchedule Default { get; } = new(0.1, 20.0);

    public VpSchedule(double beta0, double beta1)
    {
        if (!(beta0 >= 0.0 && beta1 >= beta0 && beta1 > 0.0) || double.IsInfinity(beta1))
        {
            throw new ArgumentOutOfRangeException(
                nameof(beta1), beta1, "0 <= beta0 <= beta1, beta1 above 0.");
        }
        Beta0 = beta0;
        Beta1 = beta1;
    }

    /// <summary>log alpha(t), at most 0.</summary>
    public double LogAlpha(double t)
    {
        if (!(t >= 0.0 && t <= 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(t), t, "Diffusion time lies in [0,1].");
        }
        return -0.25 * t * t * (Beta1 - Beta0) - 0.5 * t * Beta0;
    }

    /// <summary>The factor of the clean action.</summary>
    public double Alpha(double t) => ScalarDouble.Exp(LogAlpha(t));

    /// <summary>The standard deviation of the noise.</summary>
    public double Sigma(double t) => Math.Sqrt(-ScalarDouble.Expm1(2.0 * LogAlpha(t)));

    /// <summary>alpha(t), correctly rounded to binary32 but for ties within 1e-15.</summary>
    public float AlphaSingle(float t) => (float)Alpha(t);

    /// <summary>sigma(t), correctly rounded to binary32 but for ties within 1e-15.</summary>
    public float SigmaSingle(float t) => (float)Sigma(t);

    /// <summary>
    /// The step from time s to a later t: a_t = Factor a_s + Deviation z, Factor = alpha(t)/alpha(s) and
    /// Deviation^2 = 1 - Factor^2, so that q(t|s) after q(s|0) is q(t|0).
    /// </summary>
    public (double Factor, double Deviation) Transition(double s, double t)
    {
        if (!(s <= t))
        {
            throw new ArgumentOutOfRangeException(nameof(s), s, "Noise is added forwards in time.");
        }
        var log = LogAlpha(t) - LogAlpha(s);
        return (ScalarDouble.Exp(log), Math.Sqrt(-ScalarDouble.Expm1(2.0 * log)));
    }

    /// <summary>
    /// beta_i of the T-step chain whose marginals are this schedule at t = (i+1)/T, i = 0..T-1:
    /// 1 - exp(-beta0/T - (beta1 - beta0)(2i+1)/(2 T^2)) (Diffusion-QL's `vp` schedule).
    /// </summary>
    public double DiscreteBeta(int step, int steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(step, steps);
        var n = (double)steps;
        return -ScalarDouble.Expm1(-Beta0 / n - 0.5 * (Beta1 - Beta0) * (2.0 * step + 1.0) / (n * n));
    }
}
