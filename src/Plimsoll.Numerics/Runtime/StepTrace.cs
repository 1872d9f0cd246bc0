using System.Globalization;
using System.Text;

namespace Plimsoll.Numerics.Runtime;

/// <summary>An array of the state after an instruction that writes to it.</summary>
public sealed record TracedArray(string Name, ulong Hash);

/// <summary>What one instruction left, or what the step started from.</summary>
/// <param name="Node">Number of the node in its graph; <see cref="NoNode"/> for state that only an update reads.</param>
/// <param name="Operation">Its name, as the printed plan has it.</param>
/// <param name="Inputs">Numbers of the nodes whose memory it reads; none for what the step starts from.</param>
/// <param name="Output">64-bit hash of the bits of the output; of an effect without one, 0.</param>
/// <param name="Updates">The arrays of the state that it wrote to.</param>
public sealed record TraceEntry(
    int Node, string Operation, string Shape, IReadOnlyList<int> Inputs, ulong Output,
    IReadOnlyList<TracedArray> Updates)
{
    public const int NoNode = -1;

    public override string ToString() => Node == NoNode ? $"{Operation} {Shape}" : $"%{Node} {Operation} {Shape}";

    internal bool IsSameInstruction(TraceEntry other) =>
        Node == other.Node && Operation == other.Operation && Shape == other.Shape
            && Inputs.SequenceEqual(other.Inputs);
}

/// <summary>
/// The bits of one step, instruction by instruction: first the state, inputs and constants that it reads, then every
/// instruction in order. Two traces of one program and step name the operation at which two runs part.
/// </summary>
public sealed class StepTrace(long step, IReadOnlyList<TraceEntry> entries)
{
    private const string Heading = "plimsoll trace 1";

    public long Step { get; } = step;

    public IReadOnlyList<TraceEntry> Entries { get; } = entries;

    /// <summary>Where two traces first differ; null where they agree.</summary>
    public static TraceDifference? FirstDifference(StepTrace first, StepTrace second)
    {
        if (first.Step != second.Step) return new TraceDifference.OtherStep(first.Step, second.Step);
        for (var i = 0; i < Math.Min(first.Entries.Count, second.Entries.Count); i++)
        {
            var (a, b) = (first.Entries[i], second.Entries[i]);
            if (!a.IsSameInstruction(b)) return new TraceDifference.OtherProgram(a, b);
            if (a.Output == b.Output && a.Updates.SequenceEqual(b.Updates)) continue;
            var inputs = a.Inputs.Select(first.Latest).ToList();
            var names = a.Updates.Zip(b.Updates).Where(p => p.First != p.Second).Select(p => p.First.Name);
            return new TraceDifference.OtherBits(a, inputs, [.. names]);
        }
        if (first.Entries.Count == second.Entries.Count) return null;
        var rest = first.Entries.Count > second.Entries.Count ? first : second;
        var extra = rest.Entries[Math.Min(first.Entries.Count, second.Entries.Count)];
        return rest == first
            ? new TraceDifference.OtherProgram(extra, null)
            : new TraceDifference.OtherProgram(null, extra);
    }

    /// <summary>The same for a step of several programs, in the order in which they ran.</summary>
    public static TraceDifference? FirstDifference(IReadOnlyList<StepTrace> first, IReadOnlyList<StepTrace> second)
    {
        foreach (var (a, b) in first.Zip(second))
        {
            if (FirstDifference(a, b) is { } found) return found;
        }
        var rest = first.Count > second.Count ? first : second;
        if (first.Count == second.Count) return null;
        var extra = rest[Math.Min(first.Count, second.Count)].Entries.FirstOrDefault();
        return rest == first
            ? new TraceDifference.OtherProgram(extra, null)
            : new TraceDifference.OtherProgram(null, extra);
    }

