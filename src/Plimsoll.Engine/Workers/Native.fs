/// What .NET does not offer of the C library. Linux; elsewhere each function does nothing and says so.
module internal Plimsoll.Engine.Workers.Native

open System
open System.IO
open System.Runtime.InteropServices
open Microsoft.Win32.SafeHandles
open Plimsoll.Numerics.Runtime

[<DllImport("libc", SetLastError = true)>]
extern int private fcntl(int descriptor, int command, int argument)

[<DllImport("libc", SetLastError = true)>]
extern int private dup2(int from, int into)

[<DllImport("libc", SetLastError = true)>]
extern int private ``open``(string path, int flags)

[<DllImport("libc")>]
extern void private _exit(int code)

[<DllImport("libc")>]
extern int private fflush(nativeint stream)

[<DllImport("libc")>]
extern int private malloc_trim(unativeint keep)

let private duplicateAbove = 1030 // F_DUPFD_CLOEXEC on Linux
let private readWrite = 2

let private copy descriptor access =
    // Not inherited by what the worker starts: such a child would keep the channel open.
    let kept = fcntl (descriptor, duplicateAbove, 3)

    if kept < 0 then
        raise (IOException(Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())))

    new FileStream(new SafeFileHandle(nativeint kept, true), access, 0)

/// Takes stdin and stdout for messages. From then on whatever prints, native code included, prints to stderr,
/// and whatever reads stdin finds it empty.
let takeChannel () : Stream * Stream =
    let input = copy 0 FileAccess.Read
    let output = copy 1 FileAccess.Write
    let nothing = ``open`` ("/dev/null", readWrite)

    if nothing >= 0 then
        dup2 (nothing, 0) |> ignore

    dup2 (2, 1) |> ignore
    input, output

/// Ends the process now, whatever its threads are doing.
let exitNow code = _exit code

/// Writes what native code has printed but not yet written.
let flush () =
    try
        fflush 0n |> ignore
    with :? EntryPointNotFoundException ->
        ()

/// Gives free memory of the C library's heap back to the system. Not every C library can.
let trim () =
    try
        malloc_trim 0un |> ignore
    with :? EntryPointNotFoundException ->
        ()

/// CPUs that the calling thread may use, ascending. None: not known.
let cpus () : int list option =
    Affinity.Allowed() |> Option.ofObj |> Option.map List.ofArray

/// Keeps a thread of this process on these CPUs; 0 is the calling thread. False: the system refused.
let pin (thread: int) (cpus: int list) : bool =
    Affinity.Pin(thread, ReadOnlySpan(Array.ofList cpus))

/// Whether a thread of this process keeps to some of these CPUs already.
let keepsTo (thread: int) (cpus: int list) : bool =
    match Affinity.Allowed thread with
    | null -> false
    | allowed -> allowed |> Array.forall (fun cpu -> List.contains cpu cpus)

/// The threads of this process, as the system counts them.
let threads () : int list = [
    if OperatingSystem.IsLinux() then
        for folder in Directory.EnumerateDirectories "/proc/self/task" do
            match Int32.TryParse(Path.GetFileName folder) with
            | true, thread -> thread
            | _ -> ()
]
