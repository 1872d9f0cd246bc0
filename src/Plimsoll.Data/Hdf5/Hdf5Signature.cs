namespace Plimsoll.Data;

/// <summary>Tells a missing, an unreadable and a foreign file apart before the library sees it.</summary>
internal static class Hdf5Signature
{
    private static ReadOnlySpan<byte> Signature =>
        [0x89, (byte)'H', (byte)'D', (byte)'F', 0x0d, 0x0a, 0x1a, 0x0a];

    public static DatasetProblem? Check(string path, string name)
    {
        try
        {
            using var stream =
                new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return !stream.CanSeek ? new DatasetProblem.FileUnreadable(name, SafetensorsFile.NotRegular)
                : Has(stream) ? null
                : new DatasetProblem.UnknownFormat(name, FileContents.Of(stream));
        }
        catch (Exception missing) when (missing is FileNotFoundException or DirectoryNotFoundException)
        {
            return new DatasetProblem.FileMissing(name);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            return new DatasetProblem.FileUnreadable(name, failure.Message);
        }
    }

    /// <summary>The signature stands at 0, 512, 1024, 2048 and so on: a user block may come before
    /// it.</summary>
    private static bool Has(FileStream stream)
    {
        Span<byte> bytes = stackalloc byte[Signature.Length];
        for (var offset = 0L; offset + bytes.Length <= stream.Length; offset = offset == 0 ? 512 : offset * 2)
        {
            stream.Position = offset;
            stream.ReadExactly(bytes);
            if (bytes.SequenceEqual(Signature))
            {
                return true;
            }
        }

        return false;
    }
}
