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
        switch (Path.GetExtension(path).ToLowerInvariant())
        {
            case ".hdf5" or ".h5":
                return DsrlExport.Write(dataset, path);
            case ".npz":
                return NpzExport.Write(dataset, path);
            case ".safetensors":
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
        var ending = Path.GetExtension(path).ToLowerInvariant();
        if (ending is not (".hdf5" or ".h5" or ".npz" or ".safetensors"))
        {
            return new DatasetProblem.UnknownEnding(path);
        }

        return ending is ".hdf5" or ".h5" && Hdf5Library.TryLoad(null, out var tried) is null
            ? new DatasetProblem.LibraryMissing(path, tried)
            : FileReplacement.Obstacle(path);
    }
}
