namespace Plimsoll.Store.Tests

open System.Collections.Generic
open System.IO
open Plimsoll.Store

/// The process has died here.
exception Crash

/// The local file system until the given step, at which the machine loses power: what was not synced is cut
/// in half, and what happened in a folder that was not synced is undone, if `forgets` says so of the folder.
/// It waits for no disk: what a sync would keep is only remembered.
type FaultyFileSystem(crashAt: int, ?fault: exn, ?forgets: string -> bool) =
    let real = LocalFileSystem() :> IFileSystem
    let unsynced = HashSet<string>()
    let journal = Stack<struct (string * (unit -> unit))>()
    let forgets = defaultArg forgets (fun _ -> true)
    let mutable steps = 0
    let mutable dead = false

    let remember (path: string) undo =
        journal.Push(struct (string (Path.GetDirectoryName path), undo))

    let moved (source: string) (target: string) (before: byte[] option) =
        if unsynced.Remove source then
            unsynced.Add target |> ignore

        remember target (fun () ->
            if File.Exists target then
                File.Move(target, source, true)

                if unsynced.Remove target then
                    unsynced.Add source |> ignore

                before |> Option.iter (fun bytes -> File.WriteAllBytes(target, bytes)))

    let losePower () =
        dead <- true

        for struct (folder, undo) in journal do
            if forgets folder then
                undo ()

        for path in unsynced do
            if File.Exists path then
                let bytes = File.ReadAllBytes path
                File.WriteAllBytes(path, bytes[.. bytes.Length / 2 - 1])

    let step (work: unit -> unit) =
        if dead then
            raise Crash

        steps <- steps + 1

        if steps = crashAt then
            match fault with
            | Some fault -> raise fault
            | None ->
                losePower ()
                raise Crash

        work ()

    let alive (read: unit -> 'a) = if dead then raise Crash else read ()

    member _.Steps = steps
    member _.Crashed = dead

    /// A file that a stage wrote itself.
    member _.WrittenByStage path = unsynced.Add path |> ignore

    interface IFileSystem with
        member _.CreateFolder path = step (fun () -> real.CreateFolder path)

        member _.FileExists path = alive (fun () -> real.FileExists path)

        member _.FolderExists path =
            alive (fun () -> real.FolderExists path)

        member _.Length path = alive (fun () -> real.Length path)
        member _.ReadAll path = alive (fun () -> real.ReadAll path)
        member _.OpenRead path = alive (fun () -> real.OpenRead path)

        member _.Write(path, bytes) =
            step (fun () ->
                real.Write(path, bytes)
                unsynced.Add path |> ignore)

        member _.Sync path =
            step (fun () -> unsynced.Remove path |> ignore)

        member _.SyncFolder path =
            step (fun () ->
                let kept = journal.ToArray() |> Array.rev
                journal.Clear()

                for struct (folder, _) as entry in kept do
                    if folder <> path then
                        journal.Push entry)

        member _.Rename(source, target) =
            step (fun () ->
                let before =
                    if File.Exists target then
                        Some(File.ReadAllBytes target)
                    else
                        None

                real.Rename(source, target)
                moved source target before)

        member _.Claim(source, target) =
            let mutable claimed = false

            step (fun () ->
                claimed <- real.Claim(source, target)

                if claimed then
                    moved source target None)

            claimed

        member _.Overwrite(path, bytes) =
            step (fun () -> real.Overwrite(path, bytes))

        member _.Touch path = step (fun () -> real.Touch path)
        member _.DeleteEmpty path = step (fun () -> real.DeleteEmpty path)
        member _.Facts folder = alive (fun () -> real.Facts folder)
        member _.FreeSpace folder = alive (fun () -> real.FreeSpace folder)

        member _.Delete path =
            step (fun () ->
                let bytes = File.ReadAllBytes path
                real.Delete path

                remember path (fun () ->
                    if Directory.Exists(Path.GetDirectoryName path) && not (File.Exists path) then
                        File.WriteAllBytes(path, bytes)))

        member _.DeleteFolder path = step (fun () -> real.DeleteFolder path)
        member _.Files folder = alive (fun () -> real.Files folder)
        member _.Folders folder = alive (fun () -> real.Folders folder)
        member _.Owner = "gone.1"
        member _.MayLive _ = true
        member _.IsHere _ = false
        member _.Written path = alive (fun () -> real.Written path)

/// The local file system; without waiting for the disk, unless `syncs`. `afterRename` may harm the target.
type PlainFileSystem(syncs: bool, mayLive: string -> bool, ?afterRename: string -> unit) =
    let real = LocalFileSystem() :> IFileSystem

    interface IFileSystem with
        member _.CreateFolder path = real.CreateFolder path
        member _.FileExists path = real.FileExists path
        member _.FolderExists path = real.FolderExists path
        member _.Length path = real.Length path
        member _.ReadAll path = real.ReadAll path
        member _.OpenRead path = real.OpenRead path
        member _.Write(path, bytes) = real.Write(path, bytes)

        member _.Sync path =
            if syncs then
                real.Sync path

        member _.SyncFolder path =
            if syncs then
                real.SyncFolder path

        member _.Rename(source, target) =
            real.Rename(source, target)
            afterRename |> Option.iter (fun harm -> harm target)

        member _.Claim(source, target) =
            let claimed = real.Claim(source, target)

            if claimed then
                afterRename |> Option.iter (fun harm -> harm target)

            claimed

        member _.Overwrite(path, bytes) = real.Overwrite(path, bytes)
        member _.Touch path = real.Touch path
        member _.DeleteEmpty path = real.DeleteEmpty path
        member _.Facts folder = real.Facts folder
        member _.FreeSpace folder = real.FreeSpace folder
        member _.Delete path = real.Delete path
        member _.DeleteFolder path = real.DeleteFolder path
        member _.Files folder = real.Files folder
        member _.Folders folder = real.Folders folder
        member _.Owner = real.Owner
        member _.MayLive owner = mayLive owner
        member _.IsHere owner = real.IsHere owner
        member _.Written path = real.Written path
