module Plimsoll.Scenarios.Tests.TallyTests

open System
open NUnit.Framework
open FsCheck.NUnit // last: both have a Property
open Plimsoll.Language
open Plimsoll.Stages
open Plimsoll.Engine
open Plimsoll.Cli

let private cell (number: int) (stage: string) : Cell = {
    Id = CellId(string number)
    Stage = {
        Name = stage
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
    Label = string number
    Coordinates = []
}

let private plan (cells: Cell list) =
    Planned {
        Experiment = {
            Name = "e"
            File = "e.yaml"
            Protocol = {
                CostLimits = []
                Seeds = []
                Episodes = 1
            }
            Tasks = []
            Arms = []
            Claims = []
            Cells = cells
        }
        Cells = cells |> List.map (fun cell -> cell, CellPlan.MayRun)
    }

let private failure = {
    Class = Transient
    What = "no luck"
    Remedy = "run again"
}

let private fold events =
    events
    |> List.fold
        (fun tally (at: double, event) -> Tally.update (TimeSpan.FromSeconds at) event tally)
        (Tally.empty 1)

[<Property>]
let ``however cells end, all are counted once and none is left running or waiting`` (ends: int list) =
    let cells = ends |> List.mapi (fun number _ -> cell number "fit")

    let events =
        List.zip cells ends
        |> List.collect (fun (cell, choice) ->
            match abs (choice % 4) with
            | 0 -> [ CellStarted(cell, 1); CellFailed(cell, failure) ]
            | 1 -> [ CellBlocked(cell, Obstacle.InputFailed cell.Id) ]
            | 2 -> [ CellStarted(cell, 1); CellCancelled cell ]
            | _ -> [ CellCancelled cell ])

    let tally = fold ((0.0, plan cells) :: [ for event in events -> 1.0, event ])

    tally.Ended.Count = cells.Length
    && tally.Failed + tally.Blocked + tally.Cancelled = cells.Length
    && tally.Running.IsEmpty
    && tally.Waiting |> Map.forall (fun _ count -> count = 0)

[<Test>]
let ``the time left follows the progress of the cell under way`` () =
    let one = cell 0 "fit"

    let tally =
        fold [
            0.0, plan [ one ]
            0.0, CellStarted(one, 1)
            10.0,
            CellProgress(
                one,
                {
                    Step = 25L
                    Steps = 100L
                    Metrics = []
                    ResumedAt = None
                    SavedAt = None
                }
            )
        ]

    Assert.That(Tally.remaining (TimeSpan.FromSeconds 10.0) tally, Is.EqualTo(Some 30.0))

[<Test>]
let ``the time left is unknown while a stage has never run`` () =
    let tally = fold [ 0.0, plan [ cell 0 "fit"; cell 1 "evaluate" ] ]
    Assert.That(Tally.remaining TimeSpan.Zero tally, Is.EqualTo None)
    Assert.That(Tally.estimate TimeSpan.Zero tally, Is.EqualTo "")
