namespace Plimsoll.Data;

/// <summary>What a file that no reader knows seems to hold, for the words of its refusal alone.</summary>
public enum FileContent
{
    /// <summary>Bytes that are no text.</summary>
    Binary,

    Empty,

    /// <summary>Lines of text, such as CSV.</summary>
    Text,

    /// <summary>A page for a browser, as servers send in place of a file that is not there.</summary>
    WebPage,

    /// <summary>A few lines that stand for a file which Git LFS has not fetched.</summary>
    LfsPointer,
}

/// <summary>Judges a file by its first bytes.</summary>
internal static class FileContents
{
    private const int Looked = 512;

    public static FileContent Of(FileStream stream)
    {
        var bytes = new byte[Looked];
        stream.Position = 0;
        var count = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return Of(bytes.AsSpan(0, count));
    }

    public static FileContent Of(ReadOnlySpan<byte> first)
    {
        if (first.IsEmpty)
        {
            return FileContent.Empty;
        }

        if (first.StartsWith("version https://git-lfs"u8))
        {
            return FileContent.LfsPointer;
        }

        foreach (var value in first)
        {
            if (value < ' ' && value is not ((byte)'\t' or (byte)'\n' or (byte)'\r'))
            {
                return FileContent.Binary;
            }
        }

        return first.TrimStart(" \t\r\n\uFEFF"u8).StartsWith("<"u8) ? FileContent.WebPage : FileContent.Text;
    }
}
