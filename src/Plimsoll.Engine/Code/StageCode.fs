/// What a stage's code is to its key.
namespace Plimsoll.Engine.Code

open System
open System.Collections.Generic
open System.IO
open System.Reflection
open System.Runtime.InteropServices
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

    let private homesOf (stages: Stage list) =
        stages
        |> List.collect (fun stage -> homeOf stage :: stage.Code)
        |> List.distinct

    /// A file of that name in the folders of the program and of the stages.
    let private fileIn (stages: Stage list) : string -> string option =
        let folders =
            homesOf stages
            |> List.map _.Location
            |> List.filter (fun path -> path <> "")
            |> List.map (Path.GetDirectoryName >> string)
            |> fun folders -> folders @ [ Path.TrimEndingDirectorySeparator AppContext.BaseDirectory ]
            |> List.distinct

        fun name ->
            folders
            |> List.map (fun folder -> Path.Combine(folder, name + ".dll"))
            |> List.tryFind File.Exists

    let private isOurs (stages: Stage list) : string -> bool =
        let names = homesOf stages |> List.map nameOf |> Set

        fun name ->
            name = "Plimsoll"
            || name.StartsWith("Plimsoll.", StringComparison.Ordinal)
            || names.Contains name

    /// From the name of an assembly of ours to its file: those named after the program, and those that hold
    /// stages.
    let locate (stages: Stage list) : string -> string option =
        let isOurs, file = isOurs stages, fileIn stages
        fun name -> if isOurs name then file name else None

    /// From the name of any other assembly to its file, unless it is a part of the runtime.
    let private deployed = fileIn

    /// Code that is nowhere is no part of a key.
    let private compareToFiles (deployed: string -> string option) (listing: Listing) =
        let runtime = RuntimeEnvironment.GetRuntimeDirectory()

        for name, _ in listing.Members do
            if name.StartsWith("outside ", StringComparison.Ordinal) then
                let assembly = name.Substring "outside ".Length

                if
                    (deployed assembly).IsNone
                    && not (File.Exists(Path.Combine(runtime, assembly + ".dll")))
                then
                    invalidOp
                        $"a stage uses the assembly {assembly}, which is neither beside it nor in the runtime"

    /// Throws InvalidOperationException where nobody can say what code the stage has.
    let entry (locate: string -> string option) (stage: Stage) : Entry =
        let home = homeOf stage

        if home.Location = "" || (locate (nameOf home)).IsNone then
            invalidOp (
                $"the stage {stage.Signature.Name} is in the assembly {nameOf home}, which has no file that could "
                + "be read; load it from a file"
            )

        let entry = Closure.entry (locate >> Option.isSome) stage.Run

        if entry.Methods.IsEmpty then
            invalidOp $"no code was found behind the stage {stage.Signature.Name}"

        let asked =
            stage.Code
            |> List.map (fun assembly -> nameOf assembly, "the stage asks for it")

        {
            entry with
                Whole = List.distinct (entry.Whole @ asked)
        }

    /// The files may have been replaced since the program began; then they say nothing of what it runs.
    let private compareToLoaded (versions: (string * Guid) list) =
        let builds = dict versions
        let asked = HashSet<string>()
        let equal = HashSet<string>()

        for assembly in AppDomain.CurrentDomain.GetAssemblies() do
            let name = (string assembly.FullName).Split(',')[0]

            match builds.TryGetValue name with
            | true, build when not assembly.IsDynamic ->
                asked.Add name |> ignore

                // One name may be loaded from several places.
                if assembly.ManifestModule.ModuleVersionId = build then
                    equal.Add name |> ignore
            | _ -> ()

        asked.ExceptWith equal

        if asked.Count > 0 then
            let names = String.Join(", ", asked)
            invalidOp $"the program was rebuilt while it ran ({names} is another build): start it again"

    /// The code of each stage, by its name.
    let ofStages (cache: CodeCache) (stages: Stage list) : IReadOnlyDictionary<string, StageCode> =
        let locate = locate stages
        let deployed = deployed stages
        let reachable = lazy (new Reachable(locate, deployed))
        let entries = stages |> List.map (fun stage -> stage, entry locate stage)

        let versions =
            entries
            |> List.collect (fun (stage, entry) -> nameOf (homeOf stage) :: Entry.assemblies entry)
            |> List.distinct
            |> AssemblyFile.versions [ locate; deployed ]

        compareToLoaded versions

        let ofEntry (entry: Entry) =
            let listing =
                lazy
                    (lock reachable (fun () ->
                        let listing = reachable.Value.Listing entry
                        compareToFiles deployed listing

                        compareToLoaded [
                            for name, _, version in reachable.Value.Assemblies -> name, version
                        ]

                        listing))

            let key = CodeCache.key versions entry

            let digest =
                match cache.Read key with
                | Some digest when digest.Length = 64 && Seq.forall Char.IsAsciiHexDigitLower digest -> digest
                | _ ->
                    let digest = Listing.digest listing.Value
                    cache.Write key digest
                    digest

            { Digest = digest; Listing = listing }

        Dictionary(dict [ for stage, entry in entries -> stage.Signature.Name, ofEntry entry ])
