using Plimsoll.Data;

namespace Plimsoll.Learning.Tests.Training;

/// <summary>
/// COptiDICE's dual over the transitions of a dataset whose states are one-hot and whose actions are of two signs, in
/// binary64 by descent: (1-γ) Σ ρ ν + λ b + E[w e - α f(w)], e = scale r - λ c + γ (1 - end) ν(s') - ν(s),
/// w = max(0, (f')⁻¹(e/α)), over ν and λ >= 0. It is convex, so wherever descent stands still is the optimum.
/// </summary>
internal sealed class CoptidiceDual
{
    internal double[] Values { get; private init; } = [];

    internal double Price { get; private init; }

    /// <summary>E w c.</summary>
    internal double Cost { get; private init; }

    /// <summary>E w.</summary>
    internal double Correction { get; private init; }

    /// <summary>Share of the positive action, by state: Σ w over its transitions.</summary>
    internal double[] Policy { get; private init; } = [];

    /// <param name="inverse">(f')⁻¹.</param>
    /// <param name="threshold">b; infinity: no limit.</param>
    internal static CoptidiceDual Of(
        Dataset data, double discount, double alpha, double scale, Func<double, double> inverse, double threshold,
        bool endsAtTimeouts)
    {
        var size = data.ObservationSize;
        int StateOf(ReadOnlySpan<float> rows, int i) => rows.Slice(i * size, size).IndexOf(1f);
        var kinds = Enumerable.Range(0, data.Count)
            .Select(i => (
                S: StateOf(data.Observations, i), Positive: data.Actions[i] > 0,
                Next: StateOf(data.NextObservations, i),
                R: (double)data.Rewards[i], C: (double)data.Costs[i],
                Ends: data.Terminals[i] == 1 || (endsAtTimeouts && data.Timeouts[i] == 1)))
            .GroupBy(x => x).Select(x => (Kind: x.Key, Share: (double)x.Count() / data.Count)).ToList();
        var start = new double[size];
        foreach (var trajectory in data.Trajectories)
            start[StateOf(data.Observations, trajectory.Start)] += 1.0 / data.Trajectories.Count;

        var (values, price) = (new double[size], 0.0);
        double Weight(int s, int next, double r, double c, bool ends) => Math.Max(0, inverse(
            (scale * r - price * c + (ends ? 0 : discount * values[next]) - values[s]) / alpha));
        var (cost, correction) = (0.0, 0.0);
        for (var i = 0; i < 200_000; i++)
        {
            var slope = start.Select(p => (1 - discount) * p).ToArray();
            (cost, correction) = (0, 0);
            foreach (var ((s, _, next, r, c, ends), share) in kinds)
            {
                var mass = share * Weight(s, next, r, c, ends);
                slope[s] -= mass;
                if (!ends) slope[next] += discount * mass;
                cost += mass * c;
                correction += mass;
            }
            // Below two over the largest curvature, 4/α at most for these f.
            for (var s = 0; s < size; s++) values[s] -= 0.2 * alpha * slope[s];
            if (double.IsFinite(threshold)) price = Math.Max(0, price - 0.2 * alpha * (threshold - cost));
        }
        var (positive, all) = (new double[size], new double[size]);
        foreach (var ((s, up, next, r, c, ends), share) in kinds)
        {
            var mass = share * Weight(s, next, r, c, ends);
            all[s] += mass;
            if (up) positive[s] += mass;
        }
        return new CoptidiceDual
        {
            Values = values,
            Price = price,
            Cost = cost,
            Correction = correction,
            Policy = [.. positive.Zip(all, (p, q) => p / q)],
        };
    }
}
