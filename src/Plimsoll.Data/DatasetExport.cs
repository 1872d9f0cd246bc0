namespace Plimsoll.Data;

/// <summary>Writes a dataset in the format that the file's ending names.</summary>
public static class DatasetExport
{
    /// <summary>.hdf5 and .h5, .npz, .safetensors. What is at the path stays unless the new file is
    /// whole.</summary>
    public static ExportOutcome Write(Dataset dataset, string path)
    {
        ArgumentNullException.ThrowIfNull(dataset);
        ArgumentException.ThrowIfNullOrEmpty(path);
        switch (FormatOf(path))
        {
            case Format.Hdf5:
                return DsrlExport.Write(dataset, path);
            case Format.Npz:
                return NpzExport.Write(dataset, path);
            case Format.Artifact:
                return FileReplacement.Write(path, file =>
                {
                    dataset.Save(file);
                    return null;
                });
            default:
                return new ExportOutcome.Refused(new DatasetProblem.UnknownEnding(path));
        }
    }

    /// <summary>What keeps a file from being written that can be known before there is a dataset; null when nothing
    /// is known to. For those who would compute for minutes first.</summary>
    public static DatasetProblem? Obstacle(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        return FormatOf(path) switch
        {
            null => new DatasetProblem.UnknownEnding(path),
            Format.Hdf5 when Hdf5Library.TryLoad(null, out var tried) is null =>
                new DatasetProblem.LibraryMissing(path, tried),
            _ => FileReplacement.Obstacle(path),
        };
    }

    private static Format? FormatOf(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".hdf5" or ".h5" => Format.Hdf5,
        ".npz" => Format.Npz,
        ".safetensors" => Format.Artifact,
        _ => null,
    };

    private enum Format
    {
        Hdf5,
        Npz,
        Artifact,
    }
}
