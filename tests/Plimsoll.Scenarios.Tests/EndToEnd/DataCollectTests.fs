/// `data collect` where it is stopped and where its data cannot go to their place.
module Plimsoll.Scenarios.Tests.DataCollectTests

open System.Diagnostics
open System.IO
open System.Text.RegularExpressions
open NUnit.Framework
open Plimsoll.Scenarios.Tests.SmallExperiment
open Plimsoll.Scenarios.Tests.FaultBench

let private within (body: string -> unit) =
    let folder = Directory.CreateTempSubdirectory("plimsoll-data-collect-").FullName

    try
        body folder
    finally
        Directory.Delete(folder, true)

let private words = [ "data"; "collect"; "--task"; "DiscCircle"; "--to"; "data.npz"; "--steps" ]

[<Test>]
let ``data that cannot be exported are kept and can be exported from there`` () =
    within (fun folder ->
        let temporary = Path.Combine(folder, "temporary")
        Directory.CreateDirectory temporary |> ignore
        let small = Path.Combine(folder, "small")
        use disk = new TemporaryDisk.Disk(small)
        let call = Scenario.call small [ "TMPDIR", temporary ]

        // Room enough to begin with, and not for the data: 1,000 steps of 17 numbers.
        disk.Leave 16L
        let refused = call (words @ [ "1000" ])
        Assert.That(refused.Exit, Is.EqualTo 3, refused.Aside)

        let kept =
            Regex.Match(refused.Aside, "`plimsoll data import (.*) --to data.npz` writes them")

        Assert.That(kept.Success, Is.True, refused.Aside)
        Assert.That(Directory.GetFiles small, Is.Empty, "nothing half written stays")
        disk.Leave 4096L

        let written = call [ "data"; "import"; kept.Groups[1].Value; "--to"; "data.npz" ]
        Assert.That(written.Exit, Is.EqualTo 0, written.Aside)
        Assert.That(written.Output, Does.Contain "transitions   1000"))

[<Test>]
let ``nothing is left in the temporary folder when all went well`` () =
    within (fun folder ->
        let temporary = Path.Combine(folder, "temporary")
        Directory.CreateDirectory temporary |> ignore
        let done' = Scenario.call folder [ "TMPDIR", temporary ] (words @ [ "1000" ])
        Assert.That(done'.Exit, Is.EqualTo 0, done'.Aside)
        Assert.That(Directory.GetDirectories(temporary, "plimsoll-collect-*"), Is.Empty)
        Assert.That(Directory.GetFiles folder, Has.Length.EqualTo 2, "the data and their constants"))

[<Test>]
let ``an interrupt stops scripted controllers and writes nothing`` () =
    needsProcesses ()

    within (fun folder ->
        // A shell starts what runs in its background with SIGINT ignored, and that is inherited.
        let info =
            ProcessStartInfo(
                "env",
                [ "--default-signal=INT"; "dotnet"; program ] @ words @ [ "20000000" ],
                WorkingDirectory = folder,
                RedirectStandardError = true,
                RedirectStandardOutput = true
            )

        match Process.Start info with
        | null -> failwith "dotnet did not start"
        | run ->
            use run = run

            try
                waitFor "the first sign of life" 60.0 (fun () -> run.StandardError.ReadLine() <> "")
                signal run.Id SIGINT
                Assert.That(run.WaitForExit 10_000, Is.True, "it goes on")
                Assert.That(run.ExitCode, Is.EqualTo 1)

                let aside = run.StandardError.ReadToEnd()
                Assert.That(aside, Does.Contain "stopping (Ctrl-C again ends at once)")
                Assert.That(aside, Does.EndWith "stopped; nothing was written\n")
                Assert.That(Directory.GetFileSystemEntries folder, Is.Empty)
            finally
                if not run.HasExited then
                    run.Kill true)
