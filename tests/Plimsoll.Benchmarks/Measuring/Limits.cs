namespace Plimsoll.Benchmarks.Measuring;

/// <summary>What the machine can do at most, measured in this run.</summary>
internal static class Limits
{
    internal static void Print(Options options, Crew crew, Clock clock, TextWriter writer)
    {
        var samples = options.Short ? 5 : 15;
        using var alone = new Crew(1);
        var own = new Clock(1);
        var table = new TextTable("limit", "1 thread", crew.Size == 1 ? "" : $"{crew.Size} threads");
        foreach (var (name, measure) in Peak.All())
        {
            measure(alone, own);
            table.Add(
                $"FMA peak, {name}, GFLOP/s",
                Giga(() => measure(alone, own)), Together(() => measure(crew, clock)));
        }
        table.Add(
            "triad, GB/s", Format.Giga(Bandwidth.Measure(alone, own, samples)),
            crew.Size == 1 ? "" : Format.Giga(Bandwidth.Measure(crew, clock, samples)));
        table.Print(writer);

        string Together(Func<double> measure) => crew.Size == 1 ? "" : Giga(measure);

        string Giga(Func<double> measure) =>
            Format.Giga(Passes.Quantile([.. Enumerable.Range(0, samples).Select(_ => measure())], 0.5));
    }
}
