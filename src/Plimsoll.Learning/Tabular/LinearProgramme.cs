namespace Plimsoll.Learning.Tabular;

/// <summary>
/// max c'x over x &gt;= 0 with A x = b and G x &lt;= h, by the two-phase simplex method on a dense tableau: the column
/// of the largest gain, and Bland's rule, which cannot cycle (Bland 1977), once pivots gain nothing. For problems of some hundred rows and columns. Solution, prices and
/// proofs are computed from the last basis and the problem itself, so the rounding of the pivots is not in them.
/// <para>Shapes: c [N], A [M,N], b [M], G [K,N], h [K]; M and K may be 0. Errors: ArgumentException for shapes and
/// numbers that are not finite; ArithmeticException when rounding keeps the method from ending (never seen).
/// Binary64; bitwise.</para>
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

    public LinearOutcome Solve()
    {
        Check();
        return new Simplex(this).Solve();
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
