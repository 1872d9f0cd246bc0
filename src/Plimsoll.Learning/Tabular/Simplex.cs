namespace Plimsoll.Learning.Tabular;

/// <summary>
/// The method of a <see cref="LinearProgramme"/>. Columns: variables, a slack for each inequality, then an artificial
/// variable for each row, which is the first basis. Rows whose right side is negative are negated in the tableau.
/// </summary>
internal sealed class Simplex
{
    // Reduced costs and pivots below it count as 0: the problem is equilibrated, its numbers are around 1.
    private const double Tiny = 1e-9;

    // What rows and prices of an optimum may miss, beside the size of their terms.
    private const double Missing = 1e-7;
    private const int MostPivots = 100_000;

    // Pivots in a row without gain, after which Bland's rule breaks the cycle, if it is one.
    private const int Patience = 20;

    private readonly LinearProgramme problem;
    private readonly int rows, equalities, variables, real;
    private readonly double[,] tableau;
    private readonly double[] sign;
    private readonly int[] basis;

    // What a unit of each column gains, the basis following; the last entry is minus the value so far.
    private readonly double[] gains;

    internal Simplex(LinearProgramme problem)
    {
        this.problem = problem;
        (equalities, variables) = (problem.EqualTo.Length, problem.Variables);
        rows = equalities + problem.AtMost.Length;
        real = variables + problem.AtMost.Length;
        (tableau, sign, basis) = (new double[rows, real + rows + 1], new double[rows], new int[rows]);
        gains = new double[real + rows + 1];
        for (var i = 0; i < rows; i++)
        {
            sign[i] = Right(i) < 0.0 ? -1.0 : 1.0;
            for (var j = 0; j < real; j++)
            {
                tableau[i, j] = sign[i] * Entry(i, j);
            }
            tableau[i, real + i] = 1.0;
            tableau[i, real + rows] = sign[i] * Right(i);
            basis[i] = real + i;
        }
    }

    internal LinearOutcome Solve()
    {
        var direction = Improve(FirstPhase, real + rows);
        if (direction is not null)
        {
            throw new ArithmeticException("The sum of artificial variables has no least value, by rounding.");
        }
        var left = 0.0;
        for (var i = 0; i < rows; i++)
        {
            left += basis[i] >= real ? Math.Abs(tableau[i, real + rows]) : 0.0;
        }
        if (left > Tiny * Scale())
        {
            var weights = Prices(FirstPhase);
            return new LinearOutcome.Infeasible(weights[..equalities], weights[equalities..]);
        }
        DriveOut();
        direction = Improve(Cost, real);
        if (direction is not null)
        {
            return new LinearOutcome.Unbounded(direction);
        }
        var (x, prices) = (Solution(), Prices(Cost));
        RequireOptimal(x, prices);
        var value = 0.0;
        for (var j = 0; j < variables; j++)
        {
            value += problem.Objective[j] * x[j];
        }
        return new LinearOutcome.Optimal(value, x, prices[..equalities], prices[equalities..]);
    }

    private double Cost(int column) => column < variables ? problem.Objective[column] : 0.0;

    private double FirstPhase(int column) => column >= real ? -1.0 : 0.0;

    private double Right(int row) =>
        row < equalities ? problem.EqualTo[row] : problem.AtMost[row - equalities];

    /// <summary>The problem's own matrix with slacks, before any sign or pivot.</summary>
    private double Entry(int row, int column)
    {
        if (column >= variables)
        {
            return column - variables == row - equalities ? 1.0 : 0.0;
        }
        return row < equalities ? problem.Equalities[row, column] : problem.Limits[row - equalities, column];
    }

    private double BasisEntry(int row, int place) => basis[place] < real
        ? Entry(row, basis[place])
        : basis[place] - real == row ? sign[row] : 0.0;

    /// <summary>Pivots while a column below a bound improves the costs; a direction of the variables where nothing
    /// stops it, else null. The column that gains most enters; after pivots that gained nothing the first one that
    /// gains, until the value has risen again.</summary>
    private double[]? Improve(Func<int, double> cost, int bound)
    {
        Price(cost);
        var idle = 0;
        for (var pivots = 0; pivots < MostPivots; pivots++)
        {
            var entering = Entering(bound, idle > Patience);
            if (entering < 0)
            {
                return null;
            }
            var leaving = Leaving(entering, idle > Patience);
            if (leaving < 0)
            {
                return Direction(entering);
            }
            idle = tableau[leaving, real + rows] > Tiny ? 0 : idle + 1;
            Pivot(leaving, entering);
        }
        throw new ArithmeticException($"The simplex method did not end in {MostPivots} pivots.");
    }

    private void Price(Func<int, double> cost)
    {
        for (var j = 0; j < gains.Length; j++)
        {
            gains[j] = j < real + rows ? cost(j) : 0.0;
            for (var i = 0; i < rows; i++)
            {
                gains[j] -= cost(basis[i]) * tableau[i, j];
            }
        }
    }

    private int Entering(int bound, bool first)
    {
        var (entering, most) = (-1, Tiny);
        for (var j = 0; j < bound; j++)
        {
            if (gains[j] > most)
            {
                (entering, most) = (j, gains[j]);
                if (first)
                {
                    return j;
                }
            }
        }
        return entering;
    }

