namespace Plimsoll.Learning.Tabular;

/// <summary>
/// max c'x over x &gt;= 0 with A x = b and G x &lt;= h, by the two-phase simplex method on a dense tableau: the column
/// of the largest gain, and Bland's rule, which cannot cycle (Bland 1977), once pivots gain nothing. For problems of
/// some hundred rows and columns. Solution, prices and proofs are computed from the last basis and the problem itself,
/// so the rounding of the pivots is not in them.
/// <para>Tolerance: rows, columns, right sides and objective are first brought to numbers around 1 by powers of two;
/// there a gain, a pivot or what is missing of feasibility counts as 0 up to 1e-9, and an optimum's rows and prices
/// are checked to 1e-7. So no unit matters, but rows whose own entries differ by 1e9 and more do.</para>
/// <para>Shapes: c [N], A [M,N], b [M], G [K,N], h [K]; M and K may be 0. Errors: ArgumentException for shapes and
/// numbers that are not finite; ArithmeticException when rounding keeps the method from ending, makes the last basis
/// singular or its solution infeasible or not optimal. Binary64; bitwise.</para>
/// </summary>
/// <param name="Objective">c.</param>
/// <param name="Equalities">A.</param>
/// <param name="EqualTo">b.</param>
/// <param name="Limits">G.</param>
/// <param name="AtMost">h.</param>
public sealed record LinearProgramme(
    double[] Objective, double[,] Equalities, double[] EqualTo, double[,] Limits, double[] AtMost)
{
    /// <summary>N.</summary>
    public int Variables => Objective.Length;

    /// <exception cref="ArgumentException">Shapes do not match, or numbers are not finite.</exception>
    /// <exception cref="ArithmeticException">Rounding hides the outcome.</exception>
    public LinearOutcome Solve()
    {
        Check();
        var equilibrated = new EquilibratedProgramme(this);
        return equilibrated.Restored(new Simplex(equilibrated.Programme).Solve());
    }

    private void Check()
    {
        Require(Variables > 0, "there is a variable");
        Require(Equalities.GetLength(0) == EqualTo.Length && Equalities.GetLength(1) == Variables, "A is [M,N]");
        Require(Limits.GetLength(0) == AtMost.Length && Limits.GetLength(1) == Variables, "G is [K,N]");
        var numbers = Objective.Concat(EqualTo).Concat(AtMost).Concat(Equalities.Cast<double>())
            .Concat(Limits.Cast<double>());
        Require(numbers.All(double.IsFinite), "all numbers are finite");
    }

    private static void Require(bool holds, string rule)
    {
        if (!holds)
        {
            throw new ArgumentException($"Not a linear programme: {rule}.");
        }
    }
}
