using System.Globalization;
using Plimsoll.Benchmarks.Measuring;

namespace Plimsoll.Benchmarks;

/// <summary>What to measure and how long.</summary>
internal sealed record Options(string What, bool Short, bool Profile, int Threads, string? Describe = null)
{
    internal const string Usage =
        """
        usage: Plimsoll.Benchmarks [kernels|acting|steps|seeds|all] [--short] [--threads N] [--profile] [--describe TEXT]
          kernels    matrix products and other kernels beside the measured peak
          acting     one action and 1,000 actions of a policy
          steps      every training step beside its floor
          seeds      what trainings lose that run at once in processes of their own; not part of all
          all        kernels, acting and steps (the default)
          --short    fewer passes; all of it ends within 50 seconds
          --threads  threads of the training steps, 1 where not said
          --describe the plan, predicted and measured, of each training step whose name contains the text
          --profile  the dearest operations of each training step
        """;

    /// <summary>Null: the arguments make no sense.</summary>
    internal static Options? Parse(IReadOnlyList<string> arguments)
    {
        var options = new Options("all", false, false, 1);
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "kernels" or "acting" or "steps" or "seeds" or "all":
                    options = options with { What = arguments[i] };
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
                case "--threads" when i + 1 < arguments.Count
                    && int.TryParse(
                        arguments[++i], NumberStyles.None, CultureInfo.InvariantCulture, out var n)
                    && n > 0:
                    options = options with { Threads = n };
                    break;
                default:
                    return null;
            }
        }
        return options;
    }

    internal bool Includes(string part) => What == part || What == "all";

    /// <param name="sampleSeconds">Least time of a sample in a short run; five times that otherwise.</param>
    /// <param name="budgetSeconds">Time of a short run.</param>
    internal Passes Passes(double sampleSeconds, double budgetSeconds) =>
        Short
            ? new Passes(5, sampleSeconds, budgetSeconds)
            : new Passes(11, 5 * sampleSeconds, 20 * budgetSeconds);
}
