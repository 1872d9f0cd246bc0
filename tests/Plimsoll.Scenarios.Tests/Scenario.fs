/// A scenario is a folder: `before/` is what lies in the working folder, `command` what is typed there, one command
/// a line, and `expected` what the program answers. `needs`, where it exists, names a native library.
module Plimsoll.Scenarios.Tests.Scenario

open System
open System.Diagnostics
open System.IO
open System.Text
open System.Text.RegularExpressions

let rec private upTo (folder: DirectoryInfo) : string =
    if File.Exists(Path.Combine(folder.FullName, "Pipeline.sln")) then
        folder.FullName
    else
        match folder.Parent with
        | null -> failwith "no folder above the test assembly holds Pipeline.sln"
        | parent -> upTo parent

let private home =
    Path.Combine(
        upTo (DirectoryInfo AppContext.BaseDirectory),
        "tests",
        "Plimsoll.Scenarios.Tests",
        "scenarios"
    )

let names: string list =
    Directory.GetDirectories home
    |> Array.map (fun folder -> string (Path.GetFileName folder))
    |> Array.sortWith (fun a b -> String.CompareOrdinal(a, b))
    |> Array.toList

let file (scenario: string) (name: string) = Path.Combine(home, scenario, name)

let needs (scenario: string) : string option =
    let path = file scenario "needs"

    if File.Exists path then
        Some((File.ReadAllText path).Trim())
    else
        None

let rec private copy (source: string) (target: string) =
    Directory.CreateDirectory target |> ignore

    for path in Directory.GetFiles source do
        File.Copy(path, Path.Combine(target, string (Path.GetFileName path)))

    for folder in Directory.GetDirectories source do
        copy folder (Path.Combine(target, string (Path.GetFileName folder)))

/// Milliseconds; far more than any scenario takes, far less than a person waits.
let private patience = TimeSpan.FromMinutes 2.0

let private program = Path.Combine(AppContext.BaseDirectory, "plimsoll.dll")

type Answer = {
    Output: string
    Aside: string
    Exit: int
}

/// Runs a build of the program in a folder, with these environment variables on top of the test's own.
let callProgramWithin
    (limit: TimeSpan)
    (program: string)
    (folder: string)
    (environment: (string * string) list)
    (arguments: string list)
    : Answer =
    let info = ProcessStartInfo("dotnet", program :: arguments)
    info.WorkingDirectory <- folder
    info.RedirectStandardInput <- true
    info.RedirectStandardOutput <- true
    info.RedirectStandardError <- true
    info.StandardOutputEncoding <- UTF8Encoding false
    info.StandardErrorEncoding <- UTF8Encoding false

    for name, value in environment do
        info.Environment[name] <- value

    match Process.Start info with
    | null -> failwith "dotnet did not start"
    | child ->
        use child = child
        child.StandardInput.Close()
        let output = child.StandardOutput.ReadToEndAsync()
        let aside = child.StandardError.ReadToEndAsync()

        if not (child.WaitForExit limit) then
            child.Kill true
            failwith $"`plimsoll {arguments}` did not end"

        {
            Output = output.Result
            Aside = aside.Result
            Exit = child.ExitCode
        }

let callProgram = callProgramWithin patience

let call (folder: string) (environment: (string * string) list) (arguments: string list) : Answer =
    callProgram program folder environment arguments

/// What the program answers: its output, what it says on the side, and its exit code.
let private answer (folder: string) (command: string) : string =
    let words = command.Split(' ', StringSplitOptions.RemoveEmptyEntries)

    match
        words
        |> Array.map (fun word -> if word = "\"\"" then "" else word)
        |> Array.toList
    with
    | [ "show"; name ] ->
        $"$ {command}\n"
        + (File.ReadAllText(Path.Combine(folder, name))).TrimEnd()
        + "\n"
    | "plimsoll" :: arguments ->
        let answer = call folder [] arguments

        let section (title: string) (text: string) =
            if text = "" then "" else title + text.TrimEnd() + "\n"

        $"$ {command}\n"
        + section "" answer.Output
        + section "--- aside\n" answer.Aside
        + $"--- exit {answer.Exit}\n"
    | _ -> failwith $"a command is `show FILE` or begins with `plimsoll`, not: {command}"

/// Types the scenario's commands in a fresh copy of its folder.
let run (scenario: string) : string =
    let folder = Directory.CreateTempSubdirectory("plimsoll-scenario-").FullName

    try
        let before = file scenario "before"

        if Directory.Exists before then
            copy before folder

        File.ReadAllLines(file scenario "command")
        |> Array.filter (fun line -> line.Trim() <> "")
        |> Array.map (answer folder)
        |> String.concat ""
        |> _.Replace(folder, "<here>")
    finally
        Directory.Delete(folder, true)

let private pattern (line: string) =
    Regex("^" + (Regex.Escape line).Replace(@"<\*>", ".*") + @"\z")

/// Whether an answer is as expected. In the expected text `<*>` stands for any part of a line and a line of its
/// own, `<...>`, for any number of lines.
let matches (expected: string) (actual: string) : bool =
    let rec go (expected: string list) (actual: string list) =
        match expected, actual with
        | [], [] -> true
        | [ "<...>" ], _ -> true
        | "<...>" :: rest, _ :: later -> go rest actual || go expected later
        | "<...>" :: rest, [] -> go rest []
        | line :: rest, text :: later -> (pattern line).IsMatch text && go rest later
        | _ -> false

    go (expected.TrimEnd().Split '\n' |> Array.toList) (actual.TrimEnd().Split '\n' |> Array.toList)
