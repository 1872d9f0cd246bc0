namespace Plimsoll.Data;

/// <summary>The arrays of DSRL's layout and the shapes they must have together.</summary>
internal static class DatasetKeys
{
    public const string Observations = "observations";
    public const string NextObservations = "next_observations";
    public const string Actions = "actions";
    public const string Rewards = "rewards";
    public const string Costs = "costs";
    public const string Terminals = "terminals";
    public const string Timeouts = "timeouts";

    /// <summary>In the order in which people list them.</summary>
    public static readonly IReadOnlyList<string> All =
        [Observations, NextObservations, Actions, Rewards, Costs, Terminals, Timeouts];

    private static bool HasColumns(string key) => key is Observations or NextObservations or Actions;

    /// <summary>Everything that is wrong with names and shapes, in the order of <see cref="All"/>.</summary>
    /// <param name="dataset">The dataset's name in a problem.</param>
    /// <param name="found">Names of the arrays that are there.</param>
    /// <param name="shapeOf">The shape of one of them.</param>
    /// <param name="squeezes">Whether [N, 1] may stand for [N].</param>
    /// <param name="except">Arrays that are there and that something else is wrong with.</param>
    public static IReadOnlyList<DatasetProblem> CheckShapes(
        string dataset, IReadOnlyCollection<string> found, Func<string, IReadOnlyList<long>> shapeOf,
        bool squeezes,
        IReadOnlyCollection<string?>? except = null)
    {
        var problems = new List<DatasetProblem>();
        var missing = All.Where(key => !found.Contains(key)).ToArray();
        if (missing.Length > 0)
        {
            problems.Add(new DatasetProblem.MissingKeys(
                dataset, missing, [.. found.Order(StringComparer.Ordinal)]));
        }

        IReadOnlyList<long>? reference = null;
        foreach (var key in All.Where(key => !missing.Contains(key) && except?.Contains(key) != true))
        {
            var shape = shapeOf(key);
            var problem = OwnShape(dataset, key, shape, squeezes) ?? Beside(dataset, key, shape, reference);
            if (problem is not null)
            {
                problems.Add(problem);
            }
            else if (key == Observations)
            {
                reference = shape;
            }
        }

        return problems;
    }

    private static DatasetProblem? OwnShape(
        string dataset, string key, IReadOnlyList<long> shape, bool squeezes)
    {
        var columns = HasColumns(key);
        var fits = columns ? shape.Count == 2 : shape is [_] || (squeezes && shape is [_, 1]);
        if (!fits)
        {
            var expected = (columns, key) switch
            {
                (true, Actions) => "[N, A]",
                (true, _) => "[N, S]",
                _ => squeezes ? "[N] or [N, 1]" : "[N]",
            };
            return new DatasetProblem.WrongRank(dataset, key, shape, expected);
        }

        if (shape.Contains(0))
        {
            return new DatasetProblem.NoRows(dataset, key, shape);
        }

        // Pinned memory is given out in blocks of at most Array.MaxLength elements, and rows count in 32
        // bits.
        return shape.Aggregate(1.0, (product, axis) => product * axis) > Array.MaxLength - 64
            ? new DatasetProblem.TooLarge(dataset, key, shape)
            : null;
    }

    private static DatasetProblem? Beside(
        string dataset, string key, IReadOnlyList<long> shape, IReadOnlyList<long>? observations)
    {
        if (observations is null)
        {
            return null;
        }

        if (shape[0] != observations[0])
        {
            return new DatasetProblem.LengthMismatch(dataset, key, shape[0], observations[0]);
        }

        return key == NextObservations && shape[1] != observations[1]
            ? new DatasetProblem.WidthMismatch(dataset, key, shape[1], observations[1])
            : null;
    }
}
