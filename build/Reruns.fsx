/// What each of the last commits would have made run again: by the code that stages reach, and by whole assemblies.
///
///     dotnet fsi build/Reruns.fsx [COMMITS]
///
/// Checks every commit that touches src/ out in a work tree of its own, builds the stages there and compares with the
/// commit before.
#r "../src/Plimsoll.Engine/bin/Release/net10.0/Plimsoll.Language.dll"
#r "../src/Plimsoll.Engine/bin/Release/net10.0/Plimsoll.Stages.dll"
#r "../src/Plimsoll.Engine/bin/Release/net10.0/Plimsoll.Engine.dll"
#load "Shell.fsx"

open System
open System.Collections
open System.IO
open System.Reflection
open System.Runtime.Loader
open System.Security.Cryptography
open Plimsoll.Engine.Code
open Shell

let tree = Path.Combine(root, "artifacts", "reruns")

let git (arguments: string list) =
    match capture "git" arguments with
    | 0, output -> output.Trim()
    | _, output -> raise (BuildFailed output)

let commits (count: int) =
    git [ "log"; "--first-parent"; $"-{count + 1}"; "--format=%h %s"; "--"; "src" ]
    |> _.Split('\n')
    |> List.ofArray
    |> List.map (fun line -> line.Split(' ', 2))
    |> List.map (fun parts -> parts[0], parts[1])
    |> List.rev

let output =
    Path.Combine(tree, "src", "Plimsoll.Stages", "bin", "Release", "net10.0")

/// One version's assemblies; what they need from outside is that of this program.
type Version(folder: string) =
    inherit AssemblyLoadContext("stages", true)

    override this.Load(name: AssemblyName) : Assembly | null =
        let path = Path.Combine(folder, string name.Name + ".dll")

        if (string name.Name).StartsWith "Plimsoll." && File.Exists path then
            this.LoadFromStream(new MemoryStream(File.ReadAllBytes path))
        else
            null

let field (name: string) (value: obj) : obj =
    match value.GetType().GetProperty name with
    | null -> failwith $"no {name} in {value.GetType()}"
    | property -> property.GetValue value |> Option.ofObj |> Option.get

let ours =
    [ "Stages"; "Learning"; "Numerics"; "Data"; "Environments" ]
    |> List.map (fun name -> $"Plimsoll.{name}")

/// Listing of each stage, and the digest of whole assemblies that was the rule before.
let digests () : Map<string, Listing> * string =
    let context = Version output
    let stages = context.LoadFromAssemblyName(AssemblyName "Plimsoll.Stages")

    let locate (name: string) =
        let path = Path.Combine(output, name + ".dll")

        if name.StartsWith "Plimsoll." && File.Exists path then
            Some path
        else
            None

    use reachable = new Reachable(locate)

    let all =
        match stages.GetType "Plimsoll.Stages.Catalogue" with
        | null -> failwith "there is no catalogue"
        | catalogue ->
            match catalogue.GetProperty "stages" with
            | null -> failwith "the catalogue has no stages"
            | property -> property.GetValue null :?> IEnumerable

    let listings =
        [
            for stage in all do
                let entry = Closure.entryOf (locate >> Option.isSome) (field "Run" stage)
                string (field "Name" (field "Signature" stage)), reachable.Listing entry
        ]
        |> Map.ofList

    let whole =
        ours
        |> List.choose locate
        |> List.map (File.ReadAllBytes >> SHA256.HashData >> Convert.ToHexString)
        |> String.concat ""

    context.Unload()
    listings, whole

let build (commit: string) =
    must "git" [ "-C"; tree; "checkout"; "--quiet"; "--force"; commit ]

    match
        capture dotnet [
            "build"
            Path.Combine(tree, "src", "Plimsoll.Stages", "Plimsoll.Stages.fsproj")
            "-c"
            "Release"
            "--nologo"
            "-v"
            "quiet"
        ]
    with
    | 0, _ -> true
    | _, _ -> false

let prepare () =
    if not (Directory.Exists tree) then
        must "git" [ "worktree"; "add"; "--quiet"; "--detach"; tree ]
        let feed = Path.Combine(root, "feed")

        if Directory.Exists feed && not (Directory.Exists(Path.Combine(tree, "feed"))) then
            Directory.CreateSymbolicLink(Path.Combine(tree, "feed"), feed) |> ignore

let run count =
    prepare ()
    let mutable before: (Map<string, Listing> * string) option = None
    let mutable changedNow, changedThen = 0, 0

    for commit, subject in commits count do
        if build commit then
            let listings, whole = digests ()

            match before with
            | Some(old, oldWhole) ->
                let changes = [
                    for KeyValue(stage, listing) in listings do
                        match old.TryFind stage with
                        | Some was when was = listing -> ()
                        | Some was -> stage, Listing.diff was listing
                        | None -> stage, []
                ]

                let byWhole = if whole = oldWhole then 0 else listings.Count
                changedNow <- changedNow + changes.Length
                changedThen <- changedThen + byWhole

                printfn
                    "%s %2d of %2d stages, %2d by whole assemblies: %s"
                    commit
                    changes.Length
                    listings.Count
                    byWhole
                    subject

                for stage, members in changes do
                    printfn "    %s: %d members, such as" stage members.Length

                    for change in List.truncate 3 members do
                        printfn "        %O" change
            | None -> ()

            before <- Some(listings, whole)
        else
            printfn "%s does not build by itself: %s" commit subject

    printfn "stages that run again: %d by reachable code, %d by whole assemblies" changedNow changedThen
    must "git" [ "worktree"; "remove"; "--force"; tree ]

match List.ofArray fsi.CommandLineArgs |> List.tail with
| count :: _ -> run (int count)
| [] -> run 20
