using System.Globalization;

namespace Plimsoll.Learning.Training;

/// <summary>Where two hash trails part.</summary>
public abstract record TrailComparison
{
    private TrailComparison()
    {
    }

    public sealed record Equal : TrailComparison;

    /// <summary>They differ. The cause lies in the steps LastEqual + 1 .. Step.</summary>
    /// <param name="Step">The first step at which an entry differs or is missing on one side.</param>
    /// <param name="LastEqual">The last step before it up to which every entry is equal; 0 when none is.</param>
    /// <param name="Kind">What differs there: losses or state.</param>
    public sealed record Differs(long Step, long LastEqual, string Kind) : TrailComparison;

    /// <summary>A line of one of them is no entry of a trail.</summary>
    /// <param name="Trail">1 or 2: the first or the second text.</param>
    /// <param name="Line">Counts from 1.</param>
    public sealed record Unreadable(int Trail, int Line) : TrailComparison;

    /// <summary>Compares the texts of two trails of one key. Pure.</summary>
    public static TrailComparison Of(string first, string second)
    {
        if (Read(first, 1, out var one) is { } problem) return problem;
        if (Read(second, 2, out var other) is { } otherProblem) return otherProblem;
        var common = Math.Min(one.Count, other.Count);
        var at = 0;
        while (at < common && one[at] == other[at]) at++;
        if (at == one.Count && at == other.Count) return new Equal();
        var candidates = new[] { one, other }.Where(t => at < t.Count).Select(t => t[at]);
        var (step, _, kind) = candidates.MinBy(e => e.Step);
        // A step counts as equal only when all of its entries are.
        var lastEqual = one.Take(at).Select(e => e.Step).LastOrDefault(s => s < step);
        return new Differs(step, lastEqual, kind);
    }

    private static Unreadable? Read(string text, int trail, out List<(long Step, string Hash, string Kind)> entries)
    {
        entries = [];
        var lines = text.Split('\n');
        // Every entry ends its line, so the last piece is empty unless the text was cut.
        for (var i = 0; i < lines.Length - 1; i++)
        {
            var parts = lines[i].Split(' ');
            if (parts.Length != 3 || parts[1].Length != 16 || parts[2].Length == 0
                || !long.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var step)
                || !ulong.TryParse(parts[1], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out _))
                return new Unreadable(trail, i + 1);
            entries.Add((step, parts[1], parts[2]));
        }
        return lines[^1].Length == 0 ? null : new Unreadable(trail, lines.Length);
    }
}
