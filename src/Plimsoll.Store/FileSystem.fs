namespace Plimsoll.Store

open System
open System.Diagnostics
open System.IO
open System.Runtime.InteropServices

/// The few file operations that the store is made of. Each is one step at which a crash can fall; a test
/// injects the crash here.
type IFileSystem =
    abstract CreateFolder: path: string -> unit
    abstract FileExists: path: string -> bool
    abstract FolderExists: path: string -> bool
    /// Bytes, or -1 where there is no such file.
    abstract Length: path: string -> int64
    abstract ReadAll: path: string -> byte[]
    abstract OpenRead: path: string -> Stream
    /// Creates a file that does not exist yet. Not durable before `Sync`.
    abstract Write: path: string * bytes: byte[] -> unit
    abstract Sync: path: string -> unit
    /// Makes renames into the folder durable.
    abstract SyncFolder: path: string -> unit
    /// Atomic within the store; replaces the target.
    abstract Rename: source: string * target: string -> unit
    abstract Delete: path: string -> unit
    abstract DeleteFolder: path: string -> unit
    /// All files below a folder, at any depth. Empty where the folder is missing.
    abstract Files: folder: string -> string seq
    abstract Folders: folder: string -> string seq
    /// Names this process among all that may share the store, as part of a file name.
    abstract Owner: string
    /// False only when the owner is surely gone.
    abstract MayLive: owner: string -> bool

module private Native =
    [<DllImport("libc", SetLastError = true, EntryPoint = "open")>]
    extern int openPath([<MarshalAs(UnmanagedType.LPUTF8Str)>] string path, int flags)

    [<DllImport("libc", SetLastError = true)>]
    extern int fsync(int descriptor)

    [<DllImport("libc", SetLastError = true)>]
    extern int close(int descriptor)

/// The real file system.
type LocalFileSystem() =
    static let host = Environment.MachineName.Replace('.', '_')
    static let owner = $"{host}.{Environment.ProcessId}"

    static let processLives (id: int) =
        try
            use found = Process.GetProcessById id
            not found.HasExited
        with :? ArgumentException ->
            false

    interface IFileSystem with
        member _.CreateFolder path =
            Directory.CreateDirectory path |> ignore

        member _.FileExists path = File.Exists path
        member _.FolderExists path = Directory.Exists path

        member _.Length path =
            let file = FileInfo path
            if file.Exists then file.Length else -1L

        member _.ReadAll path = File.ReadAllBytes path

        member _.OpenRead path =
            new FileStream(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.Read,
                1 <<< 16,
                FileOptions.SequentialScan
            )

        member _.Write(path, bytes) =
            use file =
                new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None)

            file.Write bytes

        member _.Sync path =
            use file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read)
            file.Flush true

        member _.SyncFolder path =
            // .NET cannot open a folder. A file system that refuses (some network ones do) still orders its
            // own renames, and a record whose artifact is missing is found by every reader.
            if not (OperatingSystem.IsWindows()) then
                let descriptor = Native.openPath (path, 0)

                if descriptor >= 0 then
                    Native.fsync descriptor |> ignore
                    Native.close descriptor |> ignore

        member _.Rename(source, target) = File.Move(source, target, true)
        member _.Delete path = File.Delete path

        member _.DeleteFolder path =
            if Directory.Exists path then
                Directory.Delete(path, true)

        member _.Files folder =
            if Directory.Exists folder then
                Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories)
            else
                Seq.empty

        member _.Folders folder =
            if Directory.Exists folder then
                Directory.EnumerateDirectories folder
            else
                Seq.empty

        member _.Owner = owner

        member _.MayLive other =
            match other.Split '.' with
            | [| otherHost; number |] when otherHost = host ->
                match Int32.TryParse number with
                | true, id -> processLives id
                | _ -> true
            | _ -> true

/// Turns what the operating system says into the store's own words.
module FileFault =
    let private noSpace = 28
    let private noQuota = 122
    let private windowsDiskFull = 0x80070070

    let isFull (fault: exn) =
        List.contains fault.HResult [ noSpace; noQuota; windowsDiskFull ]

    /// The fault behind an exception of a file operation under `path`; None for any other exception.
    let ofException path (fault: exn) =
        match fault with
        | :? UnauthorizedAccessException -> Some(NotWritable(path, fault.Message))
        | :? IOException when isFull fault -> Some(Full path)
        | :? IOException -> Some(NotWritable(path, fault.Message))
        | _ -> None
