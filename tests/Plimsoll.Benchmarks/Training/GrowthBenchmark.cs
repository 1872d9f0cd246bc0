using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>How two training steps grow with batch, width and threads.</summary>
internal static class GrowthBenchmark
{
    private const int S = 33;
    private const int A = 8;
    private const int Members = 4;
    private const int UsualBatch = 256;
    private const int UsualWidth = 256;

    private static readonly int[] Batches = [64, 256, 1024, 4096];
    private static readonly int[] Widths = [64, 128, 256, 512, 1024];

    private sealed record Point(string What, int Batch, int Width, TrainingStep Step, double Operations);

    internal static void Run(Options options, TextWriter writer)
    {
        Point[] points = [];
        var runs = Runs.Each(options.EachThreads, (crew, clock) =>
        {
            using var team = new Team(crew.Size, pinCaller: true);
            using var data = SyntheticData.Build(S, A);
            using var training = new TrainingSteps(new DatasetTables(data), team, wanted: _ => false);
            points = [.. Points(training, options.Short)];
            Case[] cases = [.. points.Select(p => new Case(p.What, p.Step.Run, p.Operations))];
            var passes = options.Short ? new Passes(2, 0.005, 3) : new Passes(7, 0.05, 40);
            return (passes, passes.Time(cases, clock, () => Peak.OfKernels(crew, clock)));
        });
        writer.WriteLine($"Growth, ant (S 33, A 8): {runs.Settings()}.");
        var table = new TextTable(
        [
            "step", "batch", "width",
            .. runs.SelectMany(run => new[] { $"ms, {Format.Threads(run.Threads)}", "share of floor" }),
        ]);
        foreach (var (i, point) in points.Index())
        {
            table.Add(
            [
                point.What, point.Batch.ToString(), point.Width.ToString(),
                .. runs.Select(run => run.Timings[i]).SelectMany(timing => new[]
                {
                    Format.Milli(timing.Seconds), Format.Percent(timing.Share),
                }),
            ]);
        }
        table.Print(writer);
    }

    private static IEnumerable<Point> Points(TrainingSteps training, bool isShort)
    {
        var batches = isShort ? [64, 1024] : Batches;
        var widths = isShort ? [64, 1024] : Widths;
        (int Batch, int Width)[] sizes =
        [
            .. batches.Select(batch => (batch, UsualWidth)),
            .. widths.Where(width => width != UsualWidth).Select(width => (UsualBatch, width)),
        ];
        foreach (var (batch, width) in sizes)
        {
            yield return new Point(
                "behaviour cloning", batch, width, training.AddCloning(batch, width),
                Floors.CloningOf(S, A, batch, width));
        }
        if (isShort) yield break;
        foreach (var (batch, width) in sizes)
        {
            yield return new Point(
                $"cost critic, ensemble of {Members}", batch, width,
                training.AddCostCritic(Members, batch, width),
                Floors.CostCriticOf(S, A, Members, batch, width));
        }
    }
}
