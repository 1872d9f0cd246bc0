using System.Diagnostics;
using System.Text;

namespace Plimsoll.Numerics.Runtime;

/// <summary>One instruction of a program's plan.</summary>
/// <param name="Node">Number of its node in the graph.</param>
/// <param name="FloatingPointOperations">Multiplications and additions.</param>
/// <param name="BytesMoved">Every input and the output once.</param>
/// <param name="IsShared">False: it runs on one thread, for it is too small to be worth handing out.</param>
public sealed record PlannedInstruction(
    int Node, string Operation, string Shape, long FloatingPointOperations, long BytesMoved, bool IsShared)
{
    /// <summary>Seconds that it takes at least.</summary>
    public double Seconds(MachineLimits limits) => limits.Seconds(FloatingPointOperations, BytesMoved);
}

public sealed unsafe partial class Program
{
    /// <summary>What a step does, in order.</summary>
    public IReadOnlyList<PlannedInstruction> Plan =>
    [
        .. instructions.Select(i => new PlannedInstruction(
            i.Node.Id, i.Node.Operation.Name, i.Node.Shape.ToString(), i.Node.Operation.FloatingPointOperations(i.Node),
            i.Node.Operation.BytesMoved(i.Node), i.IsShared)),
    ];

    /// <summary>
    /// The printed plan: one line an instruction with its floating-point operations, the bytes that it moves, where
    /// limits are given the microseconds that it takes at least, where measured times are given those too, and
    /// <c>one thread</c> where it is not handed out; then totals and memory. The arena's bound is what is alive at once
    /// when most is.
    /// </summary>
    /// <param name="measured">Seconds of each instruction, as <see cref="Measure"/> has them.</param>
    public string Describe(MachineLimits? limits = null, IReadOnlyList<double>? measured = null)
    {
        var lines = Plan;
        var text = new StringBuilder();
        Line($"{"node",5}  {"operation",-40} {"shape",-28} {"flop",14} {"bytes",14}" +
            $"{(limits is null ? "" : "  least us")}{(measured is null ? "" : "   took us")}");
        for (var i = 0; i < lines.Count; i++)
        {
            var line = lines[i];
            Line(
                $"{line.Node,5}  {line.Operation,-40} {line.Shape,-28} {line.FloatingPointOperations,14:N0} " +
                $"{line.BytesMoved,14:N0}{Least(line.Seconds)}{Took(measured?[i])}{(line.IsShared ? "" : "  one thread")}");
        }
        Line(
            $"{"",5}  {$"{lines.Count} instructions",-40} {"",-28} {FloatingPointOperations,14:N0} " +
            $"{lines.Sum(line => line.BytesMoved),14:N0}{Least(l => lines.Sum(line => line.Seconds(l)))}{Took(measured?.Sum())}");
        var ratio = ArenaLowerBound == 0 ? 1 : (double)ArenaFloats / ArenaLowerBound;
        Line(
            $"arena {ArenaFloats * sizeof(float):N0} bytes, {ratio:0.000} of the lifetime lower bound of " +
            $"{ArenaLowerBound * sizeof(float):N0}; scratch {ScratchFloats * sizeof(float):N0} bytes a thread");
        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        string Least(Func<MachineLimits, double> seconds) => Took(limits is null ? null : seconds(limits));

        string Took(double? seconds) => seconds is null ? "" : $"{1e6 * seconds,10:N2}";
    }

    /// <summary>Runs steps and gives the least seconds that each instruction took in one of them; in their order.</summary>
    public double[] Measure(long firstStep, long count)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var least = new double[instructions.Length];
        Array.Fill(least, double.PositiveInfinity);
        for (var step = firstStep; step < firstStep + count; step++)
        {
            clock.Step = step;
            for (var i = 0; i < instructions.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                Run(instructions[i]);
                least[i] = Math.Min(least[i], Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return least;
    }
}
