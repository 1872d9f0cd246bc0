/// dotnet fsi build.fsx -- TARGET [options]
#load "build/Shell.fsx"
#load "build/Targets.fsx"
#load "build/Packages.fsx"
#load "build/Native.fsx"
#load "build/Tests.fsx"
#load "build/Node.fsx"

open System
open System.IO
open System.Security.Cryptography
open Shell
open Targets

// Build servers would outlive this script and hold on to its folders.
for name, value in
    [
        "MSBUILDDISABLENODEREUSE", "1"
        "UseSharedCompilation", "false"
        "DOTNET_CLI_USE_MSBUILD_SERVER", "0"
        "DOTNET_CLI_TELEMETRY_OPTOUT", "1"
        "DOTNET_NOLOGO", "1"
    ] do
    Environment.SetEnvironmentVariable(name, value)

let rec options (arguments: string list) : Map<string, string> =
    match arguments with
    | [] -> Map.empty
    | "--filter" :: value :: rest -> options rest |> Map.add "filter" value
    | other :: _ ->
        raise (BuildFailed $"`{other}` is no option; there is `--filter EXPRESSION` for test and soak")

let programFolder =
    Path.Combine(root, "src", "Plimsoll.Cli", "bin", "Release", "net10.0")

/// What records and reports say of the program's origin. A file beside the program and not a part of it: the
/// bytes of the assemblies are in the keys, and a commit that changes no code must change no key.
let describeBuild () =
    let said (program: string) (arguments: string list) =
        try
            match capture program arguments with
            | 0, output when output.Trim() <> "" -> Some(output.Trim())
            | _ -> None
        with BuildFailed _ ->
            None

    let changes =
        said "git" [ "status"; "--porcelain"; "--untracked-files=no" ]
        |> Option.map (fun _ -> " with changes")
        |> Option.defaultValue ""

    let lock = Path.Combine(root, "paket.lock") |> File.ReadAllBytes |> SHA256.HashData

    let text =
        [
            match said "git" [ "rev-parse"; "HEAD" ] with
            | Some commit -> $"source={commit}{changes}\n"
            | None -> ()
            match said dotnet [ "--version" ] with
            | Some version -> $"sdk={version}\n"
            | None -> ()
            $"lock={Convert.ToHexStringLower lock}\n"
        ]
        |> String.concat ""

    let file = Path.Combine(programFolder, "build.txt")

    if
        Directory.Exists programFolder
        && not (File.Exists file && File.ReadAllText file = text)
    then
        File.WriteAllText(file, text)

/// Builds, and leaves what the launcher and the program want to know of it.
let remembering (build: unit -> unit) () =
    // The launcher's list of source files, so that it knows what the last build was made of.
    let sources () = capture "bash" [ "build/sources.sh" ]
    let before = sources ()
    build ()
    describeBuild ()

    match before with
    | 0, listing -> File.WriteAllText(Path.Combine(root, "artifacts", "cli.sources"), listing)
    | _ -> ()

let compile (project: string) () =
    mustBuild [
        "build"
        project
        "-c"
        "Release"
        "--nologo"
        "-v"
        "quiet"
        "-clp:NoSummary"
    ]

let cli = "src/Plimsoll.Cli/Plimsoll.Cli.fsproj"

let fantomas (check: string list) =
    dotnet, [ "fantomas" ] @ check @ [ "src"; "tests"; "build"; "build.fsx" ]

/// `dotnet format` knows C# only and says so of each F# project, which nobody needs to read.
let dotnetFormat (what: string) (check: string list) () =
    let arguments = [ "format"; what; "Pipeline.sln"; "--no-restore" ] @ check

    match capture dotnet arguments with
    | 0, _ -> ()
    | _, output ->
        for line in
            output.Split '\n'
            |> Array.filter (fun line -> not (line.Contains "Could not format")) do
            eprintfn "%s" (line.TrimEnd())

        raise (BuildFailed $"`dotnet format {what}` is not content")

let clean () =
    let projects =
        [ "src"; "tests" ]
        |> List.collect (fun folder -> Directory.GetDirectories(Path.Combine(root, folder)) |> List.ofArray)

    for folder in
        [
            for p in projects do
                Path.Combine(p, "bin")
                Path.Combine(p, "obj")
            Path.Combine(root, "artifacts", "test-results")
        ] do
        if Directory.Exists folder then
            Directory.Delete(folder, true)

    let sources = Path.Combine(root, "artifacts", "cli.sources")

    if File.Exists sources then
        File.Delete sources

    Packages.forget ()
    Native.forget ()

