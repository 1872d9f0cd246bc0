using Plimsoll.Numerics.Reference;

namespace Plimsoll.Learning.Safety;

/// <summary>
/// SPI's dense safety signal c' = 1 - f(c), f: cost -&gt; [0,1] non-decreasing with f(0) = 0, so c' = 1 where
/// safe.
/// <para>Equation: SPI, equation (4); the paper leaves f open. What the remap changes: where no episode ends
/// on its cost, the value of c' is 1/(1-gamma) - (value of f(c)), an affine map; where one does, an early end
/// also loses every later c'.</para>
/// <para>Costs at least 0 and finite (ArgumentOutOfRangeException). Binary64, one rounding to binary32.
/// Bitwise.</para>
/// </summary>
public abstract record CostRemap
{
    private protected CostRemap()
    {
    }

    private protected abstract double Unsafety(double cost);

    /// <summary>c' of one cost, in [0,1].</summary>
    public double Safety(double cost)
    {
        if (!(cost >= 0.0) || double.IsInfinity(cost))
        {
            throw new ArgumentOutOfRangeException(nameof(cost), cost, "A cost is finite and at least 0.");
        }
        return 1.0 - Unsafety(cost);
    }

    /// <summary>c' of every step of a trajectory (or of any run of steps), [T] to [T].</summary>
    public void Apply(ReadOnlySpan<float> costs, Span<float> safety)
    {
        if (costs.Length != safety.Length)
        {
            throw new ArgumentException(
                $"{safety.Length} places for the safety signal of {costs.Length} steps.", nameof(safety));
        }
        for (var t = 0; t < costs.Length; t++)
        {
            safety[t] = (float)Safety(costs[t]);
        }
    }
}

/// <summary>f(c) = 1 when c &gt; 0: for costs that are 0 or 1.</summary>
public sealed record IndicatorRemap : CostRemap
{
    private protected override double Unsafety(double cost) => cost > 0.0 ? 1.0 : 0.0;
}

/// <summary>f(c) = min(c/largest, 1): for graded costs; largest &gt; 0 is normally the dataset's
/// maximum.</summary>
public sealed record ClippedLinearRemap : CostRemap
{
    /// <summary>The cost, cost/step, from which a step counts as wholly unsafe.</summary>
    public double Largest { get; }

    public ClippedLinearRemap(double largest) => Largest = largest > 0.0 && double.IsFinite(largest)
        ? largest
        : throw new ArgumentOutOfRangeException(nameof(largest), largest, "The largest cost is above 0.");

    private protected override double Unsafety(double cost) => Math.Min(cost / Largest, 1.0);
}

/// <summary>f(c) = 1 - exp(-c/scale), scale &gt; 0 in cost/step.</summary>
public sealed record SmoothRemap : CostRemap
{
    /// <summary>The cost at which the safety signal has fallen to 1/e.</summary>
    public double Scale { get; }

    public SmoothRemap(double scale) => Scale = scale > 0.0 && double.IsFinite(scale)
        ? scale
        : throw new ArgumentOutOfRangeException(nameof(scale), scale, "The scale of the cost is above 0.");

    private protected override double Unsafety(double cost) => -ScalarDouble.Expm1(-cost / Scale);
}
