/// The store as others see it.
namespace Plimsoll.Store

open System
open System.IO

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
    let artifacts = Artifacts disk
    let lookups = Lookups(disk, artifacts)
    let commits = Commits(disk, artifacts, lookups)

    /// Artifacts of at most this many bytes are digested whenever a record is looked up.
    static member SmallArtifact = Artifacts.Small

    member _.Root = root

    /// Path of an artifact that need not exist.
    member _.Path digest = Layout.artifact root digest

    /// The record of a key, if it can be relied on.
    member _.Find(key: Key) : Result<Lookup, StoreError> = lookups.Find key

    /// True when this damage is news: once for each path, until the artifact has been stored again.
    member _.IsNews(damage: Damage) : bool = artifacts.IsNews damage

    /// Path of an artifact whose bytes are surely those of its digest. A damaged one is quarantined.
    member _.Use(digest: Digest) : Result<string, StoreError> = artifacts.Verify digest

    /// As `Use`, but digests the bytes again, for when somebody found them unsound.
    member _.UseAnew(digest: Digest) : Result<string, StoreError> = artifacts.VerifyAgain digest

    /// Bytes of an artifact, verified. For small ones: scores, tables.
    member _.Read(digest: Digest) : Result<byte[], StoreError> = artifacts.Read digest

    /// A new path for a stage to write its output to, in an existing folder.
    member _.NewOutput() : Result<string, StoreError> =
        disk.Guarded(disk.Scratch, (fun () -> Ok(disk.Temporary "output")))

    /// Removes an output that will not be kept. It lies in this process's temporary folder: should it stay,
    /// the next process to open the store removes it.
    member _.Discard(output: string) : unit = disk.TryDelete output |> ignore

    /// Digest and size of an output. Apart from `Commit`, so that hashing runs on the cell's own thread.
    member _.Measure(output: string) : Result<Artifact, StoreError> = artifacts.Measure output

    /// Moves a measured output and the trail to their places, then writes the record, unless there is one of
    /// that key. A step that fails leaves neither a record without an artifact nor a part of one.
    member _.Commit
        (output: string option, record: Record, trail: string option)
        : Result<Committed, StoreError> =
        commits.Commit(output, record, trail)

    /// As `Commit`, but what is new replaces what was there: for stages whose results are never relied on.
    member _.Replace(output: string option, record: Record, trail: string option) : Result<unit, StoreError> =
        commits.Replace(output, record, trail)

    /// What came too late for a key and was different: paths in the quarantine.
    member _.LateResults(key: Key) : string list = commits.LateResults key

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
    member _.SaveCode(listing: string) : Result<Digest, StoreError> = CodeFiles.save disk listing

    /// Makes a listing of code as young as if it had been saved now. False: it has to be saved again.
    member _.TouchCode(digest: Digest) : bool = CodeFiles.touch disk digest

    /// Keeps the digest of a listing under the digest of what it was made from. It only saves time, so that it
    /// is not an error when it cannot be kept.
    member _.NoteCode(made: Digest, listing: Digest) : unit = CodeFiles.note disk made listing

    /// What `NoteCode` kept.
    member _.NotedCode(made: Digest) : Digest option = CodeFiles.noted disk made

    /// A listing of code. None: it was never kept, or is damaged.
    member _.Code(digest: Digest) : string option = CodeFiles.read disk digest

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
    member _.Records() : Result<Record list * Damage list, StoreError> = lookups.All()

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
            | _ when files.FileExists root -> Error(NotAFolder(root, "it is a file"))
            | Stamp.Ours -> ready ()
            | Stamp.Other found -> Error(WrongVersion(root, found, Layout.format))
            | Stamp.Nothing -> create ()
            | Stamp.Stranger found -> Error(NotAStore(root, found))
        with fault ->
            match FileFault.ofException root fault with
            | Some(NotWritable(path, why)) when access = ReadOnly -> Error(Unreadable(path, why))
            | Some error -> Error error
            | None -> reraise ()

    /// Opens the store in a folder. No folder has an empty name, so nothing is there and nothing can be made.
    static member Open(root: string, access: Access) : Result<Store, StoreError> =
        match root, access with
        | "", ReadOnly -> Error(NoStore "")
        | "", ReadWrite -> Error(NotAFolder("\"\"", "a folder's name cannot be empty"))
        | _ -> Store.OpenOn(LocalFileSystem(), root, access)

    interface IDisposable with
        /// Removes the empty temporary folder of this process.
        member _.Dispose() = disk.Close()
