using System.Diagnostics;
using System.Globalization;
using Plimsoll.Benchmarks.Measuring;
using Plimsoll.Learning.Training;
using Plimsoll.Numerics.Runtime;

namespace Plimsoll.Benchmarks.Training;

/// <summary>Memory of each training step, in a process of its own, so that its peak is its own.</summary>
internal static class MemoryBenchmark
{
    /// <summary>The argument by which a process is such a child.</summary>
    internal const string Child = "memory-of";

    private const int Steps = 20;
    private const string Nothing = "the dataset alone";

    private static readonly Dictionary<string, (int S, int A)> Tasks =
        new() { ["car"] = (7, 2), ["ant"] = (33, 8) };

    internal static void Run(Options options, TextWriter writer)
    {
        if (!OperatingSystem.IsLinux())
        {
            writer.WriteLine("SKIPPED: peak memory is read from /proc, which only Linux has.\n");
            return;
        }
        var table = new TextTable(
            "step", "arena MiB", "least arena MiB", "scratch MiB", "state MiB", "peak of the process MiB");
        foreach (var task in options.Short ? ["car"] : Tasks.Keys.ToArray())
        {
            string[] names = options.Short
                ? [Nothing, Floors.RewardCritic, Floors.Diffusion(2048)]
                :
                [
                    Nothing,
                    .. Floors.Rows(1, 1).Select(row => row.Name)
                        .Where(name => name != Floors.Acting && name != Floors.ActingAlone),
                ];
            foreach (var name in names)
                table.Add([$"{task}: {name}", .. Ask(task, name).Select(Format.Mebibytes)]);
        }
        writer.WriteLine(
            $"Memory after {Steps} steps, a process each, 1 thread; 50,000 transitions included.");
        table.Print(writer);
    }

    /// <summary>What the child does: arguments are its task and step; bytes to standard output.</summary>
    internal static void Answer(string task, string name)
    {
        var (s, a) = Tasks[task];
        using var team = new Team(1);
        using var data = SyntheticData.Build(s, a);
        using var training = new TrainingSteps(new DatasetTables(data), team, wanted: step => step == name);
        var (arena, least, scratch, state) = (0.0, 0.0, 0.0, 0.0);
        foreach (var step in training.Steps)
        {
            step.Run(Steps);
            arena += 4.0 * step.Program.ArenaFloats;
            least += 4.0 * step.Program.ArenaLowerBound;
            scratch += 4.0 * step.Program.ScratchFloats;
            state += 4.0 * step.State.Arrays.Sum(array => (double)array.Values.Length);
        }
        Console.WriteLine(
            string.Create(CultureInfo.InvariantCulture, $"{arena} {least} {scratch} {state} {Peak()}"));
    }

    private static IEnumerable<double> Ask(string task, string name)
    {
        string[] arguments = [typeof(MemoryBenchmark).Assembly.Location, Child, task, name];
        var info = new ProcessStartInfo(Environment.ProcessPath!, arguments)
        {
            RedirectStandardOutput = true,
        };
        using var child = Process.Start(info)!;
        var line = child.StandardOutput.ReadToEnd().Trim();
        child.WaitForExit();
        if (child.ExitCode != 0) throw new InvalidOperationException($"`{name}` ended with {child.ExitCode}");
        return line.Split(' ').Select(bytes => double.Parse(bytes, CultureInfo.InvariantCulture));
    }

    /// <summary>The high-water mark of resident memory.</summary>
    private static double Peak()
    {
        var line = File.ReadLines("/proc/self/status")
            .First(l => l.StartsWith("VmHWM:", StringComparison.Ordinal));
        var kibibytes = line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2];
        return 1024 * double.Parse(kibibytes, CultureInfo.InvariantCulture);
    }
}
