namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.IO
open System.Threading

type Access =
    | ReadOnly
    | ReadWrite

/// What every part of the store writes with: whole files, made in a folder of this process, made durable and
/// moved into place.
type internal Disk(files: IFileSystem, root: string, access: Access) =
    /// How many objects of this process write to a temporary folder.
    static let users = ConcurrentDictionary<string, int>()

    let folders = ConcurrentDictionary<string, bool>()
    let mutable counter = 0

    let mutable closed = 0
    let scratch = Path.Combine(Layout.temporary root, files.Owner)

    do
        if access = ReadWrite then
            users.AddOrUpdate(scratch, 1, (fun _ count -> count + 1)) |> ignore

    member _.Files = files
    member _.Root = root
    member _.Access = access
    member _.Scratch = scratch

    member _.EnsureFolder(path: string) =
        if not (folders.ContainsKey path) then
            if not (files.FolderExists path) then
                files.CreateFolder path

                match Path.GetDirectoryName path with
                | null -> ()
                | parent -> files.SyncFolder parent

            folders[path] <- true

    /// A new path in this process's own folder.
    member _.Temporary(purpose: string) =
        // Whoever believed this process to be gone may have removed it.
        if not (files.FolderExists scratch) then
            files.CreateFolder scratch

        let number = Interlocked.Increment &counter
        Path.Combine(scratch, $"{number:D6}-{Guid.NewGuid():N}.{purpose}")

    member private disk.Place(target: string) =
        match Path.GetDirectoryName target with
        | null -> invalidArg (nameof target) "a file in the store lies in a folder"
        | folder ->
            disk.EnsureFolder folder
            folder

    /// What is true of every write: the target appears whole or not at all.
    member disk.Publish(source: string, target: string) =
        files.Sync source
        let folder = disk.Place target
        files.Rename(source, target)
        files.SyncFolder folder

    /// As `Publish`, but what is there first stays: false, and the source stays as well.
    member disk.PublishNew(source: string, target: string) : bool =
        files.Sync source
        let folder = disk.Place target
        let first = files.Claim(source, target)

        if first then
            files.SyncFolder folder

        first

    /// A new file with these bytes.
    member disk.Draft(purpose, bytes: byte[]) : string =
        let draft = disk.Temporary purpose

        try
            files.Write(draft, bytes)
            draft
        with :? IOException ->
            // On a full disk even half a draft is in the way.
            disk.TryDelete draft |> ignore
            reraise ()

    /// Does work that writes. A store that was opened for reading refuses.
    member _.Guarded(path, work: unit -> Result<'a, StoreError>) : Result<'a, StoreError> =
        if access = ReadOnly then
            Error(NotWritable(root, "it was opened for reading only"))
        else
            try
                work ()
            with fault ->
                match FileFault.ofException path fault with
                | Some error -> Error error
                | None -> reraise ()

    member _.Reading(path, work: unit -> Result<'a, StoreError>) : Result<'a, StoreError> =
        try
            work ()
        with
        | :? IOException
        | :? UnauthorizedAccessException as fault -> Error(Unreadable(path, fault.Message))

    /// Deletes what may be left lying without harm.
    member _.TryDelete(path: string) =
        try
            if files.FileExists path then
                files.Delete path

            true
        with
        | :? IOException
        | :? UnauthorizedAccessException -> false

    /// Moves a file to the quarantine.
    member disk.SetAside(path: string, why) : Damage =
        let name =
            Path.GetRelativePath(root, path).Replace(Path.DirectorySeparatorChar, '-')

        let target = Path.Combine(Layout.quarantine root, $"{name}.{Guid.NewGuid():N}")

        let moved =
            try
                if access = ReadWrite && files.FileExists path then
                    disk.EnsureFolder(Layout.quarantine root)
                    files.Rename(path, target)
                    Some target
                else
                    None
            with
            | :? IOException
            | :? UnauthorizedAccessException -> None

        {
            Path = path
            Why = why
            Quarantined = moved
        }

    /// Removes the temporary folders of processes that are surely gone.
    member _.CleanTemporary() =
        for folder in files.Folders(Layout.temporary root) |> List.ofSeq do
            if not (files.MayLive(Path.GetFileName folder |> string)) then
                // Another process may be at it too, or it belongs to another user: leftovers harm nobody.
                try
                    files.DeleteFolder folder
                with
                | :? IOException
                | :? UnauthorizedAccessException -> ()

    /// Finds out now, not after hours of training, that nothing can be written.
    member disk.Probe() =
        let probe = disk.Draft("probe", [| 0uy |])
        files.Delete probe

    /// Removes the temporary folder, if it is empty and no other object of this process needs it.
    member _.Close() =
        if access = ReadWrite && Interlocked.Exchange(&closed, 1) = 0 then
            if users.AddOrUpdate(scratch, 0, (fun _ count -> count - 1)) <= 0 then
                files.DeleteEmpty scratch
