/// What is not offline is named so by plan and status.
module Plimsoll.Scenarios.Tests.HybridDisplayTests

open System
open NUnit.Framework
open Plimsoll.Language
open Plimsoll.Engine
open Plimsoll.Store
open Plimsoll.Cli

let private cell stage : Cell = {
    Id = CellId stage
    Stage =
        Plimsoll.Stages.Catalogue.language.Stages
        |> List.find (fun known -> known.Name = stage)
    Parameters = Map.empty
    Inputs = []
    Seed = None
    Label = $"DiscCircle/{stage}/policy"
    Coordinates = []
}

let private plan stages : Plan =
    let cells = stages |> List.map cell

    {
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

[<Test>]
let ``a plan marks each hybrid cell, counts them and marks no other`` () =
    let text = PlanView.text false (plan [ "adapt"; "adapt-hybrid"; "evaluate" ])
    Assert.That(text, Does.Contain "DiscCircle/adapt-hybrid/policy (hybrid)")
    Assert.That(text, Does.Contain "hybrid: 1 cell in the simulator while training (online evaluation)")
    Assert.That(text, Does.Not.Contain "DiscCircle/adapt/policy (hybrid)")
    Assert.That(text, Does.Not.Contain "DiscCircle/evaluate/policy (hybrid)")

[<Test>]
let ``a plan without any says nothing of them`` () =
    Assert.That(PlanView.text false (plan [ "adapt"; "evaluate" ]), Does.Not.Contain "hybrid")

[<Test>]
let ``the status names them while they run and after`` () =
    let time = DateTimeOffset.UnixEpoch

    let running: RunView.RunningCell = {
        Label = "DiscCircle/mine/policy"
        Stage = "adapt-hybrid"
        Threads = 1
        Attempt = 1
        Since = time
        Heard = time
        Step = None
        Metrics = []
    }

    let snapshot: RunView.Snapshot = {
        Experiment = "e"
        Began = Some time
        Host = "here"
        Process = 1
        Jobs = 1
        Planned = 2
        Stages = Map [ "adapt-hybrid", 1; "adapt", 1 ]
        Ended = Map.empty
        Running = Map [ running.Label, running ]
        Retries = Map.empty
        Failures = []
        Times = Map.empty
        Seconds = None
    }

    let folder: RunFolder = {
        Id = "run"
        Path = "run"
        Started = time
        Owner = None
    }

    let lines = RunView.lines time folder RunHistory.Live snapshot |> String.concat "\n"
    Assert.That(lines, Does.Contain "DiscCircle/mine/policy (hybrid)")

    let ended =
        RunView.lines time folder RunHistory.Ended snapshot |> String.concat "\n"

    Assert.That(ended, Does.Contain "hybrid: 1 cell in the simulator while training")
