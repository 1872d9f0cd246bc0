namespace Plimsoll.Store

open System
open System.Collections.Concurrent
open System.IO
open System.Reflection

/// Digests of files outside the store, computed once for each path, time of change and length.
module Fingerprint =
    let private known = ConcurrentDictionary<struct (string * int64 * int64), Digest>()

    /// Digest of a file's bytes; the reason, where it cannot be read.
    let ofFile (path: string) : Result<Digest, string> =
        try
            let file = FileInfo path

            if Directory.Exists path then
                Error $"{path} is a folder"
            elif not file.Exists then
                Error $"there is no file {path}"
            else
                let state = struct (file.FullName, file.LastWriteTimeUtc.Ticks, file.Length)

                match known.TryGetValue state with
                | true, digest -> Ok digest
                | _ ->
                    use stream = file.OpenRead()
                    let digest = Digest.ofStream stream
                    known[state] <- digest
                    Ok digest
        with
        | :? IOException as fault -> Error fault.Message
        | :? UnauthorizedAccessException as fault -> Error fault.Message

    /// Name and digest of each assembly. One that is not a file of its own goes by its module's version id,
    /// which a deterministic build derives from its content.
    let ofAssemblies (assemblies: Assembly list) : (string * Digest) list =
        assemblies
        |> List.distinct
        |> List.map (fun assembly ->
            let ofModule () =
                Digest.ofBytes (ReadOnlySpan(assembly.ManifestModule.ModuleVersionId.ToByteArray()))

            let digest =
                if assembly.Location = "" then
                    ofModule ()
                else
                    ofFile assembly.Location |> Result.defaultWith (fun _ -> ofModule ())

            let name = assembly.GetName().Name |> Option.ofObj |> Option.defaultValue ""
            name, digest)
        |> List.sortBy fst