/// The last line of a test target's output.
let mutable totals: Tests.Totals option = None

let tests (withNode: bool) (category: string) (options: Map<string, string>) () =
    let filter =
        match options.TryFind "filter" with
        | Some own -> $"({own})&{category}"
        | None -> category

    let dotnetTests = Tests.run filter

    // The tests outside .NET know no filter.
    totals <-
        Some(
            if withNode && not (options.ContainsKey "filter") then
                Tests.add dotnetTests (Node.run ())
            else
                dotnetTests
        )

    if totals.Value.Failed > 0 then
        raise (BuildFailed "some tests failed")

let bench (arguments: string list) () =
    let name, arguments =
        match arguments with
        | "engine" :: rest -> "Plimsoll.Engine.Benchmarks", rest
        | "kernels" :: "--dotnet" :: rest ->
            let filters = if rest.IsEmpty then [ "*" ] else rest
            let artifacts = Path.Combine(root, "artifacts", "benchmarks")
            "Plimsoll.Benchmarks.DotNet", [ "--artifacts"; artifacts; "--filter" ] @ filters
        | _ -> "Plimsoll.Benchmarks", arguments

    locked (compile $"tests/{name}")
    must dotnet ($"tests/{name}/bin/Release/net10.0/{name}.dll" :: arguments)

let targets (options: Map<string, string>) (forBenchmarks: string list) =
    let usual = "TestCategory!=Soak"

    [
        target "restore" "fills feed/ from paket.lock, then restores tools and packages" [] (fun () ->
            locked Packages.restore)
        target
            "native"
            "installs Debian packages for native libraries where it may; compiles the shim before Bullet"
            []
            (fun () -> locked Native.prepare)
        target "cli" "builds the program alone" [ "restore"; "native" ] (fun () ->
            locked (remembering (compile cli)))
        target "build" "builds everything" [ "restore"; "native" ] (fun () ->
            locked (remembering (compile "Pipeline.sln")))
        target
            "node"
            "installs Chromium, Python's modules and Node's packages for the tests where it may"
            []
            (fun () ->
                locked (fun () ->
                    Native.prepareForTests ()
                    Node.prepare ()))
        target "test" "runs the tests; ends with the totals" [ "build"; "node" ] (tests true usual options)
        target
            "soak"
            "runs the long tests (category Soak)"
            [ "build" ]
            (tests false "TestCategory=Soak" options)
        target
            "bench"
            "measures kernels, acting and training steps; `environments`, `peers` (PyTorch), `engine`; --help has more"
            [ "restore"; "native" ]
            (bench forBenchmarks)
        target
            "needless-reruns"
            "counts what each of the last 20 commits made run again"
            [ "build" ]
            (fun () -> must dotnet [ "fsi"; "build/Reruns.fsx" ])
        target "format" "formats all sources" [ "restore" ] (fun () ->
            fantomas [] ||> mustQuietly
            dotnetFormat "whitespace" [] ()
            dotnetFormat "style" [] ())
        target "format-check" "fails when `format` would change a file" [ "restore" ] (fun () ->
            fantomas [ "--check" ] ||> must
            dotnetFormat "whitespace" [ "--verify-no-changes" ] ()
            dotnetFormat "style" [ "--verify-no-changes" ] ())
        target "clean" "deletes all that a build makes; keeps downloads" [] clean
    ]

let arguments =
    match List.ofArray fsi.CommandLineArgs with
    | _ :: "--" :: rest
    | _ :: rest -> rest
    | [] -> []

let status =
    try
        match arguments with
        | []
        | [ "help" | "--help" | "-h" ] ->
            help (targets Map.empty [])
            0
        | name :: rest ->
            let isBench = name = "bench"
            let own, forBenchmarks = if isBench then [], rest else rest, []

            match run isBench (targets (options own) forBenchmarks) name with
            | Ok() -> 0
            | Error message ->
                eprintfn "\n%s" message
                1
    with BuildFailed message ->
        eprintfn "%s" message
        2

totals |> Option.iter (fun t -> printfn "\n%s" (Tests.line t))
exit status
