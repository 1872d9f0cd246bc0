using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Data;

/// <summary>An array of an HDF5 file as its header describes it.</summary>
/// <param name="Shape">Lengths of the axes.</param>
/// <param name="Type">Null for numbers and booleans; otherwise what it is instead.</param>
/// <param name="IsPlausible">False when the shape asks for far more data than the file can hold.</param>
internal sealed record Hdf5Array(IReadOnlyList<long> Shape, string? Type, bool IsPlausible);

/// <summary>
/// Reads arrays and texts from the root of one HDF5 file. The caller holds <see cref="Hdf5Library.Gate"/>
/// from opening to closing. Failures are null or false: the library's own reasons are printed nowhere.
/// </summary>
internal sealed unsafe class Hdf5Reader : IDisposable
{
    private const int LongestText = 1 << 20;
    private const int IntegerClass = 0;
    private const int FloatClass = 1;
    private const int StringClass = 3;
    private const int EnumClass = 8;
    private const string Unusual = "numbers of an unusual format";

    private readonly Hdf5Functions h5;
    private readonly long fileBytes;
    private long file;

    private Hdf5Reader(Hdf5Functions h5, long file, long fileBytes)
    {
        this.h5 = h5;
        this.file = file;
        this.fileBytes = fileBytes;
    }

    /// <summary>Null when the library cannot open the file.</summary>
    public static Hdf5Reader? TryOpen(Hdf5Library library, string path)
    {
        const uint readOnly = 0;
        var h5 = library.Functions;

        // The switch belongs to the calling thread where the library was built for threads.
        _ = h5.EsetAuto(0, 0, 0);
        fixed (byte* name = Hdf5Functions.Text(path))
        {
            var file = h5.Fopen(name, readOnly, 0);
            return file < 0 ? null : new Hdf5Reader(h5, file, new FileInfo(path).Length);
        }
    }

    /// <summary>Names at the root; null when they cannot be read.</summary>
    public IReadOnlyList<string>? Names()
    {
        Hdf5Functions.GroupInfo info;
        if (h5.GgetInfo(file, &info) < 0)
        {
            return null;
        }

        var names = new List<string>();
        var buffer = new byte[1024];
        fixed (byte* root = "."u8, text = buffer)
        {
            for (var index = 0UL; index < info.Links; index++)
            {
                var length = h5.LgetNameByIndex(file, root, 0, 0, index, text, (nuint)buffer.Length, 0);
                if (length < 0)
                {
                    return null;
                }

                names.Add(Encoding.UTF8.GetString(buffer, 0, (int)Math.Min(length, buffer.Length - 1)));
            }
        }

        return names;
    }

    /// <summary>Null when the array cannot be opened.</summary>
    public Hdf5Array? Describe(string key)
    {
        using var array = OpenArray(key);
        using var space = Space(array);
        using var type = new Hdf5Id(array.IsValid ? h5.DgetType(array.Value) : -1, h5.Tclose);
        if (!space.IsValid || !type.IsValid || Shape(space.Value) is not { } shape)
        {
            return null;
        }

        return new Hdf5Array(shape, ForeignType(type.Value), IsPlausible(array.Value, type.Value, shape));
    }

    /// <summary>Reads all elements as binary32 in C order; false when the library cannot.</summary>
    public bool Read(string key, float* target)
    {
        using var array = OpenArray(key);
        return array.IsValid && h5.Dread(array.Value, h5.NativeFloat, 0, 0, 0, target) >= 0;
    }

    /// <summary>The attributes of the root that hold one text each. What cannot be read is left
    /// out.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Texts()
    {
        var texts = new List<KeyValuePair<string, string>>();
        fixed (byte* root = "."u8)
        {
            for (var index = 0UL; ; index++)
            {
                using var attribute = new Hdf5Id(h5.AopenByIndex(file, root, 0, 0, index, 0, 0), h5.Aclose);
                if (!attribute.IsValid)
                {
                    return texts;
                }

                if (AttributeName(attribute.Value) is { } name && AttributeText(attribute.Value) is { } text)
                {
                    texts.Add(KeyValuePair.Create(name, text));
                }
            }
        }
    }

    public void Dispose()
    {
        if (file >= 0)
        {
            _ = h5.Fclose(file);
            file = -1;
        }
    }

    private Hdf5Id OpenArray(string key)
    {
        fixed (byte* name = Hdf5Functions.Text(key))
        {
            return new Hdf5Id(h5.Dopen(file, name, 0), h5.Dclose);
        }
    }

    private Hdf5Id Space(Hdf5Id array) => new(array.IsValid ? h5.DgetSpace(array.Value) : -1, h5.Sclose);

