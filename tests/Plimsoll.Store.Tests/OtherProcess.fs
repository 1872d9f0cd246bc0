namespace Plimsoll.Store.Tests

open System
open System.IO
open Plimsoll.Store

/// A clock that a test moves.
type VirtualClock() =
    inherit TimeProvider()
    let mutable ticks = 0L
    member _.Now = TimeSpan.FromTicks ticks
    member _.Advance(time: TimeSpan) = ticks <- ticks + time.Ticks
    override _.GetTimestamp() = ticks
    override _.TimestampFrequency = TimeSpan.TicksPerSecond

    override _.GetUtcNow() =
        DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero).AddTicks ticks

/// The local file system as another process sees it. Waits for no disk. `Cut`: it is cut off from the disk.
type OtherProcess(owner: string, mayLive: string -> bool, ?beforeRename: string -> unit) =
    let real = LocalFileSystem() :> IFileSystem
    let mutable listings = 0

    member val Cut = false with get, set
    /// Called when a counter was written.
    member val Overwritten: unit -> unit = ignore with get, set
    /// Called before a file is read, and may take it away.
    member val Reading: string -> unit = ignore with get, set
    /// Called before a file is claimed, and may be quicker.
    member val Claiming: string -> unit = ignore with get, set
    /// How often folders were listed.
    member _.Listings = listings

    member private this.Do(work: unit -> 'a) : 'a =
        if this.Cut then
            raise (IOException "Connection timed out")
        else
            work ()

    interface IFileSystem with
        member this.CreateFolder path =
            this.Do(fun () -> real.CreateFolder path)

        member this.FileExists path = not this.Cut && real.FileExists path
        member this.FolderExists path = not this.Cut && real.FolderExists path
        member this.Length path = this.Do(fun () -> real.Length path)
        member this.Written path = this.Do(fun () -> real.Written path)

        member this.ReadAll path =
            this.Do(fun () ->
                this.Reading path
                real.ReadAll path)

        member this.OpenRead path =
            this.Do(fun () ->
                this.Reading path
                real.OpenRead path)

        member this.Write(path, bytes) =
            this.Do(fun () -> real.Write(path, bytes))

        member _.Sync _ = ()
        member _.SyncFolder _ = ()

        member this.Rename(source, target) =
            this.Do(fun () ->
                beforeRename |> Option.iter (fun act -> act source)
                real.Rename(source, target))

        member this.Claim(source, target) =
            this.Do(fun () ->
                this.Claiming target
                real.Claim(source, target))

        member this.Overwrite(path, bytes) =
            this.Do(fun () ->
                real.Overwrite(path, bytes)
                this.Overwritten())

        member this.Touch path = this.Do(fun () -> real.Touch path)
        member this.Delete path = this.Do(fun () -> real.Delete path)

        member this.DeleteEmpty path =
            this.Do(fun () -> real.DeleteEmpty path)

        member this.DeleteFolder path =
            this.Do(fun () -> real.DeleteFolder path)

        member this.Files folder =
            listings <- listings + 1
            this.Do(fun () -> real.Files folder)

        member this.Folders folder =
            listings <- listings + 1
            this.Do(fun () -> real.Folders folder)

        member this.Facts folder =
            listings <- listings + 1
            this.Do(fun () -> real.Facts folder)

        member _.FreeSpace folder = real.FreeSpace folder
        member _.Owner = owner
        member _.MayLive other = mayLive other
        member _.IsHere _ = false
