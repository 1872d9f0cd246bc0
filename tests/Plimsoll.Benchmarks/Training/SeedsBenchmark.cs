using System.Diagnostics;
using System.Globalization;
using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>
/// What seeds lose that train at once in processes of their own, as workers do: one process alone on one CPU, one a
/// CPU, and five, which share the CPUs. A process counts its steps; the loss is what is missing to as many times the
/// lone one as there are CPUs. By the wall clock, so that needs a quiet machine, and by processor time, which tells
/// what the caches and the memory cost and needs none.
/// </summary>
internal static class SeedsBenchmark
{
    internal const string Child = "seed";

    private const int Many = 5;
    private static readonly string[] Names =
        ["car: IQL reward critic", "car: cost critic", "car: behaviour diffusion, batch 256"];

    private sealed record Rate(double Wall, double Processor);

    internal static void Run(Options options, TextWriter writer)
    {
        var cpus = Affinity.Allowed() ?? [.. Enumerable.Range(0, Environment.ProcessorCount)];
        var (seconds, rounds) = options.Short ? (1.0, 1) : (4.0, 5);
        writer.WriteLine($"Seeds at once, {cpus.Length} CPUs, one thread each, median of {rounds} rounds of {seconds} s.");
        var table = new TextTable(
            "step", "1 alone, steps/s", $"{cpus.Length} at once", "loss", "loss by CPU time", $"{Many} at once", "loss",
            "loss by CPU time");
        foreach (var name in Names)
        {
            var (alone, paired, crowd) = (new List<Rate>(), new List<Rate>(), new List<Rate>());
            for (var round = 0; round < rounds; round++)
            {
                alone.Add(Together(name, [cpus[^1]], seconds));
                paired.Add(Together(name, [.. cpus.Select(cpu => (int?)cpu)], seconds));
                crowd.Add(Together(name, new int?[Many], seconds));
            }
            var one = Median(alone);
            var (two, five) = (Median(paired), Median(crowd));
            table.Add(
                name, Format.Rate(one.Wall), Format.Rate(two.Wall), Loss(two.Wall, cpus.Length * one.Wall),
                Loss(two.Processor, one.Processor), Format.Rate(five.Wall), Loss(five.Wall, cpus.Length * one.Wall),
                Loss(five.Processor, one.Processor));
        }
        table.Print(writer);

        string Loss(double found, double possible) => Format.Percent(1 - found / possible);
    }

    /// <summary>The process that trains one seed: says when it is warm, waits to be told, and tells its steps and its
    /// seconds by both clocks.</summary>
    internal static int Train(string name, string cpu, string seconds)
    {
        if (cpu != "any") Affinity.Pin(Affinity.Own, int.Parse(cpu, CultureInfo.InvariantCulture));
        using var team = new Team(1);
        using var data = SyntheticData.Build(7, 2);
        using var steps = new TrainingSteps(new DatasetTables(data), team);
        var program = steps.Programs.First(p => $"car: {p.Floor}".StartsWith(name, StringComparison.Ordinal)).Program;
        var step = 0L;
        var warm = Stopwatch.StartNew();
        while (warm.Elapsed.TotalSeconds < 1.5) program.Run(step++);
        Console.WriteLine("warm");
        Console.ReadLine();
        var clock = new Clock(1);
        var (began, start, processor) = (step, Stopwatch.GetTimestamp(), clock.Seconds);
        var least = double.Parse(seconds, CultureInfo.InvariantCulture);
        while (Stopwatch.GetElapsedTime(start).TotalSeconds < least) program.Run(step++);
        var wall = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant($"{step - began} {wall:R} {clock.Seconds - processor:R}"));
        return 0;
    }

    /// <summary>Steps of all processes a second; of processor time, steps a second of each.</summary>
    private static Rate Together(string name, IReadOnlyList<int?> cpus, double seconds)
    {
        var children = cpus.Select(cpu => Start(name, cpu, seconds)).ToList();
        foreach (var child in children) child.StandardOutput.ReadLine();
        foreach (var child in children) child.StandardInput.WriteLine();
        var (wall, count, processor) = (0.0, 0.0, 0.0);
        foreach (var child in children)
        {
            var told = child.StandardOutput.ReadToEnd().Split(' ', StringSplitOptions.TrimEntries)
                .Select(number => double.Parse(number, CultureInfo.InvariantCulture)).ToArray();
            child.WaitForExit();
            child.Dispose();
            wall += told[0] / told[1];
            count += told[0];
            processor += told[2];
        }
        return new Rate(wall, count / processor);
    }

    private static Process Start(string name, int? cpu, double seconds)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        string[] arguments =
        [
            typeof(SeedsBenchmark).Assembly.Location, Child, name, cpu?.ToString(CultureInfo.InvariantCulture) ?? "any",
            seconds.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        return Process.Start(start) ?? throw new InvalidOperationException("a process could not be started");
    }

    private static Rate Median(List<Rate> rates) => new(
        Passes.Quantile([.. rates.Select(r => r.Wall)], 0.5), Passes.Quantile([.. rates.Select(r => r.Processor)], 0.5));
}
