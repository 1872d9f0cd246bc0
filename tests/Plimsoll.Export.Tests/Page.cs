namespace Plimsoll.Export.Tests;

/// <summary>The blocks of docs/exporting.md, for the tests that run them.</summary>
internal static class Page
{
    private const string Fence = "```";

    /// <summary>The only block of a language with these words in it; one that says it is not run is none.</summary>
    internal static string Block(string language, string words)
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "exporting.md"));
        var blocks = lines.Index().Where(line => line.Item == Fence + language).Select(
            line => string.Join('\n', lines.Skip(line.Index + 1).TakeWhile(text => text != Fence)));
        return blocks.Single(block => block.Contains(words, StringComparison.Ordinal)) + "\n";
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory); folder is not null;
            folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Pipeline.sln"))) return folder.FullName;
        }
        throw new InvalidOperationException("no folder above the test assembly holds Pipeline.sln");
    }
}
