using System.Diagnostics;
using System.Globalization;
using Plimsoll.Numerics.Kernels;

namespace Plimsoll.Benchmarks.Peers;

/// <summary>A PyTorch process that does training steps when it is asked to; see Peers/README.md.</summary>
internal sealed class PeerProcess : IDisposable
{
    private const string Interpreter = "PLIMSOLL_PEER_PYTHON";
    private const string Ready = "ready ";

    /// <summary>What peer.py ends with where torch cannot be imported.</summary>
    private const int NoTorch = 3;

    private static readonly List<string> failures = [];

    private static string? found;

    private readonly Process process;

    private PeerProcess(Process process, string about) => (this.process, About) = (process, about);

    /// <summary>Version and tuning.</summary>
    internal string About { get; }

    /// <summary>Null where no Python here runs PyTorch. The child inherits the affinity of the calling thread.
    /// </summary>
    internal static PeerProcess? Start(int threads)
    {
        var script = Path.Combine(AppContext.BaseDirectory, "Peers", "torch", "peer.py");
        failures.Clear();
        foreach (var python in (found is null ? Candidates() : [found]).Where(File.Exists))
        {
            var process = Process.Start(Arguments(python, script, threads))!;
            if (process.StandardOutput.ReadLine() is { } line
                && line.StartsWith(Ready, StringComparison.Ordinal))
            {
                found = python;
                return new PeerProcess(process, line[Ready.Length..]);
            }
            process.WaitForExit();
            if (process.ExitCode != NoTorch) failures.Add($"{python} ended with exit code {process.ExitCode}");
            process.Dispose();
        }
        return null;
    }

    /// <summary>Says why nothing was compared.</summary>
    internal static void Skip(TextWriter writer) =>
        writer.WriteLine(
            failures.Count > 0
                ? $"SKIPPED: nothing is compared: {string.Join(", ", failures)}; the words on standard error are " +
                    $"theirs. {Interpreter} names another interpreter."
                : "SKIPPED: no python3 on the PATH can import torch, so nothing is compared. Debian has it as " +
                    $"python3-torch; {Interpreter} names another interpreter.");

    /// <summary>Seconds of so many steps: of processor time on one thread, else by the wall clock.</summary>
    internal double Seconds(string task, string step, int count) =>
        Numbers(Ask($"time {task} {count} {step}"))[0];

    /// <summary>Begins to do steps for so many seconds; <see cref="Rate"/> waits for the end.</summary>
    internal void Begin(string task, string step, double seconds) =>
        Say(string.Create(CultureInfo.InvariantCulture, $"until {task} {seconds} {step}"));

    /// <summary>Steps a second of what was begun.</summary>
    internal double Rate()
    {
        var numbers = Numbers(Hear());
        return numbers[0] / numbers[1];
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }

    private string Ask(string question)
    {
        Say(question);
        return Hear();
    }

    private void Say(string line)
    {
        process.StandardInput.WriteLine(line);
        process.StandardInput.Flush();
    }

    private string Hear() =>
        process.StandardOutput.ReadLine()
        ?? throw new InvalidOperationException("the PyTorch process ended; its own words are above");

    private static double[] Numbers(string line) =>
        [.. line.Split(' ').Select(number => double.Parse(number, CultureInfo.InvariantCulture))];

    private static IEnumerable<string> Candidates() =>
        Environment.GetEnvironmentVariable(Interpreter) is { Length: > 0 } named
            ? [named]
            : (Environment.GetEnvironmentVariable("PATH") ?? "")
                .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
                .Select(folder => Path.Combine(folder, "python3"));

    /// <summary>With what was found to make PyTorch 1.13 fastest: its widest vectors, and a malloc that keeps
    /// what it has, or each large tensor would be mapped afresh. Several threads stay on cores of their own, as
    /// ours do; one inherits its processor.</summary>
    private static ProcessStartInfo Arguments(string python, string script, int threads)
    {
        var info = new ProcessStartInfo(python, [script, threads.ToString(CultureInfo.InvariantCulture)])
        {
            UseShellExecute = false,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
        };
        info.Environment["OMP_NUM_THREADS"] = threads.ToString(CultureInfo.InvariantCulture);
        info.Environment.Remove("OMP_PROC_BIND");
        info.Environment.Remove("OMP_PLACES");
        if (threads > 1)
        {
            info.Environment["OMP_PROC_BIND"] = "true";
            info.Environment["OMP_PLACES"] = "cores";
        }
        if (InstructionSet.IsAvx512) info.Environment["ATEN_CPU_CAPABILITY"] = "avx512";
        info.Environment["MALLOC_MMAP_MAX_"] = "0";
        info.Environment["MALLOC_TRIM_THRESHOLD_"] = "4294967296";
        info.Environment["MALLOC_TOP_PAD_"] = "268435456";
        info.Environment["PYTHONDONTWRITEBYTECODE"] = "1";
        info.Environment.Remove("OPENBLAS_CORETYPE");
        info.Environment.Remove("OPENBLAS_NUM_THREADS");
        return info;
    }
}
