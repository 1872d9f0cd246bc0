using System.Runtime.InteropServices;
using System.Text;

namespace Plimsoll.Data;

/// <summary>
/// The functions and type identifiers of the C library that are in use, under their C names without `H5`.
/// Names and meanings: the HDF5 reference manual, version 1.10. Negative results are failures.
/// </summary>
internal sealed unsafe class Hdf5Functions
{
    public readonly delegate* unmanaged[Cdecl]<int> Open;
    public readonly delegate* unmanaged[Cdecl]<uint*, uint*, uint*, int> GetVersion;
    public readonly delegate* unmanaged[Cdecl]<void*, int> FreeMemory;
    public readonly delegate* unmanaged[Cdecl]<long, nint, nint, int> EsetAuto;

    public readonly delegate* unmanaged[Cdecl]<byte*, uint, long, long> Fopen;
    public readonly delegate* unmanaged[Cdecl]<byte*, uint, long, long, long> Fcreate;
    public readonly delegate* unmanaged[Cdecl]<long, int> Fclose;

    public readonly delegate* unmanaged[Cdecl]<long, GroupInfo*, int> GgetInfo;
    public readonly delegate* unmanaged[Cdecl]<long, byte*, int, int, ulong, byte*, nuint, long, nint>
        LgetNameByIndex;

    public readonly delegate* unmanaged[Cdecl]<long, byte*, long, long> Dopen;
    public readonly delegate* unmanaged[Cdecl]<long, byte*, long, long, long, long, long, long> Dcreate;
    public readonly delegate* unmanaged[Cdecl]<long, long> DgetSpace;
    public readonly delegate* unmanaged[Cdecl]<long, long> DgetType;
    public readonly delegate* unmanaged[Cdecl]<long, ulong> DgetStorageSize;
    public readonly delegate* unmanaged[Cdecl]<long, long, long, long, long, void*, int> Dread;
    public readonly delegate* unmanaged[Cdecl]<long, long, long, long, long, void*, int> Dwrite;
    public readonly delegate* unmanaged[Cdecl]<long, int> Dclose;

    public readonly delegate* unmanaged[Cdecl]<long, byte*, int, int, ulong, long, long, long> AopenByIndex;
    public readonly delegate* unmanaged[Cdecl]<long, byte*, long, long, long, long, long> Acreate;
    public readonly delegate* unmanaged[Cdecl]<long, nuint, byte*, nint> AgetName;
    public readonly delegate* unmanaged[Cdecl]<long, long> AgetType;
    public readonly delegate* unmanaged[Cdecl]<long, long> AgetSpace;
    public readonly delegate* unmanaged[Cdecl]<long, long, void*, int> Aread;
    public readonly delegate* unmanaged[Cdecl]<long, long, void*, int> Awrite;
    public readonly delegate* unmanaged[Cdecl]<long, int> Aclose;

    public readonly delegate* unmanaged[Cdecl]<int, long> Screate;
    public readonly delegate* unmanaged[Cdecl]<int, ulong*, ulong*, long> ScreateSimple;
    public readonly delegate* unmanaged[Cdecl]<long, int> SgetRank;
    public readonly delegate* unmanaged[Cdecl]<long, ulong*, ulong*, int> SgetDims;
    public readonly delegate* unmanaged[Cdecl]<long, long> SgetPoints;
    public readonly delegate* unmanaged[Cdecl]<long, int> Sclose;

    public readonly delegate* unmanaged[Cdecl]<long, int> TgetClass;
    public readonly delegate* unmanaged[Cdecl]<long, nuint> TgetSize;
    public readonly delegate* unmanaged[Cdecl]<long, nuint> TgetPrecision;
    public readonly delegate* unmanaged[Cdecl]<long, int> TgetOffset;
    public readonly delegate* unmanaged[Cdecl]<long, nuint*, nuint*, nuint*, nuint*, nuint*, int> TgetFields;
    public readonly delegate* unmanaged[Cdecl]<long, nuint> TgetExponentBias;
    public readonly delegate* unmanaged[Cdecl]<long, long> TgetSuper;
    public readonly delegate* unmanaged[Cdecl]<long, int> TgetCset;
    public readonly delegate* unmanaged[Cdecl]<long, int> TisVariableString;
    public readonly delegate* unmanaged[Cdecl]<long, long> Tcopy;
    public readonly delegate* unmanaged[Cdecl]<long, nuint, int> TsetSize;
    public readonly delegate* unmanaged[Cdecl]<long, int, int> TsetCset;
    public readonly delegate* unmanaged[Cdecl]<long, int> Tclose;

