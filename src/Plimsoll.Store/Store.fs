namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.IO
open System.Threading

/// What the store knows of a key.
[<RequireQualifiedAccess>]
type Lookup =
    | Found of Record
    | Absent
    /// There was something, but it is damaged: compute it again.
    | Lost of Damage

type Access =
    | ReadOnly
    | ReadWrite

type StoreStatus = {
    Finished: int
    Diverged: int
    Artifacts: int
    ArtifactBytes: int64
    RecordBytes: int64
    Quarantined: int
    QuarantinedBytes: int64
    /// Unfinished writes of running or lost processes.
    Temporary: int
    TemporaryBytes: int64
}

/// Artifacts and records in a folder that many processes may share.
///
/// Verification: an artifact's whole content is digested once in the life of this object, before its first
/// use (`Use`, `Read`); `Find` digests what is at most `SmallArtifact` bytes long and otherwise compares the
/// length, so that planning reads no large file.
///
/// Writing: temporary file, fsync, rename, fsync of the folder, artifact before record. Nothing is done until
/// its record exists. All members may be called from any thread.
type Store private (files: IFileSystem, root: string, access: Access) =
    let verified = ConcurrentDictionary<Digest, int64>()
    let folders = ConcurrentDictionary<string, bool>()
    let mutable counter = 0

    let scratch = Path.Combine(Layout.temporary root, files.Owner)

    let temporary (purpose: string) =
        let number = Interlocked.Increment &counter
        Path.Combine(scratch, $"{number:D6}-{Guid.NewGuid():N}.{purpose}")

    let ensureFolder (path: string) =
        if not (folders.ContainsKey path) then
            if not (files.FolderExists path) then
                files.CreateFolder path

                match Path.GetDirectoryName path with
                | null -> ()
                | parent -> files.SyncFolder parent

            folders[path] <- true

    /// What is true of every write: the target appears whole or not at all.
    let publish (source: string) (target: string) =
        files.Sync source

        match Path.GetDirectoryName target with
        | null -> invalidArg (nameof target) "a file in the store lies in a folder"
        | folder ->
            ensureFolder folder
            files.Rename(source, target)
            files.SyncFolder folder

    let guarded path (work: unit -> 'a) : Result<'a, StoreError> =
        try
            Ok(work ())
        with fault ->
            match FileFault.ofException path fault with
            | Some error -> Error error
            | None -> reraise ()

    let readGuarded path (work: unit -> Result<'a, StoreError>) : Result<'a, StoreError> =
        try
            work ()
        with
        | :? IOException
        | :? UnauthorizedAccessException as fault -> Error(Unreadable(path, fault.Message))

    let setAside (path: string) why : Damage =
        let target =
            Path.Combine(
                Layout.quarantine root,
                $"{Path.GetRelativePath(root, path).Replace('/', '-')}.{Guid.NewGuid():N}"
            )

        try
            if access = ReadWrite && files.FileExists path then
                ensureFolder (Layout.quarantine root)
                files.Rename(path, target)

                {
                    Path = path
                    Why = why
                    Quarantined = Some target
                }
            else
                {
                    Path = path
                    Why = why
                    Quarantined = None
                }
        with
        | :? IOException
        | :? UnauthorizedAccessException -> {
            Path = path
            Why = why
            Quarantined = None
          }

    let digestOf path length =
        if length <= Store.SmallArtifact then
            Digest.ofBytes (ReadOnlySpan(files.ReadAll path))
        else
            use stream = files.OpenRead path
            Digest.ofStream stream

    let verify (digest: Digest) : Result<string, StoreError> =
        let path = Layout.artifact root digest

        readGuarded path (fun () ->
            match files.Length path with
            | -1L -> Error(Damaged(setAside path "the file is missing"))
            | length when verified.ContainsKey digest && verified[digest] = length -> Ok path
            | length ->
                let found = digestOf path length

                if found = digest then
                    verified[digest] <- length
                    Ok path
                else
                    Error(Damaged(setAside path $"its bytes have the digest {found}")))

    let check (record: Record) : Lookup =
        match record.Artifact with
        | None -> Lookup.Found record
        | Some artifact ->
            let path = Layout.artifact root artifact.Digest
            let length = files.Length path

            let damage =
                if length < 0L then
                    Some(setAside path "the file is missing")
                elif length <> artifact.Bytes then
                    Some(setAside path $"it has {length} bytes instead of {artifact.Bytes}")
                elif length <= Store.SmallArtifact then
                    match verify artifact.Digest with
                    | Error(Damaged damage) -> Some damage
                    | _ -> None
                else
                    None

            match damage with
            | None -> Lookup.Found record
            | Some damage ->
                setAside (Layout.record root record.Key) "its artifact is damaged" |> ignore
                Lookup.Lost damage

    let readRecord path : Result<Record, Damage> =
        match RecordText.read (files.ReadAll path) with
        | Error why -> Error(setAside path why)
        | Ok record when Layout.record root record.Key <> path ->
            Error(setAside path "the record belongs to another key")
        | Ok record -> Ok record

    let cleanTemporary () =
        for folder in files.Folders(Layout.temporary root) |> List.ofSeq do
            if not (files.MayLive(Path.GetFileName folder |> string)) then
                // Another process may be at it too, or it belongs to another user: leftovers harm nobody.
                try
                    files.DeleteFolder folder
                with
                | :? IOException
                | :? UnauthorizedAccessException -> ()

    /// Artifacts of at most this many bytes are digested whenever a record is looked up.
    static member SmallArtifact = 65536L

    member _.Root = root

    /// Path of an artifact that need not exist.
    member _.Path digest = Layout.artifact root digest

    /// The record of a key, if it can be relied on.
    member _.Find(key: Key) : Result<Lookup, StoreError> =
        let path = Layout.record root key

        readGuarded path (fun () ->
            if not (files.FileExists path) then
                Ok Lookup.Absent
            else
                match readRecord path with
                | Error damage -> Ok(Lookup.Lost damage)
                | Ok record -> Ok(check record))

    /// Path of an artifact whose bytes are surely those of its digest. A damaged one is quarantined.
    member _.Use(digest: Digest) : Result<string, StoreError> = verify digest

    /// Bytes of an artifact, verified. For small ones: scores, tables.
    member _.Read(digest: Digest) : Result<byte[], StoreError> =
        verify digest
        |> Result.bind (fun path -> readGuarded path (fun () -> Ok(files.ReadAll path)))

    /// A new path for a stage to write its output to, in an existing folder.
    member _.NewOutput() : Result<string, StoreError> =
        guarded scratch (fun () ->
            ensureFolder scratch
            temporary "output")

    /// Removes an output that will not be kept.
    member _.Discard(output: string) : unit =
        try
            if files.FileExists output then
                files.Delete output
        with
        | :? IOException
        | :? UnauthorizedAccessException ->
            // It lies in this process's temporary folder, which the next one to open the store removes.
            ()

    /// Digest and size of an output. Apart from `Commit`, so that hashing runs on the cell's own thread.
    member _.Measure(output: string) : Result<Artifact, StoreError> =
        readGuarded output (fun () ->
            match files.Length output with
            | -1L -> Error(Unreadable(output, "the stage wrote no output"))
            | length ->
                Ok {
                    Digest = digestOf output length
                    Bytes = length
                })

    /// Moves a measured output to its place, then writes the record. A step that fails leaves neither a
    /// record without an artifact nor a part of one.
    member _.Commit(output: string option, record: Record) : Result<unit, StoreError> =
        guarded root (fun () ->
            match output, record.Outcome with
            | Some output, Outcome.Finished artifact ->
                publish output (Layout.artifact root artifact.Digest)
                verified[artifact.Digest] <- artifact.Bytes
            | None, Outcome.Diverged _ -> ()
            | _ -> invalidArg (nameof output) "a finished cell has an output, a diverged one has none"

            ensureFolder scratch
            let draft = temporary "record"
            files.Write(draft, RecordText.write record)
            publish draft (Layout.record root record.Key))

    /// All records, oldest first, and the damage found among them.
    member _.Records() : Result<Record list * Damage list, StoreError> =
        readGuarded root (fun () ->
            let read =
                files.Files(Layout.records root) |> Seq.sort |> Seq.map readRecord |> List.ofSeq

            let records = read |> List.choose Result.toOption |> List.sortBy _.Ended

            let damages =
                read
                |> List.choose (function
                    | Error damage -> Some damage
                    | Ok _ -> None)

            Ok(records, damages))

    member this.Status() : Result<StoreStatus, StoreError> =
        let sizes folder =
            let lengths = files.Files folder |> Seq.map (files.Length >> max 0L) |> List.ofSeq
            lengths.Length, List.sum lengths

        this.Records()
        |> Result.bind (fun (records, _) ->
            readGuarded root (fun () ->
                let artifacts, artifactBytes = sizes (Layout.objects root)
                let _, recordBytes = sizes (Layout.records root)
                let quarantined, quarantinedBytes = sizes (Layout.quarantine root)
                let temporary, temporaryBytes = sizes (Layout.temporary root)
                let finished = records |> List.filter _.Artifact.IsSome |> List.length

                Ok {
                    Finished = finished
                    Diverged = records.Length - finished
                    Artifacts = artifacts
                    ArtifactBytes = artifactBytes
                    RecordBytes = recordBytes
                    Quarantined = quarantined
                    QuarantinedBytes = quarantinedBytes
                    Temporary = temporary
                    TemporaryBytes = temporaryBytes
                }))

    member private _.Prepare() =
        cleanTemporary ()
        ensureFolder scratch
        // Found out now, not after hours of training.
        let probe = temporary "probe"
        files.Write(probe, [| 0uy |])
        files.Delete probe

    member private _.Stamp() =
        ensureFolder scratch
        let draft = temporary "stamp"
        files.Write(draft, Stamp.text)
        publish draft (Layout.stamp root)

    /// Opens a store on a given file system; makes a new one when the folder is missing or empty and `access`
    /// allows it.
    static member OpenOn(files: IFileSystem, root: string, access: Access) : Result<Store, StoreError> =
        let root = Path.GetFullPath root
        let store = Store(files, root, access)

        let ready () =
            if access = ReadWrite then
                store.Prepare()

            Ok store

        let create () =
            match access with
            | ReadOnly -> Error(NoStore root)
            | ReadWrite ->
                files.CreateFolder root
                store.Prepare()
                store.Stamp()
                Ok store

        try
            match Stamp.read files root with
            | _ when files.FileExists root -> Error(NotWritable(root, "it is a file, not a folder"))
            | Stamp.Ours -> ready ()
            | Stamp.Other found -> Error(WrongVersion(root, found, Layout.format))
            | Stamp.Nothing -> create ()
            | Stamp.Stranger found -> Error(NotAStore(root, found))
        with fault ->
            match FileFault.ofException root fault with
            | Some(NotWritable(path, why)) when access = ReadOnly -> Error(Unreadable(path, why))
            | Some error -> Error error
            | None -> reraise ()

    /// Opens the store in a folder.
    static member Open(root: string, access: Access) : Result<Store, StoreError> =
        Store.OpenOn(LocalFileSystem(), root, access)
