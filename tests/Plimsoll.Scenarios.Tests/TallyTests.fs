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
                TimeActions = []
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
            match abs (choice % 6) with
            | 4 -> [
                CellStarted(cell, 1)
                CellRetrying(cell, failure, 1, TimeSpan.Zero)
                CellStarted(cell, 1)
                CellFailed(cell, failure)
              ]
            | 5 -> [ CellElsewhere(cell, "other"); CellNotStarted cell ]
            | 0 -> [ CellStarted(cell, 1); CellFailed(cell, failure) ]
            | 1 -> [ CellBlocked(cell, Obstacle.InputFailed cell.Id) ]
            | 2 -> [ CellStarted(cell, 1); CellCancelled cell ]
            | _ -> [ CellCancelled cell ])

    let tally = fold ((0.0, plan cells) :: [ for event in events -> 1.0, event ])

    tally.Done = cells.Length
    && tally.Failed + tally.Blocked + tally.Cancelled + tally.NotStarted = cells.Length
    && tally.Elsewhere.IsEmpty
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

let private resumed step steps at = {
    Step = step
    Steps = steps
    Metrics = []
    ResumedAt = Some at
    SavedAt = Some at
}

[<Test>]
let ``what an earlier attempt had saved is no measure of speed`` () =
    let one = cell 0 "fit"

    let tally =
        fold [
            0.0, plan [ one ]
            0.0, CellStarted(one, 1)
            10.0, CellProgress(one, resumed 75L 100L 50L)
        ]

    Assert.That(Tally.remaining (TimeSpan.FromSeconds 10.0) tally, Is.EqualTo(Some 10.0))

[<Test>]
let ``a cell that is tried again or elsewhere is shown as that`` () =
    let one, two = cell 0 "fit", cell 1 "fit"

    let tally =
        fold [
            0.0, plan [ one; two ]
            0.0, CellStarted(one, 1)
            1.0, CellRetrying(one, failure, 1, TimeSpan.FromSeconds 0.5)
            1.0, CellElsewhere(two, "host.1")
        ]

    Assert.That(Tally.text tally, Is.EqualTo "0/2 cells: 1 elsewhere, 1 retry")

    Assert.That(
        Tally.retry failure 1 (TimeSpan.FromSeconds 0.5),
        Is.EqualTo "attempt 1 failed: no luck; again in 0.50 s"
    )

    Assert.That(Tally.retry failure 2 TimeSpan.Zero, Is.EqualTo "attempt 2 failed: no luck; again at once")
