namespace Plimsoll.Export.Policies;

/// <summary>A file that is there whole or not at all: it is written under another name in its folder, then renamed.
/// Folders on the way to it are made.</summary>
public static class NewFile
{
    /// <param name="path">The file.</param>
    /// <param name="replace">Whether one that is there may go.</param>
    /// <param name="write">Writes it under the name that it is given.</param>
    /// <returns>Null, or why there is no new file; what was there is then still there.</returns>
    public static ExportProblem? Write(string path, bool replace, Action<string> write)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        ArgumentNullException.ThrowIfNull(write);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        var temporary = Path.Combine(folder, $".plimsoll-{Path.GetRandomFileName()}");
        try
        {
            if (Directory.Exists(path)) return new ExportProblem.NotWritable(path, "it is a folder");
            if (!replace && File.Exists(path)) return new ExportProblem.AlreadyThere(path);
            Directory.CreateDirectory(folder);
            write(temporary);
            File.Move(temporary, path, replace);
            return null;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Another program may have been faster.
            return !replace && File.Exists(path)
                ? new ExportProblem.AlreadyThere(path)
                : new ExportProblem.NotWritable(
                    path, failure.Message.Replace(temporary, path, StringComparison.Ordinal));
        }
        finally
        {
            Remove(temporary);
        }
    }

    private static void Remove(string temporary)
    {
        try
        {
            File.Delete(temporary);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What made the writing fail is what the caller hears of.
        }
    }
}
