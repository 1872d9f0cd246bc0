namespace Plimsoll.Data;

/// <summary>
/// Writes a file under a temporary name in the same folder and renames it over the target when it is whole. So a
/// failure leaves what was there, no partial file ever has the target's name, and a target that is a link to the data
/// being written is replaced, not written through.
/// </summary>
internal static class FileReplacement
{
    /// <param name="path">The target.</param>
    /// <param name="write">Writes the file of the given name, which is there and empty; returns null, or why it
    /// could not.</param>
    public static ExportOutcome Write(string path, Func<string, string?> write)
    {
        var problem = Beside(path, temporary =>
        {
            var reason = write(temporary);
            if (reason is null)
            {
                File.Move(temporary, path, overwrite: true);
            }

            return reason;
        });
        return problem is null ? new ExportOutcome.Exported(path) : new ExportOutcome.Refused(problem);
    }

    /// <summary>Why the target cannot be written, as far as that can be known before; else null.</summary>
    public static DatasetProblem? Obstacle(string path) => Beside(path, _ => null);

    /// <summary>Makes an empty file in the target's folder, lets it be used, and removes what is left.</summary>
    private static DatasetProblem? Beside(string path, Func<string, string?> use)
    {
        var folder = Path.GetDirectoryName(Path.GetFullPath(path)) ?? path;
        var temporary = Path.Combine(folder, $".plimsoll-{Path.GetRandomFileName()}");
        try
        {
            var reason = Directory.Exists(path) ? "it is a folder"
                : !Directory.Exists(folder) ? $"there is no folder {folder}"
                : null;
            if (reason is null)
            {
                using (new FileStream(temporary, FileMode.CreateNew, FileAccess.Write))
                {
                }

                reason = use(temporary);
            }

            return reason is null ? null : new DatasetProblem.NotWritable(path, reason);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new DatasetProblem.NotWritable(
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
