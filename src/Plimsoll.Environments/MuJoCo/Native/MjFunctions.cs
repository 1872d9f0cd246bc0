using System.Runtime.InteropServices;

namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>
/// The functions of libmujoco in use, under their C names without the prefix. Their signatures are the same
/// in all versions from 2.2 on; meanings: MuJoCo's API reference.
/// </summary>
internal sealed unsafe class MjFunctions
{
    public readonly delegate* unmanaged[Cdecl]<byte*, void*, byte*, int, nint> LoadXml;
    public readonly delegate* unmanaged[Cdecl]<nint, void> DeleteModel;
    public readonly delegate* unmanaged[Cdecl]<nint, nint> MakeData;
    public readonly delegate* unmanaged[Cdecl]<nint, void> DeleteData;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> ResetData;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> Forward;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> Step;
    public readonly delegate* unmanaged[Cdecl]<nint, nint, void> RnePostConstraint;
    public readonly delegate* unmanaged[Cdecl]<nint, int, int, byte*> NameOf;
    public readonly delegate* unmanaged[Cdecl]<int, nint, byte*> WarningText;

    /// <exception cref="EntryPointNotFoundException">The library lacks one of them.</exception>
    public MjFunctions(nint library)
    {
        LoadXml = (delegate* unmanaged[Cdecl]<byte*, void*, byte*, int, nint>)Find("mj_loadXML");
        DeleteModel = (delegate* unmanaged[Cdecl]<nint, void>)Find("mj_deleteModel");
        MakeData = (delegate* unmanaged[Cdecl]<nint, nint>)Find("mj_makeData");
        DeleteData = (delegate* unmanaged[Cdecl]<nint, void>)Find("mj_deleteData");
        ResetData = (delegate* unmanaged[Cdecl]<nint, nint, void>)Find("mj_resetData");
        Forward = (delegate* unmanaged[Cdecl]<nint, nint, void>)Find("mj_forward");
        Step = (delegate* unmanaged[Cdecl]<nint, nint, void>)Find("mj_step");
        RnePostConstraint = (delegate* unmanaged[Cdecl]<nint, nint, void>)Find("mj_rnePostConstraint");
        NameOf = (delegate* unmanaged[Cdecl]<nint, int, int, byte*>)Find("mj_id2name");
        WarningText = (delegate* unmanaged[Cdecl]<int, nint, byte*>)Find("mju_warningText");

        nint Find(string name) => NativeLibrary.GetExport(library, name);
    }
}
