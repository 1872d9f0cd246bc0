using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Diffusion;

/// <summary>w(t) of the policy's surrogate loss: how much the behaviour's score counts at diffusion
/// time t.</summary>
public enum DiffusionWeight
{
    /// <summary>sigma^2 (SRPO's and DRCORL's default).</summary>
    Vds,

    /// <summary>1.</summary>
    Stable,

    /// <summary>alpha/sigma: the unweighted integral of grad KL_t.</summary>
    Score,
}

/// <summary>The values of <see cref="DiffusionWeight"/> (SRPO, arXiv 2310.07297, and its code).
/// Binary64, bitwise.</summary>
public static class DiffusionWeights
{
    /// <summary>w(t); the score weight is infinite at t = 0, so t in (0,1] there.</summary>
    public static double At(DiffusionWeight weight, VpSchedule schedule, double t) => weight switch
    {
        DiffusionWeight.Vds => -ScalarDouble.Expm1(2.0 * schedule.LogAlpha(t)),
        DiffusionWeight.Stable => 1.0,
        DiffusionWeight.Score => schedule.Alpha(t) / schedule.Sigma(t),
        _ => throw new ArgumentOutOfRangeException(nameof(weight), weight, "No such weight."),
    };

    /// <summary>
    /// b: whether the drawn noise is subtracted from the predicted noise. It has mean 0, so the gradient's
    /// mean stays; its variance falls for Vds and Stable when the behaviour's deviation is at most 1, and can
    /// rise for Score.
    /// </summary>
    public static bool SubtractsNoise(DiffusionWeight weight) => weight != DiffusionWeight.Score;
}
