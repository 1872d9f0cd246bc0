namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Aligned columns: the first to the left, the others to the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> rows = [header];

    internal void Add(params string[] cells) => rows.Add(cells);

    internal void Print(TextWriter writer)
    {
        var widths = header.Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
        writer.WriteLine();
    }
}
