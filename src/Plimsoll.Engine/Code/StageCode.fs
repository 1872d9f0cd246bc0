/// What a stage's code is to its key.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open Plimsoll.Stages

type StageCode = {
    /// Digest of the listing.
    Digest: string
    /// All code that the stage can reach; made when it is asked for, if the digest was in the cache.
    Listing: Lazy<Listing>
}

module StageCode =
    let private nameOf (assembly: Assembly) =
        assembly.GetName().Name |> Option.ofObj |> Option.defaultValue ""

    let private homeOf (stage: Stage) = stage.Run.GetType().Assembly

    /// From the name of an assembly of ours to its file: those named after the program, and those that hold stages.
    let locate (stages: Stage list) : string -> string option =
        let homes =
            stages
            |> List.collect (fun stage -> homeOf stage :: stage.Code)
            |> List.distinct

        let names = homes |> List.map nameOf |> Set

        let folders =
            homes
            |> List.map _.Location
            |> List.filter (fun path -> path <> "")
            |> List.map (Path.GetDirectoryName >> string)
            |> List.distinct

        fun name ->
            if
                name = "Plimsoll"
                || name.StartsWith("Plimsoll.", StringComparison.Ordinal)
                || names.Contains name
            then
                folders
                |> List.map (fun folder -> Path.Combine(folder, name + ".dll"))
                |> List.tryFind File.Exists
            else
                None

    let entry (locate: string -> string option) (stage: Stage) : Entry =
        let entry = Closure.entry (locate >> Option.isSome) stage.Run

        let asked =
            stage.Code
            |> List.map (fun assembly -> nameOf assembly, "the stage asks for it")

        {
            entry with
                Whole = List.distinct (entry.Whole @ asked)
        }

    /// The code of each stage, by its name.
    let ofStages (cache: CodeCache) (stages: Stage list) : IReadOnlyDictionary<string, StageCode> =
        let locate = locate stages
        let reachable = lazy (new Reachable(locate))

        let versions =
            CodeCache.versions locate (stages |> List.map (homeOf >> nameOf) |> List.distinct)

        let ofStage (stage: Stage) =
            let entry = entry locate stage
            let listing = lazy (lock reachable (fun () -> reachable.Value.Listing entry))
            let key = CodeCache.key versions entry

            let digest =
                match cache.Read key with
                | Some digest when digest.Length = 64 && Seq.forall Char.IsAsciiHexDigitLower digest -> digest
                | _ ->
                    let digest = Listing.digest listing.Value
                    cache.Write key digest
                    digest

            { Digest = digest; Listing = listing }

        Dictionary(dict [ for stage in stages -> stage.Signature.Name, ofStage stage ])