    // Of the rows that stop it first the one with the largest pivot, which rounds least; Bland's rule has to take the
    // one whose variable has the lowest number.
    private int Leaving(int entering, bool bland)
    {
        var (leaving, least) = (-1, double.PositiveInfinity);
        for (var i = 0; i < rows; i++)
        {
            if (tableau[i, entering] <= Tiny)
            {
                continue;
            }
            var ratio = Math.Max(tableau[i, real + rows], 0.0) / tableau[i, entering];
            var tie = leaving >= 0 && Math.Abs(ratio - least) <= 1e-12 * (1.0 + least);
            var before = tie && (bland
                ? basis[i] < basis[leaving]
                : tableau[i, entering] > tableau[leaving, entering]);
            if (tie ? before : ratio < least)
            {
                (leaving, least) = (i, ratio);
            }
        }
        return leaving;
    }

    private void Pivot(int row, int column)
    {
        var width = real + rows + 1;
        var pivot = tableau[row, column];
        for (var j = 0; j < width; j++)
        {
            tableau[row, j] /= pivot;
        }
        var gain = gains[column];
        for (var j = 0; j < width; j++)
        {
            gains[j] -= gain * tableau[row, j];
        }
        gains[column] = 0.0;
        for (var i = 0; i < rows; i++)
        {
            var factor = tableau[i, column];
            if (i == row || factor == 0.0)
            {
                continue;
            }
            for (var j = 0; j < width; j++)
            {
                tableau[i, j] -= factor * tableau[row, j];
            }
            tableau[i, column] = 0.0;
        }
        basis[row] = column;
    }

    /// <summary>Artificial variables at 0 leave the basis, by the largest entry of their row, which moves the others
    /// least; one that has none stands for a redundant row and stays.</summary>
    private void DriveOut()
    {
        for (var i = 0; i < rows; i++)
        {
            if (basis[i] < real)
            {
                continue;
            }
            var largest = 0;
            for (var j = 1; j < real; j++)
            {
                largest = Math.Abs(tableau[i, j]) > Math.Abs(tableau[i, largest]) ? j : largest;
            }
            if (Math.Abs(tableau[i, largest]) > Tiny)
            {
                Pivot(i, largest);
            }
        }
    }

    private double[] Direction(int entering)
    {
        var direction = new double[variables];
        if (entering < variables)
        {
            direction[entering] = 1.0;
        }
        for (var i = 0; i < rows; i++)
        {
            if (basis[i] < variables)
            {
                direction[basis[i]] = Math.Max(-tableau[i, entering], 0.0);
            }
        }
        return direction;
    }

    /// <summary>Throws where the rows of x, or the columns of its prices, miss by more than rounding.</summary>
    private void RequireOptimal(double[] x, double[] prices)
    {
        for (var i = 0; i < rows; i++)
        {
            var (sum, size) = (-Right(i), 1.0 + Math.Abs(Right(i)));
            for (var j = 0; j < variables; j++)
            {
                (sum, size) = (sum + Entry(i, j) * x[j], size + Math.Abs(Entry(i, j) * x[j]));
            }
            Require(i < equalities ? Math.Abs(sum) : sum, size, $"row {i} of the solution");
        }
        for (var j = 0; j < variables; j++)
        {
            var (sum, size) = (Cost(j), 1.0 + Math.Abs(Cost(j)));
            for (var i = 0; i < rows; i++)
            {
                (sum, size) = (sum - Entry(i, j) * prices[i], size + Math.Abs(Entry(i, j) * prices[i]));
            }
            Require(sum, size, $"column {j} of the prices");
        }
    }

    private static void Require(double missing, double size, string what)
    {
        if (!(missing <= Missing * size))
        {
            throw new ArithmeticException($"The last basis is no optimum, by rounding: {what} misses {missing:g3}.");
        }
    }

    /// <summary>x of the basis, B x = b; rounding below 0 is 0.</summary>
    private double[] Solution()
    {
        var matrix = new double[rows, rows];
        var right = new double[rows];
        for (var i = 0; i < rows; i++)
        {
            right[i] = Right(i);
            for (var k = 0; k < rows; k++)
            {
                matrix[i, k] = BasisEntry(i, k);
            }
        }
        var solved = LinearSystem.Solve(matrix, right);
        var x = new double[variables];
        for (var k = 0; k < rows; k++)
        {
            if (basis[k] < variables)
            {
                x[basis[k]] = Math.Max(solved[k], 0.0);
            }
        }
        return x;
    }

    /// <summary>y of the basis, B'y = its costs, for the rows as they are in the problem; of inequalities at least
    /// 0.</summary>
    private double[] Prices(Func<int, double> cost)
    {
        var matrix = new double[rows, rows];
        var right = new double[rows];
        for (var k = 0; k < rows; k++)
        {
            right[k] = cost(basis[k]);
            for (var i = 0; i < rows; i++)
            {
                matrix[k, i] = BasisEntry(i, k);
            }
        }
        var prices = LinearSystem.Solve(matrix, right);
        for (var i = equalities; i < rows; i++)
        {
            prices[i] = Math.Max(prices[i], 0.0);
        }
        return prices;
    }

    private double Scale()
    {
        var largest = 1.0;
        for (var i = 0; i < rows; i++)
        {
            largest = Math.Max(largest, Math.Abs(Right(i)));
        }
        return largest;
    }
}
