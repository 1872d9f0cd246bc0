/// What went wrong in a run, as it is told at its end.
module Plimsoll.Scenarios.Tests.FailuresTests

open System
open System.IO
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli

let private cell (digit: char) (label: string) : Cell = {
    Id = CellId(String(digit, 64))
    Stage = {
        Name = "fit"
        Inputs = []
        Output = PolicyArtifact
        Parameters = []
        Seeded = false
        Environment = NoEnvironment
        Reproducibility = Bitwise
        Meaning = ""
    }
    Parameters = Map.empty
    Inputs = []
    Seed = None
    Label = label
    Coordinates = []
}

let private bug = {
    Class = Bug
    What = "stage fit threw Odd: planted\n   at fit"
    Remedy = "report it"
}

let private summary cells : RunSummary = {
    Cells = cells
    Damages = []
    Disagreements = []
    Seconds = 1.0
}

let private told folder cells =
    Failures.lines folder (fun (CellId id) -> id.Substring(0, 1)) (summary cells)

[<Test>]
let ``cells that failed in the same words are told once`` () =
    let lines =
        told None [
            cell 'a' "first", Final.Failed bug
            cell 'b' "second", Final.Failed bug
            cell 'c' "third", Final.Blocked(Obstacle.InputFailed(CellId(String('a', 64))))
        ]

    Assert.That(
        String.concat "\n" lines,
        Is.EqualTo(
            "FAILED  first\nFAILED  second\n  stage fit threw Odd: planted\n     at fit\n  remedy: report it\n"
            + "blocked  third: a failed"
        )
    )

[<Test>]
let ``the log of the last attempt is named, and once`` () =
    let folder = Directory.CreateTempSubdirectory("plimsoll-failures-").FullName

    try
        let logs = Path.Combine(folder, "logs")
        Directory.CreateDirectory logs |> ignore

        for attempt in [ 1; 2; 10 ] do
            File.WriteAllText(Path.Combine(logs, $"first.aaaaaaaa.{attempt}.log"), "words")

        let last = Path.Combine(logs, "first.aaaaaaaa.10.log")

        let run: RunFolder = {
            Id = "1"
            Path = folder
            Started = DateTimeOffset.UnixEpoch
            Owner = None
        }

        let count (failure: StageFailure) =
            let text =
                told (Some run) [ cell 'a' "first", Final.Failed failure ] |> List.exactlyOne

            text.Split(last).Length - 1

        Assert.That(count bug, Is.EqualTo 1)
        Assert.That(count { bug with Remedy = $"read {last}" }, Is.EqualTo 1)
    finally
        Directory.Delete(folder, true)
