using System.Diagnostics;
using System.Globalization;
using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks;

/// <summary>What to measure and how long.</summary>
internal sealed record Options(
    string What, bool Short, bool Profile, bool Markdown, int? AskedThreads, string? Describe = null)
{
    internal const string Usage =
        """
        usage: bench [PART] [--short] [--threads N] [--profile] [--describe TEXT] [--markdown]
          kernels    matrix products and other kernels beside the measured peak
          acting     one action and 1,000 actions of a policy
          growth     two training steps over batch, width and threads
          memory     arena, state and peak memory of each training step in a process of its own
          steps      every training step beside its floor
          all        the five of them (the default)
          methods    training steps of every method at the sizes of its published code
          environments  steps a second and resets of every task, under random actions
          seeds      what trainings lose that run at once in processes of their own
          peers      the same steps in PyTorch, pass by pass beside ours; skipped where there is no PyTorch
          --short    fewer passes; `all` ends within 50 seconds
          --threads  threads; where not said, 1 and 2 (short runs mostly 1)
          --profile  with steps: the dearest operations of each
          --describe with steps: the plan, predicted and measured, of each whose name contains the next word
          --markdown tables as a page of the documentation has them
          `kernels --dotnet [FILTER ...]` measures by BenchmarkDotNet, whose packages are fetched then
        """;

    /// <summary>Seconds of a short run of all, which leaves the building some of the 50.</summary>
    private const double ShortRun = 30;

    private const double LeastForSteps = 8;
    private const double LongerSteps = 20;

    /// <summary>Seconds after which a short run of all begins nothing but the training steps.</summary>
    private const double LatestForOthers = 20;

    private static readonly long started = Stopwatch.GetTimestamp();

    private static readonly string[] Parts =
        ["kernels", "acting", "growth", "memory", "steps", "all", "methods", "environments", "seeds", "peers"];

    private static double Elapsed => Stopwatch.GetElapsedTime(started).TotalSeconds;

    /// <summary>The numbers of threads that a part goes through.</summary>
    internal IReadOnlyList<int> EachThreads => AskedThreads is { } asked ? [asked] : [1, 2];

    /// <summary>As above, where a short run has no time for more than one.</summary>
    internal IReadOnlyList<int> UsualThreads => Short && AskedThreads is null ? [1] : EachThreads;

    /// <summary>Null: the arguments make no sense.</summary>
    internal static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options("all", false, false, false, null);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case var part when Parts.Contains(part):
                    options = options with { What = part };
                    break;
                case "--short":
                    options = options with { Short = true };
                    break;
                case "--profile":
                    options = options with { Profile = true };
                    break;
                case "--describe" when i + 1 < arguments.Count:
                    options = options with { Describe = arguments[++i] };
                    break;
                case "--markdown":
                    options = options with { Markdown = true };
                    break;
                case "--threads" when i + 1 < arguments.Count
                    && int.TryParse(
                        arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n > 0:
                    options = options with { AskedThreads = n };
                    break;
                default:
                    return null;
            }
        }
        return options;
    }

    /// <summary>Whether a part is asked for; says so where a short run of all has no time left for it.</summary>
    internal bool Includes(string part, TextWriter writer)
    {
        if (What == part) return true;
        if (What != "all" || part is "environments" or "seeds" or "peers") return false;
        if (!Short || part == "steps" || Elapsed < LatestForOthers) return true;
        writer.WriteLine($"SKIPPED {part}: the machine is too busy to do all within 50 seconds.\n");
        return false;
    }

    /// <summary>What is left for the training steps, the last part of a short run of all.</summary>
    internal double StepsBudget =>
        What == "all"
            ? Math.Max(LeastForSteps, ShortRun - Elapsed)
            : LongerSteps;

    /// <param name="sampleSeconds">Least time of a sample in a short run; five times that otherwise.</param>
    /// <param name="budgetSeconds">Time of a short run.</param>
    internal Passes Passes(double sampleSeconds, double budgetSeconds) =>
        Short
            ? new Passes(5, sampleSeconds, budgetSeconds)
            : new Passes(11, 5 * sampleSeconds, 20 * budgetSeconds);
}
