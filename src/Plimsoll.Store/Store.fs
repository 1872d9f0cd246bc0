namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.IO
open System.Text

/// What the store knows of a key.
[<RequireQualifiedAccess>]
type Lookup =
    | Found of Record
    | Absent
    /// There was something, but it is damaged: compute it again.
    | Lost of Damage

/// What became of a commit.
[<RequireQualifiedAccess>]
type Committed =
    | New
    /// There was a record of this key, with the same outcome.
    | Same of Record
    /// There was a record of this key, with another outcome. It stays; the late one is kept in quarantine.
    | Differs of Record

/// Artifacts and records in a folder that many processes may share.
///
/// Verification: an artifact's whole content is digested once in the life of this object, before its first
/// use (`Use`, `Read`); `Find` digests what is at most `SmallArtifact` bytes long and otherwise compares the
/// length, so that planning reads no large file.
///
/// Writing: temporary file, fsync, rename, fsync of the folder, artifact before record. Nothing is done until
/// its record exists. All members may be called from any thread.
type Store private (disk: Disk) =
    let files = disk.Files
    let root = disk.Root
    let verified = ConcurrentDictionary<Digest, int64>()
    let told = ConcurrentDictionary<string, bool>()

    let digestOf path length =
        if length <= Store.SmallArtifact then
            Digest.ofBytes (ReadOnlySpan(files.ReadAll path))
        else
            use stream = files.OpenRead path
            Digest.ofStream stream

    let verify (digest: Digest) : Result<string, StoreError> =
        let path = Layout.artifact root digest

        disk.Reading(
            path,
            fun () ->
                match files.Length path with
                | -1L -> Error(Damaged(disk.SetAside(path, "the file is missing")))
                | length when verified.ContainsKey digest && verified[digest] = length -> Ok path
                | length ->
                    let found = digestOf path length

                    if found = digest then
                        verified[digest] <- length
                        Ok path
                    else
                        Error(Damaged(disk.SetAside(path, $"its bytes have the digest {found}")))
        )

    let check (record: Record) : Lookup =
        match record.Artifact with
        | None -> Lookup.Found record
        | Some artifact ->
            let path = Layout.artifact root artifact.Digest
            let length = files.Length path

            let damage =
                if length < 0L then
                    Some(disk.SetAside(path, "the file is missing"))
                elif length <> artifact.Bytes then
                    Some(disk.SetAside(path, $"it has {length} bytes instead of {artifact.Bytes}"))
                elif length <= Store.SmallArtifact then
                    match verify artifact.Digest with
                    | Error(Damaged damage) -> Some damage
                    | _ -> None
                else
                    None

            match damage with
            | None -> Lookup.Found record
            | Some damage ->
                disk.SetAside(Layout.record root record.Key, "its artifact is damaged")
                |> ignore

                Lookup.Lost damage

    let readRecord path : Result<Record, Damage> =
        RecordFiles.read disk path
        |> Result.mapError (fun why -> disk.SetAside(path, why))

    let find (key: Key) : Result<Lookup, StoreError> =
        let path = Layout.record root key

        disk.Reading(
            path,
            fun () ->
                if not (files.FileExists path) then
                    Ok Lookup.Absent
                else
                    match readRecord path with
                    | Error damage -> Ok(Lookup.Lost damage)
                    | Ok record -> Ok(check record)
        )

    let publishArtifact (output: string) (artifact: Artifact) =
        let path = Layout.artifact root artifact.Digest
        // The stage may have written it long ago; until its record exists, its age alone protects it.
        files.Touch output
        disk.Publish(output, path)
        verified[artifact.Digest] <- artifact.Bytes
        told.TryRemove path |> ignore

    /// What was computed for a key that has another result: kept for people to compare.
    let keepLate (output: string option) (record: Record) (trail: string option) =
        let name = $"late-{record.Key}-{Guid.NewGuid():N}"

        let keep (source: string) kind =
            let target = Path.Combine(Layout.quarantine root, $"{name}.{kind}")
            disk.Publish(source, target)

        output |> Option.iter (fun output -> keep output "artifact")

        trail
        |> Option.filter files.FileExists
        |> Option.iter (fun trail -> keep trail "trail")

        keep (disk.Draft("record", RecordText.write record)) "record.json"

    /// There is a record of this key already.
    let late (output: string option) (record: Record) (trail: string option) (first: Record) : Committed =
        if first.Outcome = record.Outcome then
            match output, record.Outcome with
            | Some output, Outcome.Finished artifact ->
                // The same bytes, and surely undamaged.
                publishArtifact output artifact
            | _ -> ()

            trail |> Option.iter (disk.TryDelete >> ignore)
            Committed.Same first
        else
            keepLate output record trail
            Committed.Differs first

    let publishParts (output: string option) (record: Record) (trail: string option) =
        match output, record.Outcome with
        | Some output, Outcome.Finished artifact -> publishArtifact output artifact
        | None, Outcome.Diverged _ -> ()
        | _ -> invalidArg (nameof output) "a finished cell has an output, a diverged one has none"

        trail
        |> Option.filter files.FileExists
        |> Option.iter (fun trail -> disk.Publish(trail, Layout.trail root record.Key))

        disk.Draft("record", RecordText.write record)

    /// Artifacts of at most this many bytes are digested whenever a record is looked up.
    static member SmallArtifact = 65536L

    member _.Root = root

    /// Path of an artifact that need not exist.
    member _.Path digest = Layout.artifact root digest

    /// The record of a key, if it can be relied on.
    member _.Find(key: Key) : Result<Lookup, StoreError> = find key

    /// True when this damage is news: once for each path, until the artifact has been stored again.
    member _.IsNews(damage: Damage) : bool = told.TryAdd(damage.Path, true)

    /// Path of an artifact whose bytes are surely those of its digest. A damaged one is quarantined.
    member _.Use(digest: Digest) : Result<string, StoreError> = verify digest

    /// Bytes of an artifact, verified. For small ones: scores, tables.
    member _.Read(digest: Digest) : Result<byte[], StoreError> =
        verify digest
        |> Result.bind (fun path -> disk.Reading(path, (fun () -> Ok(files.ReadAll path))))

    /// A new path for a stage to write its output to, in an existing folder.
    member _.NewOutput() : Result<string, StoreError> =
        disk.Guarded(disk.Scratch, (fun () -> Ok(disk.Temporary "output")))

    /// Removes an output that will not be kept. It lies in this process's temporary folder: should it stay,
    /// the next process to open the store removes it.
    member _.Discard(output: string) : unit = disk.TryDelete output |> ignore

    /// Digest and size of an output. Apart from `Commit`, so that hashing runs on the cell's own thread.
    member _.Measure(output: string) : Result<Artifact, StoreError> =
        disk.Reading(
            output,
            fun () ->
                match files.Length output with
                | -1L -> Error(Unreadable(output, "the stage wrote no output"))
                | length ->
                    Ok {
                        Digest = digestOf output length
                        Bytes = length
                    }
        )

    /// Moves a measured output and the trail to their places, then writes the record, unless there is one of
    /// that key. A step that fails leaves neither a record without an artifact nor a part of one.
    member _.Commit
        (output: string option, record: Record, trail: string option)
        : Result<Committed, StoreError> =
        disk.Guarded(
            root,
            fun () ->
                find record.Key
                |> Result.bind (function
                    | Lookup.Found first -> Ok(late output record trail first)
                    | Lookup.Absent
                    | Lookup.Lost _ ->
                        let draft = publishParts output record trail

                        if disk.PublishNew(draft, Layout.record root record.Key) then
                            Ok Committed.New
                        else
                            // Another process was quicker by a moment.
                            disk.TryDelete draft |> ignore

                            find record.Key
                            |> Result.map (function
                                | Lookup.Found first when first.Outcome = record.Outcome ->
                                    Committed.Same first
                                | Lookup.Found first ->
                                    // The artifact stays where it is: other records may name it.
                                    keepLate None record None
                                    Committed.Differs first
                                | Lookup.Absent
                                | Lookup.Lost _ -> Committed.New))
        )

    /// As `Commit`, but what is new replaces what was there: for stages whose results are never relied on.
    member _.Replace(output: string option, record: Record, trail: string option) : Result<unit, StoreError> =
        disk.Guarded(
            root,
            fun () ->
                let draft = publishParts output record trail
                disk.Publish(draft, Layout.record root record.Key)
                Ok()
        )

    /// What came too late for a key and was different: paths in the quarantine.
    member _.LateResults(key: Key) : string list =
        files.Files(Layout.quarantine root)
        |> Seq.filter (fun path -> (Path.GetFileName path |> string).StartsWith($"late-{key}-"))
        |> Seq.sort
        |> List.ofSeq

    /// The file in which a stage keeps its state, in an existing folder. Kept until it is dropped.
    member _.Checkpoint(key: Key) : Result<string, StoreError> =
        let path = Layout.checkpoint root key

        disk.Guarded(
            path,
            fun () ->
                disk.EnsureFolder(Path.GetDirectoryName path |> string)
                Ok path
        )

    member _.DropCheckpoint(key: Key) : unit =
        disk.TryDelete(Layout.checkpoint root key) |> ignore

    /// A new path for a stage to write its hash trail to, in an existing folder.
    member _.NewTrail() : Result<string, StoreError> =
        disk.Guarded(disk.Scratch, (fun () -> Ok(disk.Temporary "trail")))

    /// Path of a key's hash trail, if it has one.
    member _.Trail(key: Key) : string option =
        let path = Layout.trail root key
        if files.FileExists path then Some path else None

    /// Keeps a listing of code under the digest of its UTF-8 bytes.
    member _.SaveCode(listing: string) : Result<Digest, StoreError> =
        let bytes = Encoding.UTF8.GetBytes listing
        let digest = Digest.ofBytes (ReadOnlySpan bytes)
        let path = Layout.listing root digest

        if files.FileExists path then
            Ok digest
        else
            disk.Guarded(
                path,
                fun () ->
                    disk.Publish(disk.Draft("listing", bytes), path)
                    Ok digest
            )

    /// Keeps the digest of a listing under the digest of what it was made from. It only saves time, so that it
    /// is not an error when it cannot be kept.
    member _.NoteCode(made: Digest, listing: Digest) : unit =
        let path = Layout.codeEntry root made

        if not (files.FileExists path) then
            let bytes = Encoding.UTF8.GetBytes(string listing)

            disk.Guarded(path, (fun () -> Ok(disk.Publish(disk.Draft("code", bytes), path))))
            |> ignore

    /// What `NoteCode` kept.
    member _.NotedCode(made: Digest) : Digest option =
        let path = Layout.codeEntry root made

        try
            if files.FileExists path then
                Encoding.UTF8.GetString(files.ReadAll path)
                |> Digest.tryText
                |> Option.map Digest
            else
                None
        with
        | :? System.IO.IOException
        | :? UnauthorizedAccessException -> None

    /// A listing of code. None: it was never kept, or is damaged.
    member _.Code(digest: Digest) : string option =
        let path = Layout.listing root digest

        try
            if files.FileExists path then
                let bytes = files.ReadAll path

                if Digest.ofBytes (ReadOnlySpan bytes) = digest then
                    Some(Encoding.UTF8.GetString bytes)
                else
                    None
            else
                None
        with
        | :? IOException
        | :? UnauthorizedAccessException -> None

    /// The leases of this process. `clock` and `expiry` are for tests; `Leases.Beat` has to be called every
    /// `Leases.BeatEvery`.
    member _.Leases(?clock: TimeProvider, ?expiry: TimeSpan) : Leases =
        new Leases(disk, defaultArg clock TimeProvider.System, defaultArg expiry Leases.Expiry)

    /// Makes the folder of a run, with `logs` in it.
    member _.NewRun(name: string, ?now: DateTimeOffset) : Result<RunFolder, StoreError> =
        disk.Guarded(
            Layout.runs root,
            fun () -> Ok(Runs.create disk (defaultArg now DateTimeOffset.UtcNow) name)
        )

    /// Newest first.
    member _.Runs() : Result<RunFolder list, StoreError> =
        disk.Reading(Layout.runs root, (fun () -> Ok(Runs.all disk)))

    /// False only when the process that made the run is surely gone.
    member _.MayRun(run: RunFolder) : bool =
        run.Owner |> Option.forall files.MayLive

    /// Removes what the policy says; with `dryRun` it only looks.
    member _.Collect
        (policy: CollectPolicy, dryRun: bool, ?now: DateTimeOffset)
        : Result<Collected, StoreError> =
        let work () =
            let now = defaultArg now DateTimeOffset.UtcNow
            Ok(Collect.run disk policy now dryRun)

        if dryRun then
            disk.Reading(root, work)
        else
            disk.Guarded(root, work)

    /// All records, oldest first, and the damage found among them. Reads every one: for 100,000, seconds.
    member _.Records() : Result<Record list * Damage list, StoreError> =
        disk.Reading(
            root,
            fun () ->
                let read =
                    files.Files(Layout.records root) |> Seq.sort |> Seq.map readRecord |> List.ofSeq

                let records = read |> List.choose Result.toOption |> List.sortBy _.Ended

                let damages =
                    read
                    |> List.choose (function
                        | Error damage -> Some damage
                        | Ok _ -> None)

                Ok(records, damages)
        )

    member _.Status() : Result<StoreStatus, StoreError> =
        disk.Reading(root, (fun () -> Ok(StoreStatus.ofDisk disk)))

    /// Looks at everything and changes nothing. `deep` digests every artifact.
    member _.Check(deep: bool) : Result<Health, StoreError> =
        disk.Reading(root, (fun () -> Ok(Health.check disk deep)))

    /// The leases that lie in the store, of whatever process.
    member _.HeldLeases() : Result<LeaseFact list, StoreError> =
        disk.Reading(Layout.leases root, (fun () -> Ok(LeaseFact.all disk)))

    member private _.Prepare() =
        disk.CleanTemporary()
        disk.Probe()

    member private _.Stamp() =
        disk.Publish(disk.Draft("stamp", Stamp.text), Layout.stamp root)

    /// Opens a store on a given file system; makes a new one when the folder is missing or empty and `access`
    /// allows it.
    static member OpenOn(files: IFileSystem, root: string, access: Access) : Result<Store, StoreError> =
        let root = Path.GetFullPath root
        let store = new Store(Disk(files, root, access))

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

    interface IDisposable with
        /// Removes the empty temporary folder of this process.
        member _.Dispose() = disk.Close()
