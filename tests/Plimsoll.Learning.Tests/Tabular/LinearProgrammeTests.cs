using NUnit.Framework;
using Plimsoll.Learning.Tabular;
using Plimsoll.Learning.Tests.Laws;

namespace Plimsoll.Learning.Tests.Tabular;

/// <summary>Every outcome is judged by the numbers that prove it, so the tests need no other solver.</summary>
public sealed class LinearProgrammeTests
{
    // Programmes have numbers up to 4 and up to eight rows.
    private const double Rounding = 1e-8;

    [Law(MaxTest = 1000)]
    public bool Every_outcome_of_a_small_programme_proves_itself(Length seed, Length more) =>
        IsProven(Random(seed.Value * 1000 + more.Value));

    [Test]
    public void All_three_outcomes_occur_and_are_proven()
    {
        var seen = new Dictionary<string, int>();
        for (var seed = 0; seed < 2000; seed++)
        {
            var problem = Random(seed);
            Assert.That(IsProven(problem), $"seed {seed}");
            var name = problem.Solve().GetType().Name;
            seen[name] = seen.GetValueOrDefault(name) + 1;
        }
        Assert.That(seen, Has.Count.EqualTo(3));
        Assert.That(seen.Values, Has.All.GreaterThan(100));
    }

    [Test]
    public void A_textbook_programme()
    {
        // max 3x + 5y, x <= 4, 2y <= 12, 3x + 2y <= 18 (Hillier and Lieberman): 36 at (2, 6), prices 0, 3/2, 1.
        var optimal = Optimal(new(
            [3, 5], new double[0, 2], [], new double[,] { { 1, 0 }, { 0, 2 }, { 3, 2 } }, [4, 12, 18]));
        Assert.That(optimal.Value, Is.EqualTo(36).Within(1e-12));
        Assert.That(optimal.Solution, Is.EqualTo(new[] { 2.0, 6.0 }).Within(1e-12));
        Assert.That(optimal.LimitPrices, Is.EqualTo(new[] { 0.0, 1.5, 1.0 }).Within(1e-12));
    }

    [Test]
    public void The_programme_on_which_the_largest_gain_alone_would_cycle_ends()
    {
        // Beale's example: 1/20 at (1/25, 0, 1, 0).
        var optimal = Optimal(new(
            [0.75, -150, 0.02, -6], new double[0, 4], [],
            new double[,] { { 0.25, -60, -0.04, 9 }, { 0.5, -90, -0.02, 3 }, { 0, 0, 1, 0 } }, [0, 0, 1]));
        Assert.That(optimal.Value, Is.EqualTo(0.05).Within(1e-12));
        Assert.That(optimal.Solution, Is.EqualTo(new[] { 0.04, 0, 1, 0 }).Within(1e-12));
    }

    [Test]
    public void A_row_said_twice_changes_nothing()
    {
        var once = Optimal(new([1, 2], new double[,] { { 1, 1 } }, [3], new double[,] { { 0, 1 } }, [2]));
        var twice = Optimal(new(
            [1, 2], new double[,] { { 1, 1 }, { 2, 2 } }, [3, 6], new double[,] { { 0, 1 }, { 0, 1 } }, [2, 2]));
        Assert.That(twice.Value, Is.EqualTo(once.Value).And.EqualTo(5).Within(1e-12));
        Assert.That(twice.Solution, Is.EqualTo(once.Solution).Within(1e-12));
    }

    [Test]
    public void Rows_that_exclude_each_other_and_a_free_direction()
    {
        Assert.That(
            new LinearProgramme([1], new double[,] { { 1 } }, [2], new double[,] { { 1 } }, [1]).Solve(),
            Is.InstanceOf<LinearOutcome.Infeasible>());
        Assert.That(
            new LinearProgramme([1, 0], new double[,] { { 1, -1 } }, [0], new double[0, 2], []).Solve(),
            Is.InstanceOf<LinearOutcome.Unbounded>());
        Assert.That(
            Optimal(new([-1, 0], new double[0, 2], [], new double[,] { { -1, 0 } }, [-3])).Value,
            Is.EqualTo(-3).Within(1e-12));
    }