    public readonly delegate* unmanaged[Cdecl]<long, long> Pcreate;
    public readonly delegate* unmanaged[Cdecl]<long, int, ulong*, int> PsetChunk;
    public readonly delegate* unmanaged[Cdecl]<long, int> PsetShuffle;
    public readonly delegate* unmanaged[Cdecl]<long, uint, int> PsetDeflate;
    public readonly delegate* unmanaged[Cdecl]<long, byte, int> PsetTrackTimes;
    public readonly delegate* unmanaged[Cdecl]<long, int> Pclose;

    private readonly nint handle;

    /// <exception cref="EntryPointNotFoundException">The library lacks one of them.</exception>
    public Hdf5Functions(nint handle)
    {
        this.handle = handle;
        Open = (delegate* unmanaged[Cdecl]<int>)At("H5open");
        GetVersion = (delegate* unmanaged[Cdecl]<uint*, uint*, uint*, int>)At("H5get_libversion");
        FreeMemory = (delegate* unmanaged[Cdecl]<void*, int>)At("H5free_memory");
        EsetAuto = (delegate* unmanaged[Cdecl]<long, nint, nint, int>)At("H5Eset_auto2");

        Fopen = (delegate* unmanaged[Cdecl]<byte*, uint, long, long>)At("H5Fopen");
        Fcreate = (delegate* unmanaged[Cdecl]<byte*, uint, long, long, long>)At("H5Fcreate");
        Fclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Fclose");

        GgetInfo = (delegate* unmanaged[Cdecl]<long, GroupInfo*, int>)At("H5Gget_info");
        LgetNameByIndex = (delegate* unmanaged[Cdecl]<long, byte*, int, int, ulong, byte*, nuint, long, nint>)
            At("H5Lget_name_by_idx");

        Dopen = (delegate* unmanaged[Cdecl]<long, byte*, long, long>)At("H5Dopen2");
        Dcreate =
            (delegate* unmanaged[Cdecl]<long, byte*, long, long, long, long, long, long>)At("H5Dcreate2");
        DgetSpace = (delegate* unmanaged[Cdecl]<long, long>)At("H5Dget_space");
        DgetType = (delegate* unmanaged[Cdecl]<long, long>)At("H5Dget_type");
        DgetStorageSize = (delegate* unmanaged[Cdecl]<long, ulong>)At("H5Dget_storage_size");
        Dread = (delegate* unmanaged[Cdecl]<long, long, long, long, long, void*, int>)At("H5Dread");
        Dwrite = (delegate* unmanaged[Cdecl]<long, long, long, long, long, void*, int>)At("H5Dwrite");
        Dclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Dclose");

        AopenByIndex = (delegate* unmanaged[Cdecl]<long, byte*, int, int, ulong, long, long, long>)
            At("H5Aopen_by_idx");
        Acreate = (delegate* unmanaged[Cdecl]<long, byte*, long, long, long, long, long>)At("H5Acreate2");
        AgetName = (delegate* unmanaged[Cdecl]<long, nuint, byte*, nint>)At("H5Aget_name");
        AgetType = (delegate* unmanaged[Cdecl]<long, long>)At("H5Aget_type");
        AgetSpace = (delegate* unmanaged[Cdecl]<long, long>)At("H5Aget_space");
        Aread = (delegate* unmanaged[Cdecl]<long, long, void*, int>)At("H5Aread");
        Awrite = (delegate* unmanaged[Cdecl]<long, long, void*, int>)At("H5Awrite");
        Aclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Aclose");

        Screate = (delegate* unmanaged[Cdecl]<int, long>)At("H5Screate");
        ScreateSimple = (delegate* unmanaged[Cdecl]<int, ulong*, ulong*, long>)At("H5Screate_simple");
        SgetRank = (delegate* unmanaged[Cdecl]<long, int>)At("H5Sget_simple_extent_ndims");
        SgetDims = (delegate* unmanaged[Cdecl]<long, ulong*, ulong*, int>)At("H5Sget_simple_extent_dims");
        SgetPoints = (delegate* unmanaged[Cdecl]<long, long>)At("H5Sget_simple_extent_npoints");
        Sclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Sclose");

        TgetClass = (delegate* unmanaged[Cdecl]<long, int>)At("H5Tget_class");
        TgetSize = (delegate* unmanaged[Cdecl]<long, nuint>)At("H5Tget_size");
        TgetPrecision = (delegate* unmanaged[Cdecl]<long, nuint>)At("H5Tget_precision");
        TgetOffset = (delegate* unmanaged[Cdecl]<long, int>)At("H5Tget_offset");
        TgetFields = (delegate* unmanaged[Cdecl]<long, nuint*, nuint*, nuint*, nuint*, nuint*, int>)
            At("H5Tget_fields");
        TgetExponentBias = (delegate* unmanaged[Cdecl]<long, nuint>)At("H5Tget_ebias");
        TgetSuper = (delegate* unmanaged[Cdecl]<long, long>)At("H5Tget_super");
        TgetCset = (delegate* unmanaged[Cdecl]<long, int>)At("H5Tget_cset");
        TisVariableString = (delegate* unmanaged[Cdecl]<long, int>)At("H5Tis_variable_str");
        Tcopy = (delegate* unmanaged[Cdecl]<long, long>)At("H5Tcopy");
        TsetSize = (delegate* unmanaged[Cdecl]<long, nuint, int>)At("H5Tset_size");
        TsetCset = (delegate* unmanaged[Cdecl]<long, int, int>)At("H5Tset_cset");
        Tclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Tclose");

        Pcreate = (delegate* unmanaged[Cdecl]<long, long>)At("H5Pcreate");
        PsetChunk = (delegate* unmanaged[Cdecl]<long, int, ulong*, int>)At("H5Pset_chunk");
        PsetShuffle = (delegate* unmanaged[Cdecl]<long, int>)At("H5Pset_shuffle");
        PsetDeflate = (delegate* unmanaged[Cdecl]<long, uint, int>)At("H5Pset_deflate");
        PsetTrackTimes = (delegate* unmanaged[Cdecl]<long, byte, int>)At("H5Pset_obj_track_times");
        Pclose = (delegate* unmanaged[Cdecl]<long, int>)At("H5Pclose");
        _ = At("H5T_NATIVE_FLOAT_g");
    }

