namespace Plimsoll.Store

open System
open System.IO
open System.IO.Enumeration
open System.Runtime.InteropServices

/// A file as a listing shows it.
[<Struct>]
type FileFact = {
    Path: string
    Bytes: int64
    Written: DateTimeOffset
}

/// The few file operations that the store is made of. Each is one step at which a crash can fall; a test
/// injects the crash here.
type IFileSystem =
    abstract CreateFolder: path: string -> unit
    abstract FileExists: path: string -> bool
    abstract FolderExists: path: string -> bool
    /// Bytes, or -1 where there is no such file.
    abstract Length: path: string -> int64
    /// When it was last written, by the disk's clock.
    abstract Written: path: string -> DateTimeOffset
    abstract ReadAll: path: string -> byte[]
    abstract OpenRead: path: string -> Stream
    /// Creates a file that does not exist yet. Not durable before `Sync`.
    abstract Write: path: string * bytes: byte[] -> unit
    abstract Sync: path: string -> unit
    /// Makes renames into the folder durable.
    abstract SyncFolder: path: string -> unit
    /// Atomic within the store; replaces the target.
    abstract Rename: source: string * target: string -> unit
    /// Moves a file to where none is. False: there is one already, and the source stays. Of several that try
    /// at once, on any machine, one succeeds.
    abstract Claim: source: string * target: string -> bool
    /// Writes over the beginning of a file, or makes it. Neither atomic nor durable.
    abstract Overwrite: path: string * bytes: byte[] -> unit
    /// Makes a file as young as if it had been written now.
    abstract Touch: path: string -> unit
    abstract Delete: path: string -> unit
    /// Removes a folder if nothing is in it.
    abstract DeleteEmpty: path: string -> unit
    abstract DeleteFolder: path: string -> unit
    /// All files below a folder, at any depth. Empty where the folder is missing.
    abstract Files: folder: string -> string seq
    abstract Folders: folder: string -> string seq
    /// As `Files`, with what the listing knows of each.
    abstract Facts: folder: string -> FileFact seq
    /// Bytes that this user may still write to the disk of a folder.
    abstract FreeSpace: folder: string -> int64
    /// Names this process among all that may share the store, as part of a file name.
    abstract Owner: string
    /// False only when the owner is surely gone.
    abstract MayLive: owner: string -> bool
    /// True when `MayLive` is certain: the owner is, or was, a process that can be seen from here.
    abstract IsHere: owner: string -> bool

/// Turns what the operating system says into the store's own words.
module FileFault =
    let private noSpace = 28
    let private noQuota = 122
    let private windowsDiskFull = 0x80070070

    let isFull (fault: exn) =
        List.contains fault.HResult [ noSpace; noQuota; windowsDiskFull ]

    /// The file is not there, perhaps since a moment ago: another process may set it aside or collect it.
    let isGone (fault: exn) =
        match fault with
        | :? FileNotFoundException
        | :? DirectoryNotFoundException -> true
        | _ -> false

    /// A file that was to be new is there already.
    let isExisting (fault: exn) =
        List.contains fault.HResult [ 17; 0x80070050 ]

    /// The fault behind an exception of a file operation under `path`; None for any other exception.
    let ofException path (fault: exn) =
        match fault with
        | :? UnauthorizedAccessException -> Some(NotWritable(path, fault.Message))
        | :? IOException when isFull fault -> Some(Full path)
        | :? IOException -> Some(NotWritable(path, fault.Message))
        | _ -> None

module private Native =
    [<DllImport("libc", SetLastError = true, EntryPoint = "open")>]
    extern int openPath([<MarshalAs(UnmanagedType.LPUTF8Str)>] string path, int flags)

    [<DllImport("libc", SetLastError = true)>]
    extern int fsync(int descriptor)

    [<DllImport("libc", SetLastError = true)>]
    extern int close(int descriptor)

    [<DllImport("libc", SetLastError = true)>]
    extern int link(
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string source,
        [<MarshalAs(UnmanagedType.LPUTF8Str)>] string target
    )

    [<DllImport("libc", SetLastError = true)>]
    extern int rmdir([<MarshalAs(UnmanagedType.LPUTF8Str)>] string path)

    let exists = 17

    /// EPERM, EXDEV, ENOSYS and EOPNOTSUPP: this file system has no links.
    let noLinks = [ 1; 18; 38; 95 ]

/// The real file system.
type LocalFileSystem() =
    static let claimWithoutLinks (source: string) (target: string) =
        try
            File.Move(source, target, false)
            true
        with :? IOException when File.Exists target ->
            false

    /// Another process may remove a folder at any moment: one that is gone is empty.
    static let listing (folder: string) (list: string -> 'a seq) : 'a seq =
        try
            list folder
        with :? DirectoryNotFoundException ->
            Seq.empty

    interface IFileSystem with
        member _.CreateFolder path =
            Directory.CreateDirectory path |> ignore

        member _.FileExists path = File.Exists path
        member _.FolderExists path = Directory.Exists path

        member _.Length path =
            let file = FileInfo path

            if file.Exists then
                file.Length
            else
                // `Exists` is false too when the disk does not answer; asked for its length, the file says why.
                try
                    file.Length
                with fault when FileFault.isGone fault ->
                    -1L

        member _.Written path =
            DateTimeOffset(File.GetLastWriteTimeUtc path)

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
            // Without a buffer and without a lock, which network file systems may not have.
            use file =
                new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite, 0)

            file.Write bytes

        member _.Overwrite(path, bytes) =
            use file =
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.Write, FileShare.ReadWrite, 0)

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

        member _.Claim(source, target) =
            // .NET's own move looks first and moves then; a link is refused where there is a file.
            if OperatingSystem.IsWindows() then
                claimWithoutLinks source target
            elif Native.link (source, target) = 0 then
                File.Delete source
                true
            else
                match Marshal.GetLastPInvokeError() with
                | error when error = Native.exists -> false
                | error when List.contains error Native.noLinks -> claimWithoutLinks source target
                | error -> raise (IOException($"{Marshal.GetPInvokeErrorMessage error}: {target}", error))

        member _.Touch path =
            File.SetLastWriteTimeUtc(path, DateTime.UtcNow)

        member _.Delete path = File.Delete path

        member _.DeleteEmpty path =
            // The answer is of no interest: somebody else may have put a file there.
            if OperatingSystem.IsWindows() then
                try
                    Directory.Delete path
                with :? IOException ->
                    ()
            else
                Native.rmdir path |> ignore

        member _.DeleteFolder path =
            if Directory.Exists path then
                Directory.Delete(path, true)

        member _.Files folder =
            listing folder (fun folder -> Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))

        member _.Folders folder =
            listing folder Directory.EnumerateDirectories

        member _.Facts folder =
            listing folder (fun folder ->
                FileSystemEnumerable<FileFact>(
                    folder,
                    (fun entry -> {
                        Path = entry.ToFullPath()
                        Bytes = entry.Length
                        Written = entry.LastWriteTimeUtc
                    }),
                    EnumerationOptions(RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None),
                    ShouldIncludePredicate = (fun entry -> not entry.IsDirectory)
                ))

        member _.FreeSpace folder = DriveInfo(folder).AvailableFreeSpace
        member _.Owner = Owner.ofThisProcess
        member _.MayLive owner = Owner.mayLive owner
        member _.IsHere owner = Owner.isHere owner
