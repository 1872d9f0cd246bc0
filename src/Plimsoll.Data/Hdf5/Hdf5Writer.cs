namespace Plimsoll.Data;

/// <summary>
/// Writes arrays and texts to the root of a new HDF5 file, without times, so that equal content gives equal
/// bytes under one version of the library. The caller holds <see cref="Hdf5Library.Gate"/> from opening to
/// closing.
/// </summary>
internal sealed unsafe class Hdf5Writer
{
    private const int ChunkElements = 1 << 16;
    private const int CompressionLevel = 4;

    private readonly Hdf5Functions h5;
    private readonly long file;

    private Hdf5Writer(Hdf5Functions h5, long file)
    {
        this.h5 = h5;
        this.file = file;
    }

    /// <summary>Null when the file cannot be made.</summary>
    public static Hdf5Writer? TryCreate(Hdf5Library library, string path)
    {
        const uint replace = 2;
        var h5 = library.Functions;
        _ = h5.EsetAuto(0, 0, 0);
        fixed (byte* name = Hdf5Functions.Text(path))
        {
            var file = h5.Fcreate(name, replace, 0, 0);
            return file < 0 ? null : new Hdf5Writer(h5, file);
        }
    }

    /// <summary>Writes a binary32 array in chunks with shuffle and deflate; false when it fails.</summary>
    public bool Write(string key, ReadOnlySpan<ulong> shape, float* values)
    {
        var chunk = shape.ToArray();
        var width = shape.Length > 1 ? shape[1] : 1;
        chunk[0] = Math.Clamp(ChunkElements / width, 1, shape[0]);
        fixed (ulong* axes = shape, chunkAxes = chunk)
        fixed (byte* name = Hdf5Functions.Text(key))
        {
            using var space = new Hdf5Id(h5.ScreateSimple(shape.Length, axes, null), h5.Sclose);
            using var creation = new Hdf5Id(h5.Pcreate(h5.DatasetCreation), h5.Pclose);
            if (!space.IsValid || !creation.IsValid
                || h5.PsetChunk(creation.Value, shape.Length, chunkAxes) < 0
                || h5.PsetShuffle(creation.Value) < 0
                || h5.PsetDeflate(creation.Value, CompressionLevel) < 0
                || h5.PsetTrackTimes(creation.Value, 0) < 0)
            {
                return false;
            }

            using var array = new Hdf5Id(
                h5.Dcreate(file, name, h5.LittleEndianFloat, space.Value, 0, creation.Value, 0), h5.Dclose);
            return array.IsValid && h5.Dwrite(array.Value, h5.NativeFloat, 0, 0, 0, values) >= 0;
        }
    }

    /// <summary>
    /// Writes a text as an attribute of the root, of varying length, which is what h5py reads as a text;
    /// false when it fails.
    /// </summary>
    public bool WriteText(string key, string text)
    {
        const int scalar = 0;
        const int utf8 = 1;
        fixed (byte* name = Hdf5Functions.Text(key), characters = Hdf5Functions.Text(text))
        {
            var value = characters;
            using var type = new Hdf5Id(h5.Tcopy(h5.CharacterString), h5.Tclose);
            using var space = new Hdf5Id(h5.Screate(scalar), h5.Sclose);
            if (!type.IsValid || !space.IsValid || h5.TsetSize(type.Value, nuint.MaxValue) < 0
                || h5.TsetCset(type.Value, utf8) < 0)
            {
                return false;
            }

            using var attribute = new Hdf5Id(
                h5.Acreate(file, name, type.Value, space.Value, 0, 0), h5.Aclose);
            return attribute.IsValid && h5.Awrite(attribute.Value, type.Value, &value) >= 0;
        }
    }

    /// <summary>Writes everything out; false when that fails, as on a full disk.</summary>
    public bool Close() => h5.Fclose(file) >= 0;
}