    /// <summary>One line an entry, tabs between: node, hash, operation, shape, inputs, then
    /// <c>array=hash</c>.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Heading}\tstep {Step}\n");
        foreach (var e in Entries)
        {
            text.Append(CultureInfo.InvariantCulture, $"{e.Node}\t{e.Output:x16}\t{e.Operation}\t{e.Shape}\t");
            text.AppendJoin(' ', e.Inputs);
            foreach (var array in e.Updates)
                text.Append(CultureInfo.InvariantCulture, $"\t{array.Name}={array.Hash:x16}");
            text.Append('\n');
        }
        return text.ToString();
    }

    /// <summary>Reads what <see cref="Text"/> wrote; null where it is something else.</summary>
    public static StepTrace? Parse(string text)
    {
        var lines = text.Split('\n');
        var heading = lines[0].Split('\t');
        if (lines[^1].Length > 0 || heading.Length != 2 || heading[0] != Heading) return null;
        if (!heading[1].StartsWith("step ", StringComparison.Ordinal)) return null;
        if (Whole(heading[1][5..]) is not { } step) return null;
        var entries = new List<TraceEntry>();
        foreach (var line in lines[1..^1])
        {
            if (Entry(line.Split('\t')) is not { } entry) return null;
            entries.Add(entry);
        }
        return new StepTrace(step, entries);
    }

    private static TraceEntry? Entry(string[] parts)
    {
        if (parts.Length < 5 || Whole(parts[0]) is not { } node || Hash(parts[1]) is not { } output) return null;
        var inputs = parts[4].Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Whole).ToList();
        if (inputs.Contains(null)) return null;
        var updates = new List<TracedArray>();
        foreach (var part in parts[5..])
        {
            var equals = part.LastIndexOf('=');
            if (equals < 0 || Hash(part[(equals + 1)..]) is not { } hash) return null;
            updates.Add(new TracedArray(part[..equals], hash));
        }
        return new TraceEntry((int)node, parts[2], parts[3], [.. inputs.Select(i => (int)i!.Value)], output, updates);
    }

    /// <summary>The entry of a node; null for an array read after its update, whose bits are the update's.</summary>
    private TraceEntry? Latest(int node) => Entries.FirstOrDefault(e => e.Node == node);

    private static long? Whole(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var value) ? value : null;

    private static ulong? Hash(string text) =>
        text.Length == 16
        && ulong.TryParse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var value)
            ? value : null;
}

/// <summary>How two traces part.</summary>
public abstract record TraceDifference
{
    private TraceDifference()
    {
    }

    /// <summary>One sentence.</summary>
    public abstract string Text { get; }

    /// <summary>The first entry whose bits differ: from equal bits it made other ones, or the step started from
    /// other ones where it has no inputs.</summary>
    /// <param name="Inputs">What it reads, equal on both sides; null for arrays read after their update.</param>
    /// <param name="Arrays">The arrays of the state that it left different.</param>
    public sealed record OtherBits(TraceEntry Entry, IReadOnlyList<TraceEntry?> Inputs, IReadOnlyList<string> Arrays)
        : TraceDifference
    {
        public override string Text
        {
            get
            {
                var from = Entry.Inputs.Zip(Inputs, (id, entry) => entry?.ToString() ?? $"%{id}");
                var inputs = Entry.Inputs.Count == 0 ? "" : $", from equal {string.Join(", ", from)}";
                return $"{Entry} is the first to differ{inputs}"
                    + (Arrays.Count == 0 ? "" : $"; it wrote to {string.Join(", ", Arrays)}");
            }
        }
    }

    /// <summary>The traces are of two programs: this is the first instruction that is not the same.</summary>
    public sealed record OtherProgram(TraceEntry? First, TraceEntry? Second) : TraceDifference
    {
        public override string Text =>
            $"the programs differ: {First?.ToString() ?? "nothing"} against {Second?.ToString() ?? "nothing"}";
    }

    public sealed record OtherStep(long First, long Second) : TraceDifference
    {
        public override string Text => $"the traces are of two steps, {First} and {Second}";
    }
}
