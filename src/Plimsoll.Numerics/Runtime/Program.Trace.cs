using Plimsoll.Numerics.Graph;
using Plimsoll.Numerics.Graph.Operations;
using Plimsoll.Numerics.State;

namespace Plimsoll.Numerics.Runtime;

public sealed unsafe partial class Program
{
    /// <summary>The graph that was compiled; null for a program without effects, which has no instructions.</summary>
    internal GraphBuilder? Graph => instructions.Length == 0 ? null : instructions[0].Node.Graph;

    /// <summary>Runs one step as <see cref="Run(long, long)"/> does, and hashes what it starts from and what each
    /// instruction leaves. Costs time only where it is called.</summary>
    /// <exception cref="ObjectDisposedException">The program or its team was disposed.</exception>
    public StepTrace Trace(long step)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        List<TraceEntry> entries = [.. Before(), .. Leaves().Select(leaf => Entry(leaf, []))];
        RunObserved(step, node =>
        {
            var updates = node.Operation.Updates.Select(a => new TracedArray(a.Name, Hash(a.Values)));
            entries.Add(Entry(node, [.. updates]));
        });
        return new StepTrace(step, entries);
    }

    /// <summary>Runs one step and calls back after each instruction.</summary>
    internal void RunObserved(long step, Action<Node> after)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        clock.Step = step;
        foreach (var instruction in instructions)
        {
            Run(instruction);
            after(instruction.Node);
        }
    }

    /// <summary>What the step changes and reads by its updates alone, as it was: moments, targets, counters.</summary>
    private IEnumerable<TraceEntry> Before()
    {
        var read = Leaves().Select(leaf => leaf.Operation).OfType<Variable>().Select(v => v.Array).ToHashSet();
        var updates = instructions.Select(i => i.Node.Operation).ToList();
        foreach (var array in updates.SelectMany(u => u.Updates).Distinct().Where(a => !read.Contains(a)))
            yield return Before(array.Name, array.Shape.ToString(), Hash(array.Values));
        foreach (var counter in updates.OfType<AdvanceCounter>().Select(a => a.Counter).Distinct())
            yield return Before(counter.Name, "[]", HashOf(counter.Value));
    }

    private static TraceEntry Before(string name, string shape, ulong hash) =>
        new(TraceEntry.NoNode, $"state {name}", shape, [], hash, []);

    /// <summary>What the step starts from: arrays of the state as they are before it, host inputs,
    /// constants.</summary>
    private List<Node> Leaves()
    {
        var leaves = new SortedDictionary<int, Node>();
        foreach (var input in instructions.SelectMany(i => i.Node.Inputs))
        {
            var root = GraphBuilder.Root(input);
            if (root.Operation is Variable { Version: 0 } or HostInput or Constant) leaves[root.Id] = root;
        }
        return [.. leaves.Values];
    }

    private TraceEntry Entry(Node node, IReadOnlyList<TracedArray> updates) => new(
        node.Id, node.Operation.Name, node.Shape.ToString(), [.. node.Inputs.Select(i => GraphBuilder.Root(i).Id)],
        OutputHash(node), updates);

    private ulong OutputHash(Node node) => node.Operation switch
    {
        AdvanceCounter advance => HashOf(advance.Counter.Value),
        RecordMetric record => HashOf(BitConverter.DoubleToInt64Bits(metrics[record.Key].Last)),
        _ when node.Operation is Variable || MemoryPlan.OwnsMemory(node) =>
            Hash(new(Address(node), node.Shape.Count)),
        _ => 0,
    };

    private static ulong Hash(ReadOnlySpan<float> values)
    {
        var hash = new BitHash();
        hash.Add(values);
        return hash.Value;
    }

    private static ulong HashOf(long number)
    {
        var hash = new BitHash();
        hash.Add(number);
        return hash.Value;
    }
}
