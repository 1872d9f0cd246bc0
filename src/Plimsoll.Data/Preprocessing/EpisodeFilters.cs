namespace Plimsoll.Data;

/// <summary>One trajectory on its way through the filters.</summary>
/// <param name="Source">Its index in the dataset that came in.</param>
/// <param name="Length">Steps.</param>
/// <param name="Return">R, of the changed rewards.</param>
/// <param name="Cost">C, of the changed costs.</param>
/// <param name="Outlier">Steps, ascending, that cost 1 in an outlier, where all others cost 0; null in any
/// other trajectory.</param>
internal sealed record Episode(int Source, int Length, double Return, double Cost, IReadOnlyList<int>? Outlier)
{
    public static Episode Of(int index, Trajectory trajectory) =>
        new(index, trajectory.Length, trajectory.Return, trajectory.Cost, null);
}

/// <summary>The filters as functions from trajectories to trajectories; each keeps the order.</summary>
internal static class EpisodeFilters
{
    /// <summary>What an outlier's rewards are multiplied by.</summary>
    public const float OutlierReward = 1.5f;

    /// <summary>At most some, at least some, of each cell of a grid.</summary>
    public static Episode[] Thin(Episode[] episodes, ThinningGrid grid, Func<double> uniform)
    {
        double[] costs = [.. episodes.Select(episode => episode.Cost)];
        double[] returns = [.. episodes.Select(episode => episode.Return)];
        return [.. Thinning.Keep(costs, returns, grid, uniform).Select(index => episodes[index])];
    }

    /// <summary>{C &gt;= c_max / 2 and R &gt;= r_max / 2}, as indices.</summary>
    public static List<int> Tempting(Episode[] episodes, NormalisationFacts reference) =>
    [
        .. Enumerable.Range(0, episodes.Length).Where(index =>
            episodes[index].Cost >= reference.CostMax / 2 && episodes[index].Return >= reference.ReturnMax / 2),
    ];

    /// <summary>
    /// Turns some of the candidates into outliers: C is drawn from {0, ..., kappa - 1}, but not above the
    /// length; that many steps, drawn without replacement, cost 1 and all others nothing; rewards are
    /// multiplied by 1.5. Draws: the candidates, then for each in ascending order its C and its steps.
    /// </summary>
    public static Episode[] MakeOutliers(
        Episode[] episodes, List<int> candidates, int number, double costLimit, Dataset dataset,
        Func<double> uniform)
    {
        Thinning.MoveRandomOnesFirst(candidates, number, uniform);
        var result = (Episode[])episodes.Clone();
        foreach (var index in candidates.Take(number).Order())
        {
            var episode = episodes[index];
            var costs = (int)Math.Min(Math.Ceiling(costLimit), episode.Length + 1.0);
            var cost = Math.Min(costs - 1, (int)(costs * uniform()));
            var steps = Enumerable.Range(0, episode.Length).ToList();
            Thinning.MoveRandomOnesFirst(steps, cost, uniform);
            result[index] = episode with
            {
                Return = OutlierReturn(dataset, dataset.Trajectories[episode.Source]),
                Cost = cost,
                Outlier = [.. steps.Take(cost).Order()],
            };
        }

        return result;
    }

    /// <summary>
    /// Without those whose cost lies in [c_min + a (c_max - c_min), c_min + b (c_max - c_min)] and whose
    /// return lies in the same way in the range of returns at those costs.
    /// </summary>
    public static Episode[] Inpaint(
        Episode[] episodes, IReadOnlyList<InpaintRange> ranges, NormalisationFacts reference)
    {
        var removed = new HashSet<int>();
        foreach (var range in ranges)
        {
            var costs = Part(reference.CostMin, reference.CostMax, range.CostFrom, range.CostTo);
            var slice = episodes.Where(episode => episode.Outlier is null && costs.Holds(episode.Cost)).ToArray();
            if (slice.Length > 0)
            {
                var returns = Part(
                    slice.Min(episode => episode.Return), slice.Max(episode => episode.Return),
                    range.ReturnFrom, range.ReturnTo);
                removed.UnionWith(
                    slice.Where(episode => returns.Holds(episode.Return)).Select(episode => episode.Source));
            }
        }

        return [.. episodes.Where(episode => !removed.Contains(episode.Source))];
    }

    /// <summary>
    /// epsilon &gt; 0: without the safe ones (C &lt;= kappa) whose return is at least the best safe one's less
    /// epsilon; epsilon &lt; 0: the same among the unsafe ones, with |epsilon|.
    /// </summary>
    public static Episode[] CutBest(Episode[] episodes, double epsilon, double costLimit)
    {
        bool Concerns(Episode episode) => episode.Cost <= costLimit == epsilon > 0;
        var best = episodes.Where(Concerns).Max(episode => (double?)episode.Return);
        return
        [
            .. episodes.Where(episode => !Concerns(episode) || episode.Return < best - Math.Abs(epsilon)),
        ];
    }

    private static double OutlierReturn(Dataset dataset, Trajectory trajectory)
    {
        var sum = 0.0;
        foreach (var reward in dataset.Rewards.Slice(trajectory.Start, trajectory.Length))
        {
            sum += OutlierReward * reward;
        }

        return sum;
    }

    private static Interval Part(double least, double most, double from, double to) =>
        new(least + (from * (most - least)), least + (to * (most - least)));

    private readonly record struct Interval(double Least, double Most)
    {
        public bool Holds(double value) => value >= Least && value <= Most;
    }
}
