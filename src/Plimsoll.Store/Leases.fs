namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text
open System.Threading

/// What a lease's file says.
type internal LeaseText = {
    Owner: string
    /// Of this one taking, among all.
    Mark: string
    /// The mark of the lease that this one takes over; "" for none.
    After: string
    Since: DateTimeOffset
}

module internal LeaseText =
    let private heading = "plimsoll lease 1"

    let write (lease: LeaseText) =
        let since = lease.Since.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)
        Encoding.UTF8.GetBytes $"{heading}\n{lease.Owner}\n{lease.Mark}\n{lease.After}\n{since}\nend\n"

    /// None: it is being written, or its writer ended in the middle.
    let read (bytes: byte[]) : LeaseText option =
        match Encoding.UTF8.GetString(bytes).Split '\n' with
        | [| found; owner; mark; after; since; "end"; "" |] when found = heading ->
            match DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.None) with
            | true, since ->
                Some {
                    Owner = owner
                    Mark = mark
                    After = after
                    Since = since
                }
            | _ -> None
        | _ -> None

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

/// The leases of one process. They save work and are not needed for truth: after taking one, look the key up
/// again, and commit what was computed even if the lease was lost meanwhile.
type Leases internal (disk: Disk, clock: TimeProvider, expiry: TimeSpan) =
    do ArgumentOutOfRangeException.ThrowIfLessThan(expiry, TimeSpan.Zero)
    let files = disk.Files
    let root = disk.Root
    let me = files.Owner
    let instance = Guid.NewGuid().ToString "N"
    let mutable counter = 0L

    let takeFree (key: Key) : LeaseAnswer =
        files.CreateFolder(Layout.leasesOf root key)
        let path = Layout.lease root key 1

        let lease = {
            Owner = me
            Mark = $"{instance}.{Interlocked.Increment &counter}"
            After = ""
            Since = clock.GetUtcNow()
        }

        try
            files.Write(path, LeaseText.write lease)

            let release () =
                disk.TryDelete path |> ignore
                files.DeleteEmpty(Layout.leasesOf root key)

            let stillMine () = files.FileExists path
            LeaseAnswer.Taken(new Lease(key, 1, stillMine, release))
        with :? IOException when files.FileExists path ->
            match LeaseText.read (files.ReadAll path) with
            | Some lease -> LeaseAnswer.Held lease.Owner
            | None -> LeaseAnswer.Held "unknown"

    /// How often `Beat` is to be called.
    static member BeatEvery = TimeSpan.FromSeconds 5.0
    /// A silence of this length ends a lease.
    static member Expiry = TimeSpan.FromSeconds 30.0

    /// Takes the lease of a key, if it is free or its owner is gone.
    member _.TryTake(key: Key) : Result<LeaseAnswer, StoreError> =
        disk.Guarded(Layout.leasesOf root key, (fun () -> Ok(takeFree key)))

    /// Says that this process is alive, and looks whether those are that it waits for.
    member _.Beat() : Result<unit, StoreError> =
        disk.Guarded(
            Layout.beat root me,
            fun () ->
                disk.EnsureFolder(Layout.owners root)
                let number = Interlocked.Increment &counter
                files.Overwrite(Layout.beat root me, Encoding.ASCII.GetBytes $"{number:D20}\n")
                Ok()
        )

    interface IDisposable with
        member _.Dispose() =
            disk.TryDelete(Layout.beat root me) |> ignore
