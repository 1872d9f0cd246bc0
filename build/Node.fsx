/// The tests that look at Plimsoll's files from outside .NET: a browser, an ONNX runtime.
module Node

open System
open System.IO
open System.Security.Cryptography
open System.Text.RegularExpressions
open Shell

let private folder = Path.Combine(root, "tests", "node")
let private modules = Path.Combine(folder, "node_modules")
let private stamp = Path.Combine(modules, ".made-of")

let private works (program: string) =
    try
        fst (capture program [ "--version" ]) = 0
    with BuildFailed _ ->
        false

/// The first major version that the tests, their packages among them, run on.
let private oldest = 20

/// What Node.js says of itself, such as v20.11.0.
let private version () =
    match capture "node" [ "--version" ] with
    | 0, said -> said.Trim()
    | _ -> ""

let private major (version: string) =
    let found = Regex.Match(version, @"^v(\d+)\.")
    if found.Success then int found.Groups[1].Value else 0

let private lock () =
    Path.Combine(folder, "package-lock.json")
    |> File.ReadAllBytes
    |> SHA256.HashData
    |> Convert.ToHexString

/// Why the tests cannot run; None when they can. Neither Node.js nor its packages are needed for anything else, so a
/// machine without them, or without a network, skips these tests and says so.
let mutable private absent: string option = None

/// Fills tests/node/node_modules with exactly the packages of the lock, from wherever the user's own npm configuration
/// says. None of their install scripts runs.
let prepare () =
    if not (works "node" && works "npm") then
        absent <- Some "Node.js and npm are not installed (apt-get install nodejs npm)"
    elif major (version ()) < oldest then
        absent <- Some $"they need Node.js {oldest} or later, and here is {version ()}"
    elif File.Exists stamp && File.ReadAllText stamp = lock () then
        absent <- None
    else
        match capture "npm" [ "ci"; "--prefix"; folder; "--ignore-scripts"; "--loglevel"; "error" ] with
        | 0, _ ->
            File.WriteAllText(stamp, lock ())
            absent <- None
        | _, said ->
            printfn "%s" (said.Trim())
            absent <- Some "npm could not install their packages; its words are above"

    match absent with
    | Some why -> printfn "tests/node will be skipped: %s" why
    | None -> printfn "tests/node: packages present"

let private count (name: string) (output: string) =
    let found = Regex.Match(output, $@"^# {name} (\d+)\s*$", RegexOptions.Multiline)
    if found.Success then int found.Groups[1].Value else 0

/// Each skipped test with its reason, as the runner prints it.
let private showSkipped (output: string) =
    for found in Regex.Matches(output, @"^\s*ok \d+ - (.+?) # SKIP ?(.*?)\s*$", RegexOptions.Multiline) do
        printfn "    skipped: %s (%s)" found.Groups[1].Value found.Groups[2].Value

let run () : Tests.Totals =
    match absent with
    | Some why ->
        printfn "    skipped: tests/node (%s)" why
        { Passed = 0; Failed = 0; Skipped = 1 }
    | None ->
        let fixtures = Path.Combine(root, "artifacts", "fixtures")

        if Directory.Exists fixtures then
            Directory.Delete(fixtures, true)

        mustQuietly dotnet [
            "tests/Plimsoll.Fixtures/bin/Release/net10.0/Plimsoll.Fixtures.dll"
            fixtures
        ]

        Environment.SetEnvironmentVariable("PLIMSOLL_FIXTURES", fixtures)
        let watch = Diagnostics.Stopwatch.StartNew()

        let files =
            Directory.GetFiles(folder, "*.test.mjs")
            |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
            |> List.ofArray

        let status, output = capture "node" ([ "--test"; "--test-reporter=tap" ] @ files)

        let failed =
            let counted = count "fail" output + count "cancelled" output
            // A runner that ends badly without a failed test to show for it counts as one failure.
            if status <> 0 then max 1 counted else counted

        let totals: Tests.Totals = {
            Passed = count "pass" output
            Failed = failed
            Skipped = count "skipped" output
        }

        printfn
            "  %-34s %4d passed %3d failed %3d skipped %7.1f s"
            "tests/node"
            totals.Passed
            totals.Failed
            totals.Skipped
            watch.Elapsed.TotalSeconds

        showSkipped output

        if failed > 0 then
            printfn "\n%s" output

        totals
