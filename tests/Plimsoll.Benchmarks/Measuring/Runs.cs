namespace Plimsoll.Benchmarks.Measuring;

/// <summary>The same cases timed with one number of threads.</summary>
internal sealed record Run(int Threads, Passes Passes, IReadOnlyList<Timing> Timings)
{
    /// <summary>Geometric mean of the shares of the peak.</summary>
    internal double MeanShare => Math.Exp(Timings.Average(timing => Math.Log(timing.Share)));

    internal string Setting =>
        $"{Format.Threads(Threads)}, {Passes.Made} passes, peak {Format.Giga(Passes.MedianPeak)} GFLOP/s";
}

internal static class Runs
{
    /// <summary>Measures once for each number of threads that is asked for, each on a thread of its own.</summary>
    internal static IReadOnlyList<Run> Each(
        IEnumerable<int> threads, Func<Crew, Clock, (Passes, IReadOnlyList<Timing>)> measure)
    {
        var runs = new List<Run>();
        foreach (var count in threads)
        {
            Clock.Alone(count, clock =>
            {
                using var crew = new Crew(count);
                var (passes, timings) = measure(crew, clock);
                runs.Add(new Run(count, passes, timings));
            });
        }
        return runs;
    }

    internal static string Settings(this IReadOnlyList<Run> runs) =>
        string.Join("; ", runs.Select(run => run.Setting));
}
