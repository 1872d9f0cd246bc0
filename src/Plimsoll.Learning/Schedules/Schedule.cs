using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Schedules;

/// <summary>
/// A number that follows the step of a training stage. <c>step</c> counts from 0; <c>steps</c>, at least 1,
/// is the stage's length; beyond it the final value holds. Deterministic: bitwise.
/// </summary>
public abstract record Schedule
{
    private protected Schedule()
    {
    }

    /// <summary>The value at a step. Throws ArgumentOutOfRangeException for step &lt; 0
    /// or steps &lt; 1.</summary>
    public double At(long step, long steps)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(step);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Value(Math.Min(step, steps), steps);
    }

    private protected abstract double Value(long step, long steps);

    private protected static double Between(double start, double end, long step, long steps)
    {
        if (step == steps)
        {
            return end;
        }
        // Clamped, because start + (end - start) u may step over end by a rounding and so break monotonicity.
        var value = start + (end - start) * ((double)step / steps);
        return start <= end ? Math.Min(value, end) : Math.Max(value, end);
    }
}

/// <summary>The same value at every step (DRCORL's ablation uses beta = 0.02).</summary>
public sealed record ConstantSchedule(double Constant) : Schedule
{
    private protected override double Value(long step, long steps) => Constant;
}

/// <summary>c sqrt(k) (DRCORL's code: beta with c = 0.01; 0 at the first step).</summary>
public sealed record SqrtSchedule(double Factor) : Schedule
{
    private protected override double Value(long step, long steps) => Factor * Math.Sqrt(step);
}

/// <summary>From start to end in a straight line, both reached exactly (DRCORL, appendix C.1: beta from 0.04
/// to 1).</summary>
public sealed record LinearSchedule(double Start, double End) : Schedule
{
    private protected override double Value(long step, long steps) => Between(Start, End, step, steps);
}

/// <summary>sqrt(slope k + offset) (DRCORL's plotting script: slope 0.01, offset 0.04). The root's argument
/// must not be negative.</summary>
public sealed record SqrtAffineSchedule(double Slope, double Offset) : Schedule
{
    private protected override double Value(long step, long steps) => Math.Sqrt(Slope * step + Offset);
}

/// <summary>A slack of the safety band, from its first value to exactly 0 (DRCORL, choice of the
/// slack variable: 0.2 decayed to 0).</summary>
public sealed record SlackSchedule(double Start) : Schedule
{
    private protected override double Value(long step, long steps) => Between(Start, 0.0, step, steps);
}

/// <summary>Cosine learning rate, rate (1 + cos(pi k/K))/2 (Loshchilov and Hutter, arXiv 1608.03983, equation
/// 5 with minimum 0 and no restart).</summary>
public sealed record CosineSchedule(double Rate) : Schedule
{
    private protected override double Value(long step, long steps) =>
        0.5 * Rate * (1.0 + ScalarDouble.Cos(Math.PI * ((double)step / steps)));
}
