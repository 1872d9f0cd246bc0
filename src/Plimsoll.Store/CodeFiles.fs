/// Listings of code and the digests noted for them.
module internal Plimsoll.Store.CodeFiles

open System
open System.IO
open System.Text

/// Makes a listing young again. False: it is not there, or somebody else's.
let touch (disk: Disk) (digest: Digest) : bool =
    let path = Layout.listing disk.Root digest

    try
        let there = disk.Access = ReadWrite && disk.Files.FileExists path

        if there then
            disk.Files.Touch path

        there
    with
    | :? IOException
    | :? UnauthorizedAccessException -> false

/// Keeps a listing of code under the digest of its UTF-8 bytes. Until a record names it, its age alone
/// protects it: one that is there already becomes young.
let save (disk: Disk) (listing: string) : Result<Digest, StoreError> =
    let bytes = Encoding.UTF8.GetBytes listing
    let digest = Digest.ofBytes (ReadOnlySpan bytes)
    let path = Layout.listing disk.Root digest

    disk.Guarded(
        path,
        fun () ->
            if not (touch disk digest) then
                disk.Publish(disk.Draft("listing", bytes), path)

            Ok digest
    )

/// Keeps the digest of a listing under the digest of what it was made from. It only saves time, so that it
/// is not an error when it cannot be kept.
let note (disk: Disk) (made: Digest) (listing: Digest) : unit =
    let path = Layout.codeEntry disk.Root made

    if not (disk.Files.FileExists path) then
        let bytes = Encoding.UTF8.GetBytes(string listing)

        disk.Guarded(path, (fun () -> Ok(disk.Publish(disk.Draft("code", bytes), path))))
        |> ignore

/// What `note` kept.
let noted (disk: Disk) (made: Digest) : Digest option =
    let path = Layout.codeEntry disk.Root made

    try
        if disk.Files.FileExists path then
            Encoding.UTF8.GetString(disk.Files.ReadAll path)
            |> Digest.tryText
            |> Option.map Digest
        else
            None
    with
    | :? IOException
    | :? UnauthorizedAccessException -> None

/// A listing of code. None: it was never kept, or is damaged.
let read (disk: Disk) (digest: Digest) : string option =
    let path = Layout.listing disk.Root digest

    try
        if disk.Files.FileExists path then
            let bytes = disk.Files.ReadAll path

            if Digest.ofBytes (ReadOnlySpan bytes) = digest then
                Some(Encoding.UTF8.GetString bytes)
            else
                None
        else
            None
    with
    | :? IOException
    | :? UnauthorizedAccessException -> None
