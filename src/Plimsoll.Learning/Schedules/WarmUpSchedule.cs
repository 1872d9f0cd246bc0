namespace Plimsoll.Learning.Schedules;

/// <summary>Where the straight line of a warm-up starts.</summary>
public enum WarmUpStart
{
    /// <summary>Step k takes the share min((k+1)/W, 1): the first step already moves (CDT, Liu et al., arXiv
    /// 2302.07351).</summary>
    FirstShare,

    /// <summary>Step k takes the share min(k/W, 1): the first step stands still (CPL, arXiv
    /// 2310.13639).</summary>
    Zero,
}

/// <summary>
/// A learning rate that rises in a straight line over the first W steps, then follows another schedule over
/// the steps that remain: step k has share(k) After(0, K - W) for k &lt; W and After(k - W, K - W) from then
/// on. W is <paramref name="Steps"/>, at least 1; with W &gt;= K only the rise is seen. Deterministic:
/// bitwise.
/// </summary>
public sealed record WarmUpSchedule(
    Schedule After, long Steps, WarmUpStart Start = WarmUpStart.FirstShare) : Schedule
{
    /// <exception cref="ArgumentOutOfRangeException">Below 1.</exception>
    public long Steps { get; } = Steps >= 1
        ? Steps
        : throw new ArgumentOutOfRangeException(nameof(Steps), Steps, "A warm-up takes at least one step.");

    private protected override double Value(long step, long steps)
    {
        var rest = Math.Max(steps - Steps, 1);
        if (step >= Steps) return After.At(step - Steps, rest);
        var share = (double)(Start == WarmUpStart.FirstShare ? step + 1 : step) / Steps;
        return share * After.At(0, rest);
    }
}

/// <summary>A schedule times a number, such as a learning rate cut to a tenth after cloning.</summary>
public sealed record ScaledSchedule(Schedule Of, double Factor) : Schedule
{
    private protected override double Value(long step, long steps) => Factor * Of.At(step, steps);
}
