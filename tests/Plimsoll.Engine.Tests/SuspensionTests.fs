/// A run that sleeps for longer than its leases last, and wakes up when another one has done its work.
module Plimsoll.Engine.Tests.SuspensionTests

open System
open System.Diagnostics
open System.IO
open NUnit.Framework
open Plimsoll.Store.Tests
open Plimsoll.Engine.Probe

let private start (root: string) : Process =
    let dotnet, arguments = Jobs.command "run"
    let info = ProcessStartInfo(dotnet, arguments @ [ root ])
    info.RedirectStandardOutput <- true

    match Process.Start info with
    | null -> failwith "dotnet did not start"
    | started -> started

/// All that it says until it ends, and its exit code.
let private rest (run: Process) : string list * int =
    let output = run.StandardOutput.ReadToEndAsync()

    if not (run.WaitForExit(TimeSpan.FromSeconds 30.0)) then
        run.Kill()
        failwith "the run did not end"

    List.ofArray (output.Result.Split('\n', StringSplitOptions.RemoveEmptyEntries)), run.ExitCode

[<Test>]
let ``a suspended run loses its cell to another, and its own late result is equal and ignored`` () =
    if not (Directory.Exists "/proc/self/task") then
        Assert.Ignore "the test suspends a process as Linux does it"

    let root = Path.Combine(Folders.fresh (), "store")
    use sleeper = start root

    try
        Assert.That(sleeper.StandardOutput.ReadLine(), Is.EqualTo "started")
        LibC.kill (sleeper.Id, LibC.SIGSTOP) |> ignore
        use other = start root
        Assert.That((rest other = ([ "waiting"; "started"; "1 executed, 0 cached" ], 0)), Is.True)
        LibC.kill (sleeper.Id, LibC.SIGCONT) |> ignore
        Assert.That((rest sleeper = ([ "0 executed, 1 cached" ], 0)), Is.True)
    finally
        if not sleeper.HasExited then
            sleeper.Kill()
