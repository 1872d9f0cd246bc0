namespace Plimsoll.Benchmarks.Measuring;

/// <summary>Aligned columns: the first to the left, the others to the right.</summary>
internal sealed class TextTable(params string[] header)
{
    private readonly List<string[]> rows = [header];

    /// <summary>Whether tables are printed as Markdown has them, to be put into a page.</summary>
    internal static bool AsMarkdown { get; set; }

    internal void Add(params string[] cells) => rows.Add(cells);

    internal void Print(TextWriter writer)
    {
        if (AsMarkdown) PrintMarkdown(writer);
        else PrintAligned(writer);
        writer.WriteLine();
    }

    private void PrintAligned(TextWriter writer)
    {
        var widths = header.Select((_, i) => rows.Max(row => row[i].Length)).ToArray();
        foreach (var row in rows)
        {
            var cells = row.Select((cell, i) => i == 0 ? cell.PadRight(widths[i]) : cell.PadLeft(widths[i]));
            writer.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }

    private void PrintMarkdown(TextWriter writer)
    {
        writer.WriteLine();
        foreach (var (i, row) in rows.Index())
        {
            writer.WriteLine($"| {string.Join(" | ", row)} |");
            if (i == 0) writer.WriteLine(string.Concat(row.Select(_ => "| --- ")) + "|");
        }
    }
}
