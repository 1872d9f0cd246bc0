using Plimsoll.Learning.Safety;

namespace Plimsoll.Learning.Tabular;

/// <summary>
/// Closed forms of SPI's pixel world (its Fig. 2): a path that meets the trap, cost 1 and the end of the
/// episode, at step index n, all else free; and of the remap c' = 1 - 1(c > 0) on any path. n &gt;= 0, gamma
/// in [0,1). Bitwise.
/// </summary>
public static class PixelWorldValues
{
    /// <summary>Q^c of the path into the trap: gamma^n, which fades with the distance.</summary>
    public static double TrapCost(double gamma, int n)
    {
        Check(gamma, n);
        var power = 1.0;
        for (var bit = 30; bit >= 0; bit--)
        {
            power *= power;
            power *= ((n >> bit) & 1) != 0 ? gamma : 1.0;
        }
        return power;
    }

    /// <summary>Q^c' of the same path: 1 + gamma + ... + gamma^(n-1), which grows with the
    /// distance.</summary>
    public static double TrapSafety(double gamma, int n)
    {
        Check(gamma, n);
        return CostLimit.GeometricSum(gamma, n);
    }

    /// <summary>Q^c' of a path that never ends and never meets the trap: 1/(1-gamma).</summary>
    public static double EndlessSafety(double gamma)
    {
        Check(gamma, 0);
        return 1.0 / (1.0 - gamma);
    }

    /// <summary>
    /// Q^c' from the costs' own value for an episode of steps 0..n whose costs are 0 or 1:
    /// 1/(1-gamma) - sum gamma^i c_i - gamma^(n+1)/(1-gamma); the last term is what ending forfeits.
    /// </summary>
    public static double SafetyOfEnded(double gamma, int lastStep, double costValue) =>
        EndlessSafety(gamma) * (1.0 - TrapCost(gamma, lastStep + 1)) - costValue;

    /// <summary>sum gamma^i u_i over a path, by Horner's rule from its end.</summary>
    public static double DiscountedSum(ReadOnlySpan<float> signal, double gamma)
    {
        var sum = 0.0;
        for (var t = signal.Length - 1; t >= 0; t--)
        {
            sum = signal[t] + gamma * sum;
        }
        return sum;
    }

    private static void Check(double gamma, int n)
    {
        if (!(gamma >= 0.0 && gamma < 1.0))
        {
            throw new ArgumentOutOfRangeException(nameof(gamma), gamma, "The discount lies in [0,1).");
        }
        ArgumentOutOfRangeException.ThrowIfNegative(n);
    }
}
