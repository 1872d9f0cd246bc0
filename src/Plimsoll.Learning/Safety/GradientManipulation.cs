namespace Plimsoll.Learning.Safety;

/// <summary>g = Reward g_r + Cost g_c.</summary>
public readonly record struct GradientWeights(float Reward, float Cost);

/// <summary>
/// The combination of a reward gradient g_r and a cost gradient g_c, as two factors computed from three dot
/// products. With x_r + x_c = 1:
///   g = x_r g_r + x_c g_c                 where r.c &gt;= 0,
///   g = x_r g_r+ + x_c g_c+               otherwise, g_r+ = g_r - (r.c/c.c) g_c, g_c+ = g_c - (r.c/r.r) g_r,
/// so in conflict the factors are x_r - x_c (r.c)/(r.r) and x_c - x_r (r.c)/(c.c).
/// <para>Equation: DRCORL (arXiv 2502.12391), equation (12), x = 1/2; general x: PCRPO/ESPO (arXiv
/// 2405.20860), whose appendix prints the factors with the wrong sign and x_r, x_c exchanged.</para>
/// <para>Guarantees, for the vector g before an optimiser rescales it: &lt;g,g_r&gt; and &lt;g,g_c&gt; are
/// not negative; in conflict they are x_r |g_r|^2 sin^2 and x_c |g_c|^2 sin^2 of the angle; g_r+ and g_c are
/// orthogonal, as are g_c+ and g_r; opposite gradients give 0 (the method stalls). Adam's diagonal scaling
/// keeps none of them.</para>
/// <para>Guards: the plain average when |g_r|^2 or |g_c|^2 is below 1e-12; factors 0 when the gradients are
/// opposite to within what the dot products can tell (1 - cos^2 &lt;= 1e-6 in binary32), where the sign of
/// &lt;g,g_r&gt; would be a rounding error that Adam magnifies. Dots that are NaN give the plain average, so
/// NaN gradients stay NaN. Determinism: bitwise.</para>
/// </summary>
public static class GradientManipulation
{
    /// <summary>Below this squared norm a gradient counts as absent.</summary>
    public const double TinySquaredNorm = 1e-12;

    private const double OppositeInSingle = 1e-6;
    private const double OppositeInDouble = 1e-14;

    /// <summary>Factors from binary32 dot products; evaluated in binary64, rounded once.</summary>
    /// <param name="rewardReward">&lt;g_r,g_r&gt;.</param>
    /// <param name="rewardCost">&lt;g_r,g_c&gt;.</param>
    /// <param name="costCost">&lt;g_c,g_c&gt;.</param>
    /// <param name="rewardShare">x_r in [0,1]; x_c = 1 - x_r.</param>
    public static GradientWeights Combine(
        float rewardReward, float rewardCost, float costCost, double rewardShare = 0.5)
    {
        var (reward, cost) = Factors(rewardReward, rewardCost, costCost, rewardShare, OppositeInSingle);
        return new GradientWeights((float)reward, (float)cost);
    }

    /// <summary>The same in binary64, for tabular policies.</summary>
    public static (double Reward, double Cost) CombineDouble(
        double rewardReward, double rewardCost, double costCost, double rewardShare = 0.5) =>
        Factors(rewardReward, rewardCost, costCost, rewardShare, OppositeInDouble);

    private static (double Reward, double Cost) Factors(
        double rr, double rc, double cc, double xr, double opposite)
    {
        if (!(xr >= 0.0 && xr <= 1.0))
        {
            throw new ArgumentOutOfRangeException("rewardShare", xr, "The reward's share lies in [0,1].");
        }
        var xc = 1.0 - xr;
        if (!(rc < 0.0) || rr < TinySquaredNorm || cc < TinySquaredNorm)
        {
            return (xr, xc);
        }
        if (1.0 - rc / rr * (rc / cc) <= opposite)
        {
            return (0.0, 0.0);
        }
        return (xr - xc * (rc / rr), xc - xr * (rc / cc));
    }
}
