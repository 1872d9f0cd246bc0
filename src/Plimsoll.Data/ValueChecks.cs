namespace Plimsoll.Data;

/// <summary>Checks of single numbers. What is not finite is reported as that and by no other check.</summary>
internal static unsafe class ValueChecks
{
    public static IEnumerable<DatasetProblem> All(string name, DatasetColumns columns, int rows)
    {
        var problems = new List<DatasetProblem>();
        Add(NotFinite(name, DatasetKeys.Observations, columns.Observations, rows, columns.ObservationSize));
        Add(NotFinite(
            name, DatasetKeys.NextObservations, columns.NextObservations, rows, columns.ObservationSize));
        Add(NotFinite(name, DatasetKeys.Actions, columns.Actions, rows, columns.ActionSize));
        Add(NotFinite(name, DatasetKeys.Rewards, columns.Rewards, rows, null));
        Add(NotFinite(name, DatasetKeys.Costs, columns.Costs, rows, null));
        Add(ConstantColumns(name, columns.Observations, rows, columns.ObservationSize));
        Add(ActionsOutOfRange(name, columns.Actions, rows, columns.ActionSize));
        Add(NegativeCosts(name, columns.Costs, rows));
        Add(CostsNotBinary(name, columns.Costs, rows));
        return problems;

        void Add(DatasetProblem? problem)
        {
            if (problem is not null)
            {
                problems.Add(problem);
            }
        }
    }

    /// <summary>The first element for which a test holds, and how many there are.</summary>
    private static (long First, long Count) Find(float* values, long length, Func<float, bool> test)
    {
        var (first, count) = (-1L, 0L);
        for (var index = 0L; index < length; index++)
        {
            if (test(values[index]))
            {
                first = first < 0 ? index : first;
                count++;
            }
        }

        return (first, count);
    }

    private static DatasetProblem? NotFinite(string name, string key, float* values, int rows, int? width)
    {
        var (first, count) = Find(values, (long)rows * (width ?? 1), value => !float.IsFinite(value));
        return count == 0
            ? null
            : new DatasetProblem.NotFinite(
                name, key, (int)(first / (width ?? 1)), width is { } columns ? (int)(first % columns) : null,
                values[first], count);
    }

    private static DatasetProblem? ConstantColumns(string name, float* values, int rows, int width)
    {
        if (rows < 2)
        {
            return null;
        }

        var varies = new bool[width];
        for (var row = 1; row < rows; row++)
        {
            for (var column = 0; column < width; column++)
            {
                // NaN differs from itself, so it never counts as constant.
                varies[column] |= values[((long)row * width) + column] != values[column];
            }
        }

        var constant = Enumerable.Range(0, width).Where(column => !varies[column]).ToArray();
        return constant.Length == 0
            ? null
            : new DatasetProblem.ConstantColumns(
                name, constant, [.. constant.Select(column => values[column])]);
    }

    private static DatasetProblem? ActionsOutOfRange(string name, float* actions, int rows, int width)
    {
        var (first, count) = Find(
            actions, (long)rows * width, value => float.IsFinite(value) && MathF.Abs(value) > 1);
        return count == 0
            ? null
            : new DatasetProblem.ActionsOutOfRange(
                name, (int)(first / width), (int)(first % width), actions[first], count);
    }

    private static DatasetProblem? NegativeCosts(string name, float* costs, int rows)
    {
        var (first, count) = Find(costs, rows, value => float.IsFinite(value) && value < 0);
        return count == 0 ? null : new DatasetProblem.NegativeCosts(name, (int)first, costs[first], count);
    }

    private static DatasetProblem? CostsNotBinary(string name, float* costs, int rows)
    {
        var (first, count) = Find(
            costs, rows, value => float.IsFinite(value) && value >= 0 && value is not (0f or 1f));
        if (count == 0)
        {
            return null;
        }

        var largest = 0f;
        for (var row = 0; row < rows; row++)
        {
            largest = float.IsFinite(costs[row]) ? MathF.Max(largest, costs[row]) : largest;
        }

        return new DatasetProblem.CostsNotBinary(name, (int)first, costs[first], count, largest);
    }
}
