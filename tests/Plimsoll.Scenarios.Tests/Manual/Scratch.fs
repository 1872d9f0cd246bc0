/// A folder like a checkout, in which a page's commands are run: `./plimsoll` is the program as it was built for the
/// tests, `experiments/` a copy with short training.
module Plimsoll.Scenarios.Tests.Manual.Scratch

open System
open System.Diagnostics
open System.IO
open System.Text
open System.Text.RegularExpressions
open Plimsoll.Scenarios.Tests

let private number (text: string) = int (text.Replace("_", ""))

/// At most so many steps of training, seeds and episodes: what the commands do is tested, not what is learned.
let shrink (experiment: string) =
    let steps (most: int) (found: Match) =
        let value = min most (number found.Groups[2].Value)
        $"{found.Groups[1].Value}{value}"

    let replace pattern (by: Match -> string) (text: string) = Regex.Replace(text, pattern, by)

    experiment
    |> replace @"(collect: \{[^}]*\bsteps: )([\d_]+)" (steps 20_000)
    |> replace @"(?<!collect: \{[^}]*)(\bsteps: )([\d_]+)" (steps 20)
    |> replace @"(seeds: 0\.\.)(\d+)" (steps 1)
    |> replace @"(episodes: )([\d_]+)" (steps 3)

let private copyExperiments (folder: string) =
    let source = Path.Combine(Pages.root, "experiments")

    for path in Directory.GetFiles(source, "*", SearchOption.AllDirectories) do
        let name = Path.GetRelativePath(source, path)
        let target = Path.Combine(folder, "experiments", name)

        Path.GetDirectoryName target
        |> Option.ofObj
        |> Option.iter (Directory.CreateDirectory >> ignore)

        if
            Path.GetExtension path = ".yaml"
            && not (name.Contains Path.DirectorySeparatorChar)
        then
            File.WriteAllText(target, shrink (File.ReadAllText path))
        else
            File.Copy(path, target)

let private copyLauncher (folder: string) =
    let launcher = Path.Combine(folder, "plimsoll")
    File.WriteAllText(launcher, $"#!/usr/bin/env bash\nexec dotnet '{SmallExperiment.program}' \"$@\"\n")

    if not (OperatingSystem.IsWindows()) then
        File.SetUnixFileMode(launcher, File.GetUnixFileMode launcher ||| UnixFileMode.UserExecute)

type Answer = { Shown: string; Exit: int }

type Folder() =
    let path = Directory.CreateTempSubdirectory("plimsoll-manual-").FullName

    do
        copyExperiments path
        copyLauncher path

    member _.Path = path

    member _.Save(name: string, text: string) =
        let target = Path.Combine(path, name)

        Path.GetDirectoryName target
        |> Option.ofObj
        |> Option.iter (Directory.CreateDirectory >> ignore)

        File.WriteAllText(target, text)

    /// What a terminal would show of these lines, which end at the first command that fails.
    member _.Run(commands: string) : Answer =
        let info =
            ProcessStartInfo("bash", [ "-e"; "-o"; "pipefail"; "-c"; "exec 2>&1\n" + commands ])

        info.WorkingDirectory <- path
        info.RedirectStandardInput <- true
        info.RedirectStandardOutput <- true
        info.StandardOutputEncoding <- UTF8Encoding false

        match Process.Start info with
        | null -> failwith "bash did not start"
        | child ->
            use child = child
            child.StandardInput.Close()
            let shown = child.StandardOutput.ReadToEndAsync()

            if not (child.WaitForExit(TimeSpan.FromMinutes 10.0)) then
                child.Kill true
                failwith $"these commands did not end:\n{commands}"

            {
                Shown = shown.Result
                Exit = child.ExitCode
            }

    interface IDisposable with
        member _.Dispose() = Directory.Delete(path, true)