    // The identifiers are variables of the library that H5open fills.

    public long NativeFloat => *(long*)At("H5T_NATIVE_FLOAT_g");

    /// <summary>Written on every machine, so that a file's bytes do not depend on it.</summary>
    public long LittleEndianFloat => *(long*)At("H5T_IEEE_F32LE_g");

    public long CharacterString => *(long*)At("H5T_C_S1_g");

    public long DatasetCreation => *(long*)At("H5P_CLS_DATASET_CREATE_ID_g");

    /// <summary>A text as the library takes it: UTF-8 with a zero at the end.</summary>
    public static byte[] Text(string text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text) + 1];
        Encoding.UTF8.GetBytes(text, bytes);
        return bytes;
    }

    private nint At(string symbol) => NativeLibrary.GetExport(handle, symbol);

    /// <summary>H5G_info_t.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct GroupInfo
    {
        public int StorageType;
        public ulong Links;
        public long LargestCreationOrder;
        public byte Mounted;
    }
}

/// <summary>An open identifier of the library. Negative when opening failed.</summary>
internal readonly unsafe ref struct Hdf5Id(long id, delegate* unmanaged[Cdecl]<long, int> close)
{
    private readonly delegate* unmanaged[Cdecl]<long, int> close = close;

    public long Value { get; } = id;

    public bool IsValid => Value >= 0;

    public void Dispose()
    {
        if (IsValid)
        {
            _ = close(Value);
        }
    }
}
