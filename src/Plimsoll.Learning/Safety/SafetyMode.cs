namespace Plimsoll.Learning.Safety;

/// <summary>What a step of safe adaptation improves.</summary>
public enum SafetyMode : byte
{
    /// <summary>Safe with room: raise the reward.</summary>
    Reward,

    /// <summary>Near the limit: both, by gradient manipulation.</summary>
    Both,

    /// <summary>Over the limit: lower the cost.</summary>
    Cost,
}

/// <summary>
/// The rule that chooses the mode from an estimated cost:
/// Reward when C &lt;= l - h-, Cost when C &gt; l + h+, otherwise Both.
/// <para>Equation: DRCORL (arXiv 2502.12391), algorithm 2, as its code compares; the paper writes &gt;= l +
/// h+, which would claim equality twice at zero slack. h- = -h+ is CRPO (Xu et al. 2021) with tolerance
/// h+.</para>
/// <para>Units: C, l, h+ and h- share one scale, normally cost over the limit, where l = 1. h+ + h- must be
/// at least 0 and all finite (ArgumentOutOfRangeException), which makes the three cases exclusive.
/// A NaN estimate gives Cost: what is not known to be safe is not safe.</para>
/// </summary>
public readonly record struct SafetyBand
{
    /// <summary>l.</summary>
    public double Limit { get; }

    /// <summary>h+.</summary>
    public double SlackAbove { get; }

    /// <summary>h-.</summary>
    public double SlackBelow { get; }

    public SafetyBand(double limit, double slackAbove, double slackBelow)
    {
        if (!double.IsFinite(limit))
        {
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "A limit is finite.");
        }
        if (!(slackAbove + slackBelow >= 0.0) || !double.IsFinite(slackAbove) || !double.IsFinite(slackBelow))
        {
            throw new ArgumentOutOfRangeException(
                nameof(slackBelow), slackBelow, "The slacks are finite and their sum is at least 0.");
        }
        Limit = limit;
        SlackAbove = slackAbove;
        SlackBelow = slackBelow;
    }

    /// <summary>CRPO's two modes: Reward up to limit + tolerance, Cost beyond.</summary>
    public static SafetyBand Crpo(double limit, double tolerance) => new(limit, tolerance, -tolerance);

    public SafetyMode Mode(double estimate)
    {
        if (estimate <= Limit - SlackBelow)
        {
            return SafetyMode.Reward;
        }
        return estimate <= Limit + SlackAbove ? SafetyMode.Both : SafetyMode.Cost;
    }
}
