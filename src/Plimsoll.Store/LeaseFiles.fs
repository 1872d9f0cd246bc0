namespace Plimsoll.Store

open System
open System.Collections.Generic
open System.Globalization
open System.IO
open System.Text

/// What a lease's file says.
type internal LeaseText = {
    Owner: string
    /// Of this one taking, among all.
    Mark: string
    Since: DateTimeOffset
}

module internal LeaseText =
    let private heading = "plimsoll lease 1"

    let write (lease: LeaseText) =
        let since =
            lease.Since.ToUniversalTime().ToString("O", CultureInfo.InvariantCulture)

        Encoding.UTF8.GetBytes $"{heading}\n{lease.Owner}\n{lease.Mark}\n{since}\nend\n"

    /// None: it is being written, or its writer ended in the middle.
    let read (bytes: byte[]) : LeaseText option =
        match Encoding.UTF8.GetString(bytes).Split '\n' with
        | [| found; owner; mark; since; "end"; "" |] when found = heading ->
            match DateTimeOffset.TryParse(since, CultureInfo.InvariantCulture, DateTimeStyles.None) with
            | true, since ->
                Some {
                    Owner = owner
                    Mark = mark
                    Since = since
                }
            | _ -> None
        | _ -> None

/// The file of one generation, as it was read.
type internal LeaseFile = {
    Path: string
    Generation: int
    Bytes: byte[]
    Text: LeaseText option
} with

    /// The file that changes as long as its owner lives: the owner's counter, or for a file that names no
    /// owner yet the file itself.
    member this.Pulse root =
        match this.Text with
        | Some lease -> Layout.beat root lease.Owner
        | None -> this.Path

    member this.OwnerName =
        match this.Text with
        | Some lease -> lease.Owner
        | None -> "unknown"

module internal LeaseFile =
    /// None: it is gone.
    let bytes (files: IFileSystem) path : byte[] option =
        try
            Some(files.ReadAll path)
        with fault when FileFault.isGone fault ->
            None

    let private generation (path: string) =
        match Int32.TryParse(Path.GetFileName path, NumberStyles.None, CultureInfo.InvariantCulture) with
        | true, number -> Some number
        | _ -> None

    /// The paths of a key's generations, lowest first.
    let paths (files: IFileSystem) root key : (int * string) list =
        files.Files(Layout.leasesOf root key)
        |> Seq.choose (fun path -> generation path |> Option.map (fun number -> number, path))
        |> Seq.sort
        |> List.ofSeq

    let read (files: IFileSystem) root key : LeaseFile list =
        paths files root key
        |> List.choose (fun (number, path) ->
            bytes files path
            |> Option.map (fun bytes -> {
                Path = path
                Generation = number
                Bytes = bytes
                Text = LeaseText.read bytes
            }))

    /// All keys that have a folder of leases.
    let keys (files: IFileSystem) root : Key list =
        files.Folders(Layout.leases root)
        |> Seq.choose (Path.GetFileName >> Digest.tryText >> Option.map Key)
        |> List.ofSeq

/// How long files have not changed, on this reader's own clock.
type internal Watch(files: IFileSystem, clock: TimeProvider, expiry: TimeSpan) =
    let seen = Dictionary<string, struct (byte[] * TimeSpan * int64)>()

    /// A reader that slept itself has seen nothing meanwhile: one look never counts for more than this.
    let most = expiry / 3.0

    let look path : TimeSpan =
        let now = clock.GetTimestamp()

        let known =
            match seen.TryGetValue path with
            | true, state -> ValueSome state
            | _ -> ValueNone

        let content =
            try
                // A counter that is missing does not advance.
                LeaseFile.bytes files path |> Option.defaultValue [||] |> ValueSome
            with
            | :? IOException
            | :? UnauthorizedAccessException -> ValueNone

        let silence, content =
            match known, content with
            | ValueSome struct (before, silence, last), ValueSome content when
                before.AsSpan().SequenceEqual content
                ->
                let passed = clock.GetElapsedTime(last, now)
                silence + (if passed < most then passed else most), content
            | ValueSome struct (before, silence, _), ValueNone -> silence, before
            | _, ValueSome content -> TimeSpan.Zero, content
            | ValueNone, ValueNone -> TimeSpan.Zero, [||]

        seen[path] <- struct (content, silence, now)
        silence

    /// Looks at a file, and tells for how long it has surely not changed.
    member _.Look(path: string) : TimeSpan = lock seen (fun () -> look path)

    /// Looks again at everything that was looked at before.
    member _.LookAgain() =
        lock seen (fun () ->
            for path in List.ofSeq seen.Keys do
                look path |> ignore)

    member _.Forget(path: string) =
        lock seen (fun () -> seen.Remove path |> ignore)