    [Test]
    public void Shapes_and_numbers_are_checked()
    {
        static void Refused(LinearProgramme programme) => Assert.Throws<ArgumentException>(() => programme.Solve());
        Refused(new([], new double[0, 0], [], new double[0, 0], []));
        Refused(new([1], new double[1, 2], [1], new double[0, 1], []));
        Refused(new([1], new double[0, 1], [], new double[1, 1], []));
        Refused(new([double.NaN], new double[0, 1], [], new double[0, 1], []));
    }

    // No unit matters: rows, columns, right sides and objective multiplied by anything from 1e-3 to 1e3, all apart.
    [Law(MaxTest = 1000)]
    public bool Other_units_change_no_outcome(Length seed, Length more, Scale right, Scale gain)
    {
        var problem = Random(seed.Value * 1000 + more.Value);
        var random = new Random(more.Value);
        double[] Units(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => Math.Pow(10, 6 * random.NextDouble() - 3))];
        var (row, limit) = (Units(problem.EqualTo.Length), Units(problem.AtMost.Length));
        var column = Units(problem.Variables);
        var scaled = new LinearProgramme(
            [.. problem.Objective.Select((c, j) => c * column[j] * gain.Value)],
            Times(problem.Equalities, row, column), [.. problem.EqualTo.Select((b, i) => b * row[i] * right.Value)],
            Times(problem.Limits, limit, column), [.. problem.AtMost.Select((b, i) => b * limit[i] * right.Value)]);
        var (plain, other) = (problem.Solve(), scaled.Solve());
        if (plain is not LinearOutcome.Optimal one || other is not LinearOutcome.Optimal two)
        {
            return plain.GetType() == other.GetType();
        }
        // Its solution, in the units of the first, is one of that; optima may be many, their value is one.
        double[] x = [.. two.Solution.Select((v, j) => v * column[j] / right.Value)];
        double Row(double[,] rows, int i) => Enumerable.Range(0, x.Length).Sum(j => rows[i, j] * x[j]);
        var value = Inputs.Dot(problem.Objective, x);
        return Math.Abs(value - one.Value) <= Rounding * (1 + Math.Abs(one.Value))
            && Math.Abs(two.Value / gain.Value / right.Value - one.Value) <= Rounding * (1 + Math.Abs(one.Value))
            && Enumerable.Range(0, row.Length)
                .All(i => Math.Abs(Row(problem.Equalities, i) - problem.EqualTo[i]) <= Rounding)
            && Enumerable.Range(0, limit.Length).All(i => Row(problem.Limits, i) <= problem.AtMost[i] + Rounding);
    }

    [Law(MaxTest = 300)]
    public bool A_row_that_others_imply_but_for_rounding_changes_nothing(Length seed, Length more)
    {
        var random = new Random(seed.Value * 1000 + more.Value);
        const int rows = 4, variables = 8;
        var (once, twice) = (new double[rows, variables], new double[rows + 2, variables]);
        double[] inside = [.. Enumerable.Range(0, variables).Select(j => j < 4 ? random.NextDouble() : 0)];
        var (right, implied) = (new double[rows], new double[rows + 2]);
        for (var j = 0; j < variables; j++)
        {
            for (var i = 0; i < rows; i++)
            {
                once[i, j] = twice[i, j] = random.NextDouble() - (i == 0 ? 0 : 0.5);
                right[i] += once[i, j] * inside[j];
            }
            twice[rows, j] = once[0, j] + 0.3 * once[1, j] - 0.7 * once[2, j];
            twice[rows + 1, j] = 0.1 * once[3, j] + 1.1 * twice[rows, j];
        }
        right.CopyTo(implied, 0);
        implied[rows] = right[0] + 0.3 * right[1] - 0.7 * right[2];
        implied[rows + 1] = 0.1 * right[3] + 1.1 * implied[rows];
        double[] gain = [.. Enumerable.Range(0, variables).Select(_ => random.NextDouble())];
        // The first row is positive, so nothing is unbounded.
        var one = Optimal(new(gain, once, right, new double[0, variables], [])).Value;
        var two = Optimal(new(gain, twice, implied, new double[0, variables], [])).Value;
        return Math.Abs(one - two) <= Rounding * (1 + Math.Abs(one));
    }

    private static LinearOutcome.Optimal Optimal(LinearProgramme problem) => (LinearOutcome.Optimal)problem.Solve();

    /// <summary>Small whole numbers, many of them 0, so that ties and redundant rows are common.</summary>
    private static LinearProgramme Random(int seed)
    {
        var random = new Random(seed);
        double Number() => random.Next(3) == 0 ? 0 : random.Next(-4, 5);
        var (n, m, k) = (random.Next(1, 6), random.Next(0, 4), random.Next(0, 5));
        var (a, g) = (new double[m, n], new double[k, n]);
        for (var j = 0; j < n; j++)
        {
            for (var i = 0; i < m; i++) a[i, j] = Number();
            for (var i = 0; i < k; i++) g[i, j] = Number();
        }
        double[] Numbers(int count) => [.. Enumerable.Range(0, count).Select(_ => Number())];
        return new(Numbers(n), a, Numbers(m), g, Numbers(k));
    }

    private static double[,] Times(double[,] matrix, double[] row, double[] column)
    {
        var scaled = new double[row.Length, column.Length];
        for (var i = 0; i < row.Length; i++)
        {
            for (var j = 0; j < column.Length; j++) scaled[i, j] = row[i] * matrix[i, j] * column[j];
        }
        return scaled;
    }

    private static bool IsProven(LinearProgramme p)
    {
        var (n, m, k) = (p.Variables, p.EqualTo.Length, p.AtMost.Length);
        double Row(double[,] rows, int i, double[] x) => Enumerable.Range(0, n).Sum(j => rows[i, j] * x[j]);
        double Column(int j, double[] y, double[] z) =>
            Enumerable.Range(0, m).Sum(i => p.Equalities[i, j] * y[i])
            + Enumerable.Range(0, k).Sum(i => p.Limits[i, j] * z[i]);
        double Right(double[] y, double[] z) => Inputs.Dot(p.EqualTo, y) + Inputs.Dot(p.AtMost, z);
        switch (p.Solve())
        {
            case LinearOutcome.Optimal(var value, var x, var y, var z):
                var feasible = x.All(v => v >= 0)
                    && Enumerable.Range(0, m).All(i => Math.Abs(Row(p.Equalities, i, x) - p.EqualTo[i]) <= Rounding)
                    && Enumerable.Range(0, k).All(i => Row(p.Limits, i, x) <= p.AtMost[i] + Rounding);
                var dual = z.All(v => v >= 0)
                    && Enumerable.Range(0, n).All(j => Column(j, y, z) >= p.Objective[j] - Rounding);
                var strong = Math.Abs(Inputs.Dot(p.Objective, x) - value) <= Rounding
                    && Math.Abs(Right(y, z) - value) <= Rounding;
                var slack = Enumerable.Range(0, n).All(j => x[j] * (Column(j, y, z) - p.Objective[j]) <= Rounding)
                    && Enumerable.Range(0, k).All(i => z[i] * (p.AtMost[i] - Row(p.Limits, i, x)) <= Rounding);
                return feasible && dual && strong && slack;
            case LinearOutcome.Infeasible(var y, var z):
                return z.All(v => v >= 0) && Enumerable.Range(0, n).All(j => Column(j, y, z) >= -Rounding)
                    && Right(y, z) < -1e-6;
            case LinearOutcome.Unbounded(var d):
                return d.All(v => v >= 0) && Inputs.Dot(p.Objective, d) > 1e-6
                    && Enumerable.Range(0, m).All(i => Math.Abs(Row(p.Equalities, i, d)) <= Rounding)
                    && Enumerable.Range(0, k).All(i => Row(p.Limits, i, d) <= Rounding);
            default:
                return false;
        }
    }
}
