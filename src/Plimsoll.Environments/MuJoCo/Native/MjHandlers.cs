using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Plimsoll.Environments.MuJoCo.Native;

/// <summary>
/// What MuJoCo calls when it warns or gives up, in place of its own handlers, which write MUJOCO_LOG.TXT into
/// the working folder and, on an error, wait for a key and leave the process with no word on standard error.
/// </summary>
/// <remarks>
/// Errors while a model is compiled do not come here: MuJoCo returns them as text (<see cref="MjModel"/>
/// throws it). What does come here is a simulation that cannot go on: no memory, a stack too small, an
/// argument it should not have been given. MuJoCo counts on the handler not to return, because what follows
/// would use what it could not get; a C# exception cannot cross its frames, and there is no other way back.
/// So the process ends at once, with MuJoCo's words on standard error. Work that runs in a worker process
/// costs that worker alone. Warnings are counted in each <c>mjData</c>, with the numbers to word them by, and
/// read from there after a step (<see cref="MjData.Warning"/>); the handler has nothing to add and is silent.
/// </remarks>
internal static unsafe class MjHandlers
{
    /// <summary>Sets the two exported variables that hold the handlers, for the whole process.</summary>
    public static void Install(nint library)
    {
        Set("mju_user_error", &OnError);
        Set("mju_user_warning", &OnWarning);

        void Set(string variable, delegate* unmanaged[Cdecl]<byte*, void> handler) =>
            *(delegate* unmanaged[Cdecl]<byte*, void>*)NativeLibrary.GetExport(library, variable) = handler;
    }

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnError(byte* message) =>
        Environment.FailFast($"MuJoCo cannot go on: {Marshal.PtrToStringUTF8((nint)message)}");

    [UnmanagedCallersOnly(CallConvs = [typeof(CallConvCdecl)])]
    private static void OnWarning(byte* message)
    {
    }
}
