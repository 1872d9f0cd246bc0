namespace Plimsoll.Learning.Tabular;

/// <summary>What a <see cref="LinearProgramme"/> came to, each with the numbers that prove it.</summary>
public abstract record LinearOutcome
{
    private LinearOutcome()
    {
    }

    /// <summary>An optimum. Proof: x is feasible, y is feasible for the dual (A'y at least c, prices of inequalities at
    /// least 0), and y'b = c'x.</summary>
    /// <param name="Value">c'x.</param>
    /// <param name="Solution">x [N], each at least 0.</param>
    /// <param name="EqualityPrices">y of the equalities: d Value / d right side.</param>
    /// <param name="LimitPrices">y of the inequalities, at least 0.</param>
    public sealed record Optimal(
        double Value, double[] Solution, double[] EqualityPrices, double[] LimitPrices) : LinearOutcome;

    /// <summary>No x keeps all rows. Proof (Farkas): weights of the rows with A'y at least 0, those of inequalities at
    /// least 0, and y'b below 0.</summary>
    public sealed record Infeasible(double[] EqualityWeights, double[] LimitWeights) : LinearOutcome;

    /// <summary>There are feasible x of any value. Proof: a direction x &gt;= 0 that changes no equality, raises no
    /// inequality and has c'x above 0.</summary>
    public sealed record Unbounded(double[] Direction) : LinearOutcome;
}
