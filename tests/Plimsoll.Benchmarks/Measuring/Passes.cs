using System.Diagnostics;

namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Something to time.</summary>
/// <param name="Run">Runs it so many times.</param>
/// <param name="Operations">Floating-point operations of one run that its share of the peak counts.</param>
/// <param name="Timed">Runs it so many times elsewhere and says how many seconds that took there; null: it is
/// run here, by the clock of here.</param>
internal sealed record Case(
    string Name, Action<int> Run, double Operations = 0, Func<int, double>? Timed = null)
{
    internal double Seconds(int count, Clock clock)
    {
        if (Timed is not null) return Timed(count);
        var start = clock.Seconds;
        Run(count);
        return clock.Seconds - start;
    }
}

/// <param name="Seconds">Median time of one run.</param>
/// <param name="Spread">Distance of the quartiles over the median.</param>
/// <param name="Share">Median over passes of (operations / time) / peak, both of one pass.</param>
/// <param name="Samples">Seconds of one run, pass by pass.</param>
internal sealed record Timing(
    string Name, double Seconds, double Spread, double Share, IReadOnlyList<double> Samples);

/// <summary>
/// Times cases in interleaved passes: each pass runs every case once, just after a sample of the peak, so
/// that drift of the machine meets all of them and leaves their shares of the peak alone.
/// </summary>
/// <param name="Count">Passes, unless the budget ends before.</param>
/// <param name="SampleSeconds">Least time of one sample.</param>
/// <param name="BudgetSeconds">Warming up takes about a third of it; a pass that would overrun it is not
/// begun, unless it is the first.</param>
internal sealed record Passes(int Count, double SampleSeconds, double BudgetSeconds)
{
    /// <summary>The median peak met while timing, operations a second.</summary>
    internal double MedianPeak { get; private set; }

    /// <summary>Passes that fitted into the budget.</summary>
    internal int Made { get; private set; }

    internal IReadOnlyList<Timing> Time(IReadOnlyList<Case> cases, Clock clock, Func<double> peak)
    {
        var watch = Stopwatch.StartNew();
        var counts = WarmUp(cases, clock, watch);
        var seconds = cases.Select(_ => new List<double>()).ToArray();
        var shares = cases.Select(_ => new List<double>()).ToArray();
        var peaks = new List<double>();
        Made = 0;
        // The first of all is compiled, which would make the first case's share too high.
        peak();
        var before = watch.Elapsed.TotalSeconds;
        do
        {
            for (var i = 0; i < cases.Count; i++)
            {
                var reachable = peak();
                var time = cases[i].Seconds(counts[i], clock) / counts[i];
                seconds[i].Add(time);
                shares[i].Add(cases[i].Operations / time / reachable);
                peaks.Add(reachable);
            }
            Made++;
        }
        while (Made < Count && AfterNext() < BudgetSeconds);
        MedianPeak = Quantile(peaks, 0.5);
        return Timings();

        double AfterNext() => before + (watch.Elapsed.TotalSeconds - before) * (Made + 1) / Made;

        IReadOnlyList<Timing> Timings() =>
        [
            .. cases.Select((c, i) => new Timing(
                c.Name, Quantile(seconds[i], 0.5),
                (Quantile(seconds[i], 0.75) - Quantile(seconds[i], 0.25)) / Quantile(seconds[i], 0.5),
                Quantile(shares[i], 0.5), seconds[i])),
        ];
    }

    internal static double Quantile(IReadOnlyList<double> values, double q)
    {
        var sorted = values.Order().ToArray();
        var position = q * (sorted.Length - 1);
        var below = (int)position;
        var above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (position - below) * (sorted[above] - sorted[below]);
    }

    /// <summary>Runs all cases until none becomes faster, for hot methods are compiled again in the
    /// background; the counts that make a sample.</summary>
    private int[] WarmUp(IReadOnlyList<Case> cases, Clock clock, Stopwatch watch)
    {
        const int mostRounds = 8;
        const int compilation = 200;
        const double faster = 0.9;
        var best = cases.Select(timed => Calibrate(timed, clock)).ToArray();
        for (var round = 1; round < mostRounds && watch.Elapsed.TotalSeconds < BudgetSeconds / 3; round++)
        {
            Thread.Sleep(compilation);
            var now = cases.Select(timed => Calibrate(timed, clock)).ToArray();
            var settled = now.Zip(best).All(pair => pair.First > faster * pair.Second);
            best = [.. now.Zip(best, Math.Min)];
            // The first two rounds bring the two stages of compilation.
            if (settled && round > 2) break;
        }
        return [.. best.Select(seconds => Math.Max(1, (int)Math.Ceiling(SampleSeconds / seconds)))];
    }

    /// <summary>Time of one run, after one that may have had to be compiled first.</summary>
    private double Calibrate(Case timed, Clock clock)
    {
        timed.Seconds(1, clock);
        for (var count = 1; ; count *= 2)
        {
            var time = timed.Seconds(count, clock);
            if (time > SampleSeconds / 4) return time / count;
        }
    }
}
