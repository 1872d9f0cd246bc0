using System.Globalization;
using System.Text;

namespace Plimsoll.Learning.Training;

/// <summary>
/// Which state a training run was in at which step. One line an entry, <c>STEP HEX16 KIND</c>: <c>losses</c>, the
/// hash of what was recorded since the last guard, at every stride of steps and at the end; <c>state</c>, the hash
/// of everything carried from step to step, at guards, at most one a stride and always at the last. Two runs of one
/// key have the same bytes; where they differ, the first line that does names the steps in which to look.
/// </summary>
public sealed class HashTrail
{
    /// <summary>Fine entries at most.</summary>
    public const int MostEntries = 4096;
    private const string Losses = "losses";
    private const string State = "state";

    private readonly List<TrailEntry> entries = [];
    private readonly long steps;

    internal HashTrail(long steps)
    {
        this.steps = steps;
        Stride = (steps + MostEntries - 1) / MostEntries;
    }

    internal long Stride { get; }

    /// <summary>The text of the file.</summary>
    public string Text()
    {
        var text = new StringBuilder();
        foreach (var entry in entries)
        {
            var kind = entry.IsState != 0 ? State : Losses;
            text.Append(CultureInfo.InvariantCulture, $"{entry.Step} {entry.Hash:x16} {kind}\n");
        }
        return text.ToString();
    }

    /// <summary>Told at every step that <see cref="NextAfter"/> names.</summary>
    internal void Pass(long step, Carried carried) => entries.Add(new TrailEntry(step, carried.LossHash(), 0));

    /// <summary>Told at every guard.</summary>
    internal void Guard(long step, Carried carried)
    {
        var previous = entries.FindLastIndex(e => e.IsState != 0);
        if (previous < 0 || step == steps || step / Stride > entries[previous].Step / Stride)
            entries.Add(new TrailEntry(step, carried.StateHash(), 1));
    }

    /// <summary>The first step after this one at which there is something to note.</summary>
    internal long NextAfter(long step) => Math.Min((step / Stride + 1) * Stride, steps);

    internal void Transfer(Transfer transfer) => transfer.List(entries);

    private readonly record struct TrailEntry(long Step, ulong Hash, long IsState);
}