    private long[]? Shape(long space)
    {
        const int mostAxes = 32;
        var rank = h5.SgetRank(space);
        if (rank is < 0 or > mostAxes)
        {
            return null;
        }

        var axes = stackalloc ulong[mostAxes];
        if (rank > 0 && h5.SgetDims(space, axes, null) < 0)
        {
            return null;
        }

        var shape = new long[rank];
        for (var axis = 0; axis < rank; axis++)
        {
            shape[axis] = (long)Math.Min(axes[axis], long.MaxValue);
        }

        return shape;
    }

    private string? ForeignType(long type) => h5.TgetClass(type) switch
    {
        IntegerClass => IsWholeNumber(type) ? null : Unusual,
        FloatClass => IsIeee(type) ? null : Unusual,
        EnumClass => IsBoolean(type) ? null : Unusual,
        StringClass => "text",
        6 => "a compound of several values",
        9 => "arrays of varying length",
        _ => "no number",
    };

    // Checked field by field, because the library's conversions trust a damaged description of a number and
    // crash.
    private bool IsWholeNumber(long type) => h5.TgetClass(type) == IntegerClass
        && h5.TgetSize(type) is 1 or 2 or 4 or 8
        && h5.TgetPrecision(type) == h5.TgetSize(type) * 8
        && h5.TgetOffset(type) == 0;

    private bool IsIeee(long type)
    {
        nuint sign, exponent, exponentBits, mantissa, mantissaBits;
        return h5.TgetFields(type, &sign, &exponent, &exponentBits, &mantissa, &mantissaBits) >= 0
            && h5.TgetPrecision(type) == h5.TgetSize(type) * 8
            && h5.TgetOffset(type) == 0
            && (h5.TgetSize(type), sign, exponent, exponentBits, mantissa, mantissaBits, h5.TgetExponentBias(
                type)) is
                (2, 15, 10, 5, 0, 10, 15) or (4, 31, 23, 8, 0, 23, 127) or (8, 63, 52, 11, 0, 52, 1023);
    }

    /// <summary>h5py stores a boolean as an enumeration over a byte.</summary>
    private bool IsBoolean(long type)
    {
        using var whole = new Hdf5Id(h5.TgetSuper(type), h5.Tclose);
        return whole.IsValid && IsWholeNumber(whole.Value);
    }

    /// <summary>
    /// Keeps a damaged header from asking for all memory: deflate packs at most about 1000 to 1.
    /// </summary>
    private bool IsPlausible(long array, long type, long[] shape)
    {
        const double small = 1 << 28;
        const double highestRatio = 1100;
        var bytes =
            shape.Aggregate((double)Math.Max(1, h5.TgetSize(type)), (product, axis) => product * axis);
        var stored = h5.DgetStorageSize(array);
        return bytes <= small || (stored <= (ulong)fileBytes && bytes <= stored * highestRatio);
    }

    private string? AttributeName(long attribute)
    {
        var length = h5.AgetName(attribute, 0, null);
        if (length is <= 0 or > LongestText)
        {
            return null;
        }

        var buffer = new byte[length + 1];
        fixed (byte* text = buffer)
        {
            return h5.AgetName(attribute, (nuint)buffer.Length, text) < 0
                ? null
                : Encoding.UTF8.GetString(buffer, 0, (int)length);
        }
    }

    private string? AttributeText(long attribute)
    {
        using var type = new Hdf5Id(h5.AgetType(attribute), h5.Tclose);
        using var space = new Hdf5Id(h5.AgetSpace(attribute), h5.Sclose);
        if (!type.IsValid || !space.IsValid || h5.TgetClass(type.Value) != StringClass
            || h5.SgetPoints(space.Value) != 1)
        {
            return null;
        }

        using var memory = new Hdf5Id(h5.Tcopy(h5.CharacterString), h5.Tclose);
        var varies = h5.TisVariableString(type.Value) > 0;
        var size = varies ? nuint.MaxValue : h5.TgetSize(type.Value) + 1;
        if ((!varies && size > LongestText) || h5.TsetSize(memory.Value, size) < 0
            || h5.TsetCset(memory.Value, h5.TgetCset(type.Value)) < 0)
        {
            return null;
        }

        return varies ? VariableText(attribute, memory.Value) : FixedText(attribute, memory.Value, (int)size);
    }

    private string? VariableText(long attribute, long memory)
    {
        byte* text = null;
        if (h5.Aread(attribute, memory, &text) < 0 || text is null)
        {
            return null;
        }

        var result = Marshal.PtrToStringUTF8((nint)text);
        _ = h5.FreeMemory(text);
        return result;
    }

    private string? FixedText(long attribute, long memory, int size)
    {
        var buffer = new byte[size];
        fixed (byte* text = buffer)
        {
            if (h5.Aread(attribute, memory, text) < 0)
            {
                return null;
            }
        }

        var end = Array.IndexOf(buffer, (byte)0);
        return Encoding.UTF8.GetString(buffer, 0, end < 0 ? size : end);
    }
}
