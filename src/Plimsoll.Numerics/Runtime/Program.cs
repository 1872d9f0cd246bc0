using System.Diagnostics;
using System.Runtime.InteropServices;
using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.Kernels;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Runtime;

/// <summary>
/// A compiled graph: a fixed list of instructions over one arena. Running it allocates nothing, and its
/// bits do not depend on the number of threads or on the width of the vector unit.
/// </summary>
public sealed unsafe partial class Program : IDisposable
{
    private readonly Instruction[] instructions;
    private readonly Dictionary<string, Node> inputs = [];
    private readonly Dictionary<string, Node> outputs = [];
    private readonly MemoryPlan plan;
    private readonly StepClock clock = new();
    private readonly MetricTable metrics = new();
    private readonly Team team;
    private readonly NativeBlock memory;
    private readonly float* arena;
    private bool isDisposed;

    private Program(IReadOnlyList<Node> schedule, Team team)
    {
        this.team = team;
        foreach (var node in schedule)
        {
            if (node.Operation is HostInput input) Name(inputs, input.Key, "inputs", node);
            if (node.Operation is HostOutput output) Name(outputs, output.Key, "outputs", node);
        }
        plan = MemoryPlan.Build(schedule);
        ScratchFloats = schedule.Max(node => (long?)node.Operation.ScratchFloats(node)) ?? 0;
        var (forArena, forScratch) = (WholeLines(plan.Size), WholeLines(ScratchFloats));
        memory = new NativeBlock(sizeof(float) * (forArena + team.Size * forScratch));
        arena = memory.At(0);
        var scratch = new Scratch([.. Enumerable.Range(0, team.Size).Select(t => (nint)(arena + forArena + t * forScratch))]);
        try
        {
            instructions = Lower(schedule, new Lowering(node => (nint)Address(node), scratch, clock, metrics));
        }
        catch
        {
            memory.Dispose();
            throw;
        }
    }

    private Instruction[] Lower(IReadOnlyList<Node> schedule, Lowering lowering)
    {
        var compiled = new List<Instruction>();
        foreach (var node in schedule)
        {
            if (node.Operation is Constant constant) Elementwise.Fill(Address(node), constant.Value, node.Shape.Count);
            if (node.Operation.Lower(node, lowering) is not { } kernel) continue;
            var work = Math.Max(node.Operation.FloatingPointOperations(node), node.Shape.Count);
            var isShared = work >= Split.SmallestSharedWork;
            compiled.Add(new Instruction(node, kernel, isShared));
        }
        return [.. compiled];
    }

    /// <summary>Floats of the arena that holds all intermediates.</summary>
    public long ArenaFloats => plan.Size;

    /// <summary>Floats of intermediates that are alive at once when most are: no arena can be smaller.</summary>
    public long ArenaLowerBound => plan.LowerBound;

    /// <summary>Floats of scratch memory a thread.</summary>
    public long ScratchFloats { get; }

    /// <summary>Multiplications and additions of one step.</summary>
    public long FloatingPointOperations => instructions.Sum(i => i.Node.Operation.FloatingPointOperations(i.Node));

    /// <summary>The recorded scalars. Beside the state they are all that a program carries from step to step.</summary>
    public IReadOnlyList<Accumulator> Accumulators => metrics.Entries;

    /// <summary>Compiles what the effects of a graph need; everything else is dropped.</summary>
    /// <exception cref="ArgumentException">Two inputs, two outputs or two metrics have one name.</exception>
    /// <exception cref="OutOfMemoryException">There is no memory for the arena.</exception>
    public static Program Compile(GraphBuilder graph, Team team) => new(Schedule(graph), team);

    /// <summary>The buffer behind a named input.</summary>
    public Span<float> Input(string name) => Buffer(inputs[name]);

    /// <summary>The value of a named output after the last step.</summary>
    public ReadOnlySpan<float> Output(string name) => Buffer(outputs[name]);

    /// <summary>A recorded scalar after the last step.</summary>
    public float Metric(string name) => (float)metrics[name].Last;

    /// <summary>Mean of a recorded scalar over the steps since the last call; null when there were none.</summary>
    public double? TakeMean(string name) => metrics[name].Take() is (var sum, > 0 and var count) ? sum / count : null;

    /// <summary>Runs steps firstStep .. firstStep + count - 1. The step number addresses the random draws.</summary>
    /// <exception cref="ObjectDisposedException">The program or its team was disposed.</exception>
    public void Run(long firstStep, long count = 1)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        for (var step = firstStep; step < firstStep + count; step++)
        {
            clock.Step = step;
            foreach (var instruction in instructions) Run(instruction);
        }
    }

    /// <summary>Runs steps and adds up where their time goes: seconds by operation, most expensive first.</summary>
    /// <param name="clock">Seconds since some moment; the wall clock where none is given.</param>
    public IReadOnlyList<(string Operation, double Seconds, long FloatingPointOperations)> Profile(
        long firstStep, long count, Func<double>? clock = null)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        var seconds = clock ?? (() => Stopwatch.GetTimestamp() / (double)Stopwatch.Frequency);
        var spent = new double[instructions.Length];
        for (var step = firstStep; step < firstStep + count; step++)
        {
            this.clock.Step = step;
            for (var i = 0; i < instructions.Length; i++)
            {
                var start = seconds();
                Run(instructions[i]);
                spent[i] += seconds() - start;
            }
        }
        return
        [
            .. instructions
                .Select((x, i) => (Name: $"{x.Node.Operation.Name} {x.Node.Shape}", Seconds: spent[i], Work: x.Node.Operation.FloatingPointOperations(x.Node)))
                .GroupBy(x => x.Name)
                .Select(g => (g.Key, g.Sum(x => x.Seconds), count * g.Sum(x => x.Work)))
                .OrderByDescending(x => x.Item2),
        ];
    }

    /// <summary>Frees the buffers; spans over inputs and outputs end with them.</summary>
    public void Dispose()
    {
        isDisposed = true;
        memory.Dispose();
    }

    /// <summary>Nodes that an effect needs, in creation order.</summary>
    private static List<Node> Schedule(GraphBuilder graph)
    {
        var live = new HashSet<Node>();
        var pending = new Stack<Node>(graph.Nodes.Where(n => n.Operation.IsEffect));
        while (pending.TryPop(out var node))
        {
            if (!live.Add(node)) continue;
            foreach (var input in node.Inputs) pending.Push(input);
        }
        return [.. graph.Nodes.Where(live.Contains)];
    }

    private float* Address(Node node)
    {
        long offset = 0;
        while (node.Operation.IsView)
        {
            offset += node.Operation.ViewOffset(node);
            node = node.Inputs[0];
        }
        return (node.Operation is Variable variable ? variable.Array.Pointer : arena + plan[node]) + offset;
    }

    private Span<float> Buffer(Node node)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        return new(Address(node), node.Shape.Count);
    }

    private static void Name(Dictionary<string, Node> names, string name, string what, Node node)
    {
        if (!names.TryAdd(name, node))
            throw new ArgumentException($"two {what} are named {name}: {names[name]} and {node}");
    }

    private static long WholeLines(long floats)
    {
        const int line = NativeBlock.Alignment / sizeof(float);
        return (floats + line - 1) / line * line;
    }

    private void Run(Instruction instruction)
    {
        if (instruction.IsShared) team.Run(instruction.Kernel);
        else instruction.Kernel(0, 1);
    }

    /// <param name="IsShared">False where the work is too small to be worth waking other threads.</param>
    private sealed record Instruction(Node Node, Kernel Kernel, bool IsShared);
}
