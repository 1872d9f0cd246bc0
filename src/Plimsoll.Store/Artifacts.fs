/// Artifacts: found under the digest of their bytes, verified once in the life of a process.
namespace Plimsoll.Store

open System
open System.Collections.Concurrent

type internal Artifacts(disk: Disk) =
    let files = disk.Files
    let root = disk.Root
    let verified = ConcurrentDictionary<Digest, int64>()
    let told = ConcurrentDictionary<string, bool>()

    let digestOf path length =
        if length <= Artifacts.Small then
            Digest.ofBytes (ReadOnlySpan(files.ReadAll path))
        else
            use stream = files.OpenRead path
            Digest.ofStream stream

    let missing path =
        disk.SetAside(path, "the file is missing")

    /// Reads an artifact, which another process may set aside at any moment.
    let reading path (read: unit -> Result<'a, StoreError>) : Result<'a, StoreError> =
        disk.Reading(
            path,
            fun () ->
                try
                    read ()
                with fault when FileFault.isGone fault ->
                    Error(Damaged(missing path))
        )

    let verify (digest: Digest) : Result<string, StoreError> =
        let path = Layout.artifact root digest

        reading path (fun () ->
            match files.Length path with
            | -1L -> Error(Damaged(missing path))
            | length when verified.ContainsKey digest && verified[digest] = length -> Ok path
            | length ->
                let found = digestOf path length

                if found = digest then
                    verified[digest] <- length
                    Ok path
                else
                    Error(Damaged(disk.SetAside(path, $"its bytes have the digest {found}"))))

    /// Of at most this many bytes: small enough to be digested whenever its record is looked up.
    static member Small = 65536L

    /// Path of an artifact whose bytes are surely those of its digest. A damaged one is quarantined.
    member _.Verify(digest: Digest) : Result<string, StoreError> = verify digest

    /// As `Verify`, whatever was found before.
    member _.VerifyAgain(digest: Digest) : Result<string, StoreError> =
        verified.TryRemove digest |> ignore
        verify digest

    /// Bytes of an artifact, verified.
    member _.Read(digest: Digest) : Result<byte[], StoreError> =
        verify digest
        |> Result.bind (fun path -> reading path (fun () -> Ok(files.ReadAll path)))

    /// What is wrong with an artifact as far as can be told quickly; what is damaged is quarantined.
    member _.Glance(artifact: Artifact) : Damage option =
        let path = Layout.artifact root artifact.Digest
        let length = files.Length path

        if length < 0L then
            Some(missing path)
        elif length <> artifact.Bytes then
            Some(disk.SetAside(path, $"it has {length} bytes instead of {artifact.Bytes}"))
        elif length <= Artifacts.Small then
            match verify artifact.Digest with
            | Error(Damaged damage) -> Some damage
            | _ -> None
        else
            None

    /// Digest and size of an output.
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

    /// Moves a measured output to its place.
    member _.Publish(output: string, artifact: Artifact) =
        let path = Layout.artifact root artifact.Digest
        // The stage may have written it long ago; until its record exists, its age alone protects it.
        files.Touch output
        disk.Publish(output, path)
        verified[artifact.Digest] <- artifact.Bytes
        told.TryRemove path |> ignore

    /// True when this damage is news: once for each path, until the artifact has been stored again.
    member _.IsNews(damage: Damage) : bool = told.TryAdd(damage.Path, true)
