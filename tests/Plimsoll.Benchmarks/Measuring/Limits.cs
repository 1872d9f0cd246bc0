namespace Plimsoll.Benchmarks.Measuring;

/// <summary>What the machine can do at most, measured in this run.</summary>
internal static class Limits
{
    internal static void Print(Options options, TextWriter writer)
    {
        var samples = options.Short ? 5 : 15;
        var names = new List<string>();
        var columns = new List<string[]>();
        foreach (var threads in options.UsualThreads)
        {
            Clock.Alone(threads, clock =>
            {
                using var crew = new Crew(threads);
                var column = new List<string>();
                names = [];
                foreach (var (name, measure) in Peak.All())
                {
                    measure(crew, clock);
                    double[] rates = [.. Enumerable.Range(0, samples).Select(_ => measure(crew, clock))];
                    names.Add($"FMA peak, {name}, GFLOP/s");
                    column.Add(Format.Giga(Passes.Quantile(rates, 0.5)));
                }
                names.Add("triad d = x + s y on 192 MiB, GB/s");
                column.Add(Format.Giga(Bandwidth.Measure(crew, clock, samples)));
                columns.Add([.. column]);
            });
        }
        var table = new TextTable(["limit", .. options.UsualThreads.Select(Format.Threads)]);
        foreach (var (i, name) in names.Index()) table.Add([name, .. columns.Select(column => column[i])]);
        table.Print(writer);
    }
}
