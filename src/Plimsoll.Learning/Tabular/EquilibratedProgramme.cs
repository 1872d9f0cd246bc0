namespace Plimsoll.Learning.Tabular;

/// <summary>
/// A <see cref="LinearProgramme"/> in units in which its numbers are around 1: rows and columns of [A; G] divided by
/// the geometric means of their largest and least entry, a few times in turn, and by the largest at the end; right
/// sides and objective by their largest number. All factors are powers of two, so nothing is rounded, and solutions,
/// prices and proofs come back exactly.
/// </summary>
internal sealed class EquilibratedProgramme
{
    private const int Rounds = 4;

    // Binary exponents: an entry is multiplied by 2^(row + column), right sides and objective by theirs as well.
    private readonly int[] row, column;
    private readonly int objective, right;
    private readonly LinearProgramme given;

    internal EquilibratedProgramme(LinearProgramme programme)
    {
        given = programme;
        var (equalities, rows) = (programme.EqualTo.Length, programme.EqualTo.Length + programme.AtMost.Length);
        (row, column) = (new int[rows], new int[programme.Variables]);
        double Entry(int i, int j) => Math.ScaleB(
            i < equalities ? programme.Equalities[i, j] : programme.Limits[i - equalities, j], row[i] + column[j]);
        for (var round = 0; round <= Rounds; round++)
        {
            var last = round == Rounds;
            for (var i = 0; i < rows; i++)
            {
                row[i] += Factor(Enumerable.Range(0, column.Length).Select(j => Entry(i, j)), last);
            }
            for (var j = 0; j < column.Length; j++)
            {
                column[j] += Factor(Enumerable.Range(0, rows).Select(i => Entry(i, j)), last);
            }
        }
        double[] Right(double[] numbers, int from) => [.. numbers.Select((x, i) => Math.ScaleB(x, row[from + i]))];
        double[] gains = [.. programme.Objective.Select((x, j) => Math.ScaleB(x, column[j]))];
        var (equal, most) = (Right(programme.EqualTo, 0), Right(programme.AtMost, equalities));
        (objective, right) = (Factor(gains, true), Factor(equal.Concat(most), true));
        Programme = new LinearProgramme(
            Times(gains, objective), Matrix(0, equalities), Times(equal, right),
            Matrix(equalities, rows - equalities), Times(most, right));

        double[,] Matrix(int from, int count)
        {
            var matrix = new double[count, column.Length];
            for (var i = 0; i < count; i++)
            {
                for (var j = 0; j < column.Length; j++)
                {
                    matrix[i, j] = Entry(from + i, j);
                }
            }
            return matrix;
        }
    }

    internal LinearProgramme Programme { get; }

    /// <summary>An outcome of <see cref="Programme"/> in the units of the one given.</summary>
    internal LinearOutcome Restored(LinearOutcome outcome)
    {
        switch (outcome)
        {
            case LinearOutcome.Optimal(_, var x, var equal, var most):
                double[] solution = [.. x.Select((v, j) => Math.ScaleB(v, column[j] - right))];
                var value = solution.Zip(given.Objective, (v, c) => v * c).Sum();
                return new LinearOutcome.Optimal(
                    value, solution, Prices(equal, 0, -objective), Prices(most, equal.Length, -objective));
            case LinearOutcome.Infeasible(var equal, var most):
                return new LinearOutcome.Infeasible(Prices(equal, 0, 0), Prices(most, equal.Length, 0));
            case LinearOutcome.Unbounded(var direction):
                return new LinearOutcome.Unbounded([.. direction.Select((v, j) => Math.ScaleB(v, column[j]))]);
            default:
                return outcome;
        }
    }

    private double[] Prices(double[] prices, int from, int exponent) =>
        [.. prices.Select((y, i) => Math.ScaleB(y, row[from + i] + exponent))];

    private static double[] Times(double[] numbers, int exponent) =>
        [.. numbers.Select(x => Math.ScaleB(x, exponent))];

    /// <summary>The exponent that brings the largest number, or the middle of largest and least, to about 1; 0 where
    /// all are 0.</summary>
    private static int Factor(IEnumerable<double> numbers, bool largest)
    {
        var (low, high) = (int.MaxValue, int.MinValue);
        foreach (var x in numbers.Where(x => x != 0.0))
        {
            var exponent = Exponent(x);
            (low, high) = (Math.Min(low, exponent), Math.Max(high, exponent));
        }
        if (high == int.MinValue)
        {
            return 0;
        }
        return largest ? -high : -((low + high) >> 1);
    }

    /// <summary>The exponent in the bits: floor(log₂|x|), of subnormal numbers -1023.</summary>
    private static int Exponent(double x) => (int)((BitConverter.DoubleToInt64Bits(x) >> 52) & 0x7FF) - 1023;
}
