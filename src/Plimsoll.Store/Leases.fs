namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.IO
open System.Text
open System.Threading

/// The right to work at a key, as long as its owner beats.
type Lease internal (key: Key, generation: int, stillMine: unit -> bool, release: unit -> unit) =
    member _.Key = key
    member _.Generation = generation
    /// False: somebody has taken it over, or its file is gone. What was computed may still be committed.
    member _.StillMine = stillMine ()
    /// Gives it back; again: nothing happens.
    member _.Release() = release ()

    interface IDisposable with
        member _.Dispose() = release ()

[<RequireQualifiedAccess>]
type LeaseAnswer =
    | Taken of Lease
    /// The one who had it is gone, or has been silent for too long.
    | TakenOver of Lease * from: string
    | Held of owner: string

/// What one try to take a lease comes to.
[<RequireQualifiedAccess>]
type private Try =
    | Answer of LeaseAnswer
    /// Something changed while it was looked at.
    | Again

/// The leases of one process; any thread may call. They save work and are not needed for truth: after taking
/// one, look the key up again, and commit what was computed even if the lease was lost meanwhile.
///
/// A lease is a file `leases/KEY/GENERATION`, made so that of several one succeeds (O_EXCL), and never written
/// again. Whoever finds none makes generation 1. Whoever finds that the owners of all generations are gone makes
/// the next one, then looks again: unless everything else is as before, it withdraws. So two can hold a key only
/// if the first was silent for `expiry` on the second's clock. Locks are not needed, nor clocks that agree.
type Leases internal (disk: Disk, clock: TimeProvider, expiry: TimeSpan) =
    let files = disk.Files
    let root = disk.Root
    let me = files.Owner
    let instance = Guid.NewGuid().ToString "N"
    /// Path by mark.
    let held = ConcurrentDictionary<string, string>()
    /// Files that could not be removed when they were given back.
    let unreleased = ConcurrentQueue<struct (string * string)>()
    let watch = Watch(files, clock, expiry)
    let beating = obj ()
    let mutable marks = 0L
    let mutable beats = 0L
    let mutable lastBeat = ValueNone

    let beat () =
        lock beating (fun () ->
            disk.EnsureFolder(Layout.owners root)
            beats <- beats + 1L
            // Every beat differs from all beats of whoever had this name before.
            files.Overwrite(Layout.beat root me, Encoding.ASCII.GetBytes $"{beats:D12} {instance}\n")
            lastBeat <- ValueSome(clock.GetTimestamp()))

    /// A lease never begins with a counter that has stood still for long.
    let beatIfDue () =
        match lastBeat with
        | ValueSome last when clock.GetElapsedTime last < Leases.BeatEvery -> ()
        | _ -> beat ()

    let isMine mark path =
        match LeaseFile.bytes files path |> Option.bind LeaseText.read with
        | Some lease -> lease.Mark = mark
        | None -> false

    /// True: the file is gone.
    let remove mark path =
        try
            if isMine mark path then
                files.Delete path

            files.DeleteEmpty(Path.GetDirectoryName path |> string)
            true
        with
        | :? IOException
        | :? UnauthorizedAccessException -> false

    let release mark path =
        let wasHeld, _ = held.TryRemove(mark: string)

        if wasHeld && not (remove mark path) then
            unreleased.Enqueue(struct (mark, path))

    let releaseAgain () =
        for _ in 1 .. unreleased.Count do
            match unreleased.TryDequeue() with
            | true, struct (mark, path) when not (remove mark path) ->
                unreleased.Enqueue(struct (mark, path))
            | _ -> ()

    let isOver (file: LeaseFile) =
        match file.Text with
        | Some lease when lease.Mark.StartsWith(instance, StringComparison.Ordinal) ->
            // Given back, though the file could not be removed.
            not (held.ContainsKey lease.Mark)
        | Some lease when not (files.MayLive lease.Owner) -> true
        | _ -> watch.Look(file.Pulse root) >= expiry

    /// Nobody came between looking and writing.
    let asBefore key (before: LeaseFile list) path =
        let others =
            LeaseFile.read files root key |> List.filter (fun file -> file.Path <> path)

        others.Length = before.Length
        && List.forall2
            (fun (one: LeaseFile) (other: LeaseFile) ->
                one.Generation = other.Generation && one.Bytes.AsSpan().SequenceEqual other.Bytes)
            before
            others

    let create key path (bytes: byte[]) =
        try
            files.CreateFolder(Layout.leasesOf root key)
            files.Write(path, bytes)
            true
        with
        | :? DirectoryNotFoundException
        | :? FileNotFoundException ->
            // Whoever gave the key back has removed the folder.
            false
        | :? IOException as fault when FileFault.isExisting fault -> false
        | :? IOException ->
            // Half a lease would keep everybody waiting.
            disk.TryDelete path |> ignore
            reraise ()

    let take (key: Key) (over: LeaseFile list) : Try =
        let generation =
            match over with
            | [] -> 1
            | files -> (files |> List.map _.Generation |> List.max) + 1

        let path = Layout.lease root key generation
        let mark = $"{instance}.{Interlocked.Increment &marks}"

        let text = {
            Owner = me
            Mark = mark
            Since = clock.GetUtcNow()
        }

        // Before the file is there: another thread would take it for one that was given back.
        held[mark] <- path

        let wins =
            try
                create key path (LeaseText.write text) && asBefore key over path
            with _ ->
                release mark path
                reraise ()

        if not wins then
            release mark path
            Try.Again
        else
            // Tells whoever wakes up that it is over.
            over |> List.iter (fun file -> disk.TryDelete file.Path |> ignore)

            let lease =
                new Lease(key, generation, (fun () -> isMine mark path), (fun () -> release mark path))

            match over with
            | [] -> Try.Answer(LeaseAnswer.Taken lease)
            | files -> Try.Answer(LeaseAnswer.TakenOver(lease, (List.last files).OwnerName))

    let attempt key : Try =
        match LeaseFile.read files root key with
        | [] -> take key []
        | present ->
            match present |> List.tryFind (isOver >> not) with
            | Some file -> Try.Answer(LeaseAnswer.Held file.OwnerName)
            | None -> take key present

    let rec insist tries key : LeaseAnswer =
        match attempt key with
        | Try.Answer answer -> answer
        | Try.Again when tries <= 1 -> LeaseAnswer.Held "unknown"
        | Try.Again -> insist (tries - 1) key

    /// How often `Beat` is to be called.
    static member BeatEvery = TimeSpan.FromSeconds 5.0
    /// A silence of this length ends a lease.
    static member Expiry = TimeSpan.FromSeconds 30.0

    /// Takes the lease of a key, if it is free or its owner is over.
    member _.TryTake(key: Key) : Result<LeaseAnswer, StoreError> =
        disk.Guarded(
            Layout.leasesOf root key,
            fun () ->
                beatIfDue ()
                Ok(insist 4 key)
        )

    /// Says that this process is alive, and looks whether those are that it waits for.
    member _.Beat() : Result<unit, StoreError> =
        disk.Guarded(
            Layout.beat root me,
            fun () ->
                beat ()
                releaseAgain ()
                watch.LookAgain()
                Ok()
        )

    interface IDisposable with
        /// Gives everything back.
        member _.Dispose() =
            for KeyValue(mark, path) in held do
                release mark path

            releaseAgain ()

            if unreleased.IsEmpty then
                disk.TryDelete(Layout.beat root me) |> ignore
